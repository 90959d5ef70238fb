"""``docs/reference/determinism.md``, a test for each line of its table: what is equal bit for bit, and what is near.

Near is what a case is held to anyway, 1e-12 of the scale in float64. Sizes are such that no dimension fills registers.
"""

import hashlib
import os
import re
import subprocess
import sys

import numpy as np
import pytest

import scratch
from parity_tests.harness import Case, assert_parity, run_dynamic
from parity_tests.targets import AVX2, BASELINE, environment_of
from parity_tests.test_examples import ROOT
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, MultiRNNCell
from scratch.tree import map_tree, named_leaves

PAGE = (ROOT / "docs" / "reference" / "determinism.md").read_text(encoding="utf-8")
CELLS = [BasicRNNCell(19), BasicLSTMCell(19), GRUCell(19), MultiRNNCell([BasicLSTMCell(19), BasicLSTMCell(5)])]
CASES = [Case(cell, (4, 0, 6, 1, 3), input_size=11) for cell in CELLS]
ENGINES = ("numpy", "numba")
BITS, NEAR, REFUSED = "the same bits", "near", "refused"


def run(case, problem, **options):
    return run_dynamic(scratch, case, problem, **options)


def assert_same_bits(actual, expected):
    actual, expected = dict(named_leaves(actual)), dict(named_leaves(expected))
    assert actual.keys() == expected.keys()
    for name, array in expected.items():
        assert actual[name].tobytes() == array.tobytes(), name


def said(line):
    """Return what the page says of a line: of NumPy, and of Numba."""
    (row,) = re.findall(rf"^\| {re.escape(line)} \| (.*) \| (.*) \|$", PAGE, re.MULTILINE)
    return dict(zip(ENGINES, row, strict=True))


def hold(engine, line, actual, expected):
    """Hold results to what the page says of a line and an engine."""
    word = said(line)[engine]
    if word == BITS:
        assert_same_bits(actual, expected)
    else:
        assert word == NEAR
        assert_parity(actual, expected)


def column(array):
    """Return the same numbers, every other one in memory, from the last to the first."""
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::-2] = array
    return wide[..., ::-2]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_in_one_process(case, engine):
    problem = case.draw(np.float64)
    expected = run(case, problem, engine=engine)
    hold(engine, "the same call again", run(case, problem, engine=engine), expected)
    hold(engine, "`time_major=True`", run(case, problem, time_major=True, engine=engine), expected)
    strange = problem._replace(
        inputs=column(problem.inputs),
        params=map_tree(np.asfortranarray, problem.params),
        d_outputs=column(problem.d_outputs),
    )
    hold(engine, "arrays of another memory layout", run(case, strange, engine=engine), expected)
    if said("`checkpoint_every=2`")[engine] == REFUSED:
        with pytest.raises(ValueError, match="checkpoint_every must be None"):
            run(case, problem, engine=engine, checkpoint_every=2)
    else:
        hold(engine, "`checkpoint_every=2`", run(case, problem, engine=engine, checkpoint_every=2), expected)
    hold(engine, "a row alone", row_by_row(case, problem, engine), expected._replace(d_params={}))
    forward = scratch.dynamic_rnn(
        case.cell, *problem[:2], case.sequence_length, problem.initial_state, engine=engine, keep_tape=False
    )
    hold(engine, "`keep_tape=False`", forward[:2], expected[:2])


def row_by_row(case, problem, engine):
    """Return the results of each row run alone, put together, but the gradients of weights, which are sums of rows."""
    found = []
    for row, length in enumerate(case.sequence_length):
        one = Case(case.cell, (length,), 1, case.num_steps, case.input_size)
        own = map_tree(lambda array, row=row: array[row : row + 1], problem._replace(params={}, masks=()))
        found.append(run(one, own._replace(params=problem.params), engine=engine)._replace(d_params={}))
    return map_tree(lambda *rows: np.concatenate(rows), *found)


def test_both_engines():
    for case in CASES:
        problem = case.draw(np.float64)
        assert said("the other engine") == dict.fromkeys(ENGINES, NEAR)
        assert_parity(run(case, problem, engine="numba"), run(case, problem))


PROGRAM = """
import hashlib, numpy as np
from parity_tests.test_determinism import CASES, run
from scratch.tree import named_leaves
for engine in {engines}:
    found = tuple(run(case, case.draw(np.float64), engine=engine) for case in CASES)
    print(engine, hashlib.sha256(b"".join(a.tobytes() for _, a in named_leaves(found))).hexdigest())
    np.savez({path!r} + engine, **{{str(n): a for n, (_, a) in enumerate(named_leaves(found))}})
"""


def elsewhere(tmp_path, engines, **environment):
    """Return the digest of all results, by engine, of another process with another environment."""
    code = PROGRAM.format(engines=engines, path=f"{tmp_path}/")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return dict(line.split() for line in done.stdout.splitlines())


def here(engine):
    found = [leaf for case in CASES for _, leaf in named_leaves(run(case, case.draw(np.float64), engine=engine))]
    return hashlib.sha256(b"".join(array.tobytes() for array in found)).hexdigest(), found


def test_in_another_process_with_other_threads(tmp_path):
    expected = {engine: here(engine)[0] for engine in ENGINES}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    assert elsewhere(tmp_path, ENGINES, **threads) == expected
    assert said("another process, one thread or many")["numba"] == BITS
    # BLAS divides large products among its threads, and those of this test are none.
    assert said("another process, one thread or many")["numpy"] == NEAR


@pytest.mark.parametrize("target", [AVX2, BASELINE], ids=["avx2", "baseline"])
def test_compiled_for_another_processor(tmp_path, target):
    expected = here("numba")[1]
    environment = environment_of(target, tmp_path / "compiled")
    elsewhere(tmp_path, ("numba",), **environment)
    with np.load(tmp_path / "numba.npz") as found:
        assert_parity(dict(found), {str(number): array for number, array in enumerate(expected)})
    assert said("another processor, or another version of NumPy or Numba") == dict.fromkeys(ENGINES, NEAR)


def test_every_line_of_the_page_is_held():
    lines = re.findall(r"^\| (.*) \| (?:the same bits|near) \| (?:the same bits|near|refused) \|$", PAGE, re.MULTILINE)
    source = (ROOT / "parity_tests" / "test_determinism.py").read_text(encoding="utf-8")
    assert len(lines) >= 9
    assert [line for line in lines if f'"{line}"' not in source] == []
