"""The conformance vectors: what they cover, that a second run writes the same bytes, and that a mistake is noticed."""

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
from itertools import product

import numpy as np
import pytest

import scratch
from parity_tests.bounds import walk
from parity_tests.harness import STUCK, assert_parity
from parity_tests.test_examples import ROOT
from parity_tests.vectors import document, onnx_folders, onnx_runners, witness
from parity_tests.vectors.__main__ import READER, main
from parity_tests.vectors.cases import NUMBERED, ONE_WAY, WAYS, VectorCase, all_cases, run
from scratch import BasicLSTMCell, BasicRNNCell, DropoutWrapper, GRUCell, LSTMBlockCell, LSTMCell
from scratch.tree import named_leaves

CASES = {case.name: case for case in all_cases()}
# Both dtypes of each are written and held to every witness; the rest of the tests look at these.
WRITTEN = "LSTMCell5-forward-lengths-given-float64", "GRUCell2-both-lengths-given-float32"
WRITE = """
import sys
from pathlib import Path
from parity_tests.vectors import document, onnx_folders
from parity_tests.vectors.cases import all_cases
for case in all_cases():
    if case.name in sys.argv[2:]:
        problem, expected, bounds = document.solve(case)
        document.write(Path(sys.argv[1]), case, problem, expected, bounds, ["none"])
        if onnx_folders.can_say(case):
            onnx_folders.write(Path(sys.argv[1]) / "onnx", case, problem, expected)
"""


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of the two cases ``WRITTEN``, as the program writes it."""
    folder = tmp_path_factory.mktemp("vectors")
    for name in WRITTEN:
        assert main([str(folder), "--only", name]) == 0
    return folder


def test_there_are_six_hundred_and_each_has_a_name_of_its_own():
    assert len(all_cases()) == len(CASES) >= 600
    assert all(re.fullmatch(r"\w+-(forward|reverse|both|stack)-\w+-\w+-float(32|64)", name) for name in CASES)
    cases = CASES.values()
    covered = {(one.cell, one.direction, one.sequence_length is None, one.zero_state, one.dtype) for one in cases}
    for cell in ONE_WAY:
        for full in (True, False):
            assert (cell, "forward", full, False, np.float32) in covered
            assert ((cell, "forward", full, True, np.float64) in covered) != ("AttentionCellWrapper" in repr(cell))
    assert {type(case.cell) for case in CASES.values() if case.direction == "both"} >= {BasicRNNCell, GRUCell, LSTMCell}
    assert {case.cell.reset_after for case in CASES.values() if type(case.cell) is GRUCell} == {True, False}
    assert {case.cell.use_bias for case in CASES.values() if type(case.cell) is BasicRNNCell} == {True, False}
    rules = {(type(one.cell), one.direction, one.holes, one.repeated) for one in cases}
    for cell, way, rule in product((BasicRNNCell, BasicLSTMCell, GRUCell), WAYS, (True, False)):
        assert (cell, way, True, rule) in rules
        assert (cell, way, False, rule) in rules


def test_no_two_cases_are_of_the_same_numbers():
    drawn = [case.draw() for case in CASES.values() if case.dtype == np.float64]
    assert len({problem.inputs.tobytes() for problem in drawn}) == len(drawn)
    both = CASES["GRUCell0-both-full-given-float64"].draw()
    assert (both.params["fw"]["gates"]["bias"] != both.params["bw"]["gates"]["bias"]).all()
    assert (both.initial_state[0] != both.initial_state[1]).all()


def test_a_case_is_given_the_same_numbers_in_both_dtypes():
    name = "LSTMCell3-reverse-lengths-given-float"
    narrow, wide = (CASES[f"{name}{bits}"].draw() for bits in (32, 64))
    for (_, few), (_, many) in zip(named_leaves(narrow), named_leaves(wide), strict=True):
        np.testing.assert_array_equal(few, many.astype(np.float32))
        assert few.dtype == np.float32


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_is_what_the_document_says(written, name):
    case = CASES[name]
    told = json.loads((written / f"{name}.json").read_text(encoding="utf-8"))
    with np.load(written / f"{name}.npz", allow_pickle=False) as arrays:
        held = dict(arrays)
    assert (told["mask"], told["output_where_skipped"]) == (None, "0")
    assert (told["format"], told["version"], told["name"]) == (document.FORMAT, document.VERSION, name)
    assert told["given"].keys() | told["expected"].keys() == held.keys()
    assert not told["given"].keys() & told["expected"].keys()
    for array_name, described in (told["given"] | told["expected"]).items():
        assert held[array_name].shape == tuple(described["shape"])
        assert held[array_name].dtype == described["dtype"]
    assert all(held[array_name].dtype == np.float64 for array_name in told["expected"])
    assert told["dtype"] == held["inputs"].dtype == np.dtype(case.dtype)
    assert told["sequence_length"] == held["sequence_length"].tolist() == [4, 0, 6, 1, 3]
    unit = np.finfo(told["dtype"]).eps
    for array_name, described in told["expected"].items():
        assert 0 < described["tolerance"] < 1e4 * unit * np.abs(held[array_name]).max()
        if array_name.startswith(("outputs", "d_inputs")):
            for row, length in enumerate(told["sequence_length"]):
                assert (held[array_name][row, length:] == 0).all()
                assert (held[array_name][row, :length] != 0).all()
    assert told["cell"] == document.described(case.cell)
    assert told["witnesses"][:2] == ["scratch numpy", "scratch numba"]
    assert "TensorFlow" in told["witnesses"]
    # It has a GRU that resets after the product, and no peepholes.
    assert ("PyTorch" in told["witnesses"]) == name.startswith("GRUCell2")
    assert ("complex steps" in told["witnesses"]) == (case.dtype == np.float64)


def test_a_second_run_writes_the_same_bytes(written, tmp_path):
    found = []
    for threads in ("1", "2"):
        folder = tmp_path / threads
        folder.mkdir()
        environment = os.environ | {"OPENBLAS_NUM_THREADS": threads, "NUMBA_NUM_THREADS": threads}
        command = [sys.executable, "-c", WRITE, folder, *WRITTEN]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=STUCK)
        found.append(digests(folder))
    assert found[0] == found[1]
    first = digests(written)
    same = {name: digest for name, digest in found[0].items() if not name.endswith(".json")}
    assert same.items() <= first.items()
    # All but the witnesses, which were not asked.
    for name in WRITTEN:
        texts = [(folder / f"{name}.json").read_text(encoding="utf-8") for folder in (written, tmp_path / "1")]
        one, other = (re.sub(r'"witnesses": \[.*?\]', "", text, flags=re.DOTALL) for text in texts)
        assert one == other


def test_forty_lines_of_numpy_check_them(written, tmp_path):
    source = READER.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 40
    imported = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or node.names[0].name for node in imported}
    assert names == {"json", "sys", "pathlib", "numpy"}
    assert (written / READER.name).read_bytes() == READER.read_bytes()

    def read(folder):
        command = [sys.executable, "-I", written / READER.name, folder]
        return subprocess.run(command, capture_output=True, text=True, timeout=STUCK)

    done = read(written)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "35 quantities recomputed, beyond tolerance: []\n"
    assert read(tmp_path).returncode == 1
    for end in ("json", "npz"):
        (tmp_path / f"{WRITTEN[0]}.{end}").write_bytes((written / f"{WRITTEN[0]}.{end}").read_bytes())
    with np.load(tmp_path / f"{WRITTEN[0]}.npz") as arrays:
        wrong = dict(arrays)
    wrong["final_state.c"][2, 1] *= 1 + 1e-12
    np.savez(tmp_path / f"{WRITTEN[0]}.npz", **wrong)
    done = read(tmp_path)
    assert done.returncode == 1
    assert f"beyond tolerance: [('{WRITTEN[0]}', 'final_state.c', 2)]" in done.stdout


@pytest.fixture(scope="module")
def solved():
    case = CASES["LSTMCell1-forward-lengths-given-float64"]
    return case, *document.solve(case)


WALKED = ["GRUCell1-reverse-lengths", "BasicLSTMCell0-both-lengths", "LSTMCell7-stack-lengths"]
WALKED += ["GRUCell2-reverse-lengths_holes_repeated", "BasicRNNCell0-both-full_holes"]
WALKED += ["GRUCell0-forward-lengths_repeated"]


@pytest.mark.parametrize("name", WALKED)
def test_the_walk_that_computes_them_is_that_of_scratch(name):
    """It shares no loop with scratch: on floats, it has the same results."""
    case = CASES[f"{name}-given-float64"]
    problem = case.draw()
    assert_parity(run(walk, case, problem), run(scratch, case, problem))


def test_a_tolerance_is_no_less_than_any_bound_of_its_array(solved):
    case, problem, expected, bounds = solved
    allowed, given = document.tolerances(case, expected, bounds), document.given_arrays(case, problem)
    for (name, bound), (_, want) in zip(named_leaves(bounds._asdict()), named_leaves(expected._asdict()), strict=True):
        assert bound.max() <= allowed[name] <= bound.max() + np.spacing(np.abs(want).max())
    assert given["sequence_length"].tolist() == [4, 0, 6, 1, 3]
    assert given["initial_state.c"] is problem.initial_state.c


@pytest.mark.parametrize("quantity", ["outputs", "final_state", "d_inputs", "d_initial_state", "d_params"])
def test_a_quantity_that_is_off_is_not_written(solved, quantity):
    case, problem, expected, bounds = solved
    for number, (_, leaf) in enumerate(named_leaves(getattr(expected, quantity))):
        if number:
            continue
        kept, place = leaf.copy(), np.unravel_index(np.abs(leaf).argmax(), leaf.shape)
        leaf[place] *= 1 + 1e-11
        with pytest.raises(AssertionError, match=f"{quantity}.* is beyond its bound in 1 of {leaf.size} numbers"):
            witness.check(case, problem, expected, bounds)
        leaf[...] = kept


def test_complex_steps_see_each_gradient(solved):
    case, problem, expected, _ = solved
    for quantity in ("d_inputs", "d_initial_state", "d_params"):
        for path, leaf in named_leaves(getattr(expected, quantity)):
            kept = leaf.copy()
            leaf[leaf != 0] += 1e-9
            with pytest.raises(AssertionError, match=f"d of {re.escape(quantity[2:])}.*{re.escape(path)}"):
                witness.check_directions(case, problem, expected)
            leaf[...] = kept
    witness.check_directions(case, problem, expected)


def test_a_draw_that_is_near_a_kink_is_drawn_anew(monkeypatch):
    case, tried, bounds = CASES["BasicRNNCell1-forward-full-zeros-float64"], [], document.run_bounds

    def near(run, case, problem, dtype):
        tried.append(problem.inputs)
        if len(tried) < 3:
            raise document.KinkError("near")
        return bounds(run, case, problem, dtype)

    monkeypatch.setattr(document, "run_bounds", near)
    problem, _, _ = document.solve(case)
    assert problem.inputs is tried[2]
    assert not np.array_equal(tried[1], tried[2])
    monkeypatch.setattr(document, "ATTEMPTS", 0)
    with pytest.raises(document.KinkError, match="is near a kink in each of 0 draws"):
        document.solve(case)


def test_witnesses_are_those_that_have_the_case():
    def theirs(cell, **options):
        options = {"direction": "forward", "sequence_length": None, "zero_state": False, "dtype": np.float32} | options
        case = VectorCase(cell, **options)
        return witness.tensorflow(case, case.draw()) is not None

    block, dropouts = NUMBERED[LSTMBlockCell][0], NUMBERED[DropoutWrapper]
    dropout = next(cell for cell in dropouts if not cell.variational_recurrent)
    assert theirs(block)
    assert not theirs(block, dtype=np.float64)
    assert not theirs(block, sequence_length=(4, 0, 6, 1, 3))
    assert theirs(dropout)
    assert not theirs(dropout, sequence_length=(4, 0, 6, 1, 3))


# A mask of steps, both rules of what stands at skipped ones, other gates, no bias; two layers of both directions.
SAID_BY = {
    "BasicLSTMCell0-both-lengths_holes_repeated-given-float64": {"TensorFlow"},
    "GRUCell0-reverse-full_holes-given-float32": {"TensorFlow"},
    "GRUCell6-both-lengths-given-float64": {"TensorFlow"},
    "BasicRNNCell2-both-lengths-given-float64": {"TensorFlow", "PyTorch"},
    "BasicRNNCell0-stack-lengths-given-float32": {"TensorFlow", "PyTorch"},
}


@pytest.mark.parametrize("name", SAID_BY)
def test_every_option_has_a_witness_and_is_read_again(name, tmp_path):
    case = CASES[name]
    problem, expected, bounds = document.solve(case)
    witnesses = witness.check(case, problem, expected, bounds)
    assert {"TensorFlow", "PyTorch"} & set(witnesses) == SAID_BY[name]
    document.write(tmp_path, case, problem, expected, bounds, witnesses)
    told = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    with np.load(tmp_path / f"{name}.npz") as arrays:
        assert ("mask" in arrays) == case.holes == (told["mask"] == "given")
    assert told["output_where_skipped"].startswith("that of the last step" if case.repeated else "0")
    if case.direction != "stack":
        command = [sys.executable, "-I", READER, tmp_path]
        subprocess.run(command, check=True, capture_output=True, timeout=STUCK)


@pytest.mark.parametrize(("asked", "named"), [("tensorflow", "TensorFlow"), ("pytorch", "PyTorch")])
def test_a_witness_that_has_it_otherwise_is_named(asked, named, monkeypatch):
    case = CASES["BasicRNNCell0-both-lengths-given-float64"]
    problem, expected, bounds = document.solve(case)
    theirs = getattr(witness, asked)(case, problem)
    results = theirs[1] if asked == "pytorch" else theirs
    results = results._replace(d_inputs=results.d_inputs * (1 + 1e-11))
    monkeypatch.setattr(witness, asked, lambda *_: (theirs[0], results) if asked == "pytorch" else results)
    with pytest.raises(AssertionError, match=f"{named} has it otherwise"):
        witness.check(case, problem, expected, bounds)


RUN_BY_OTHERS = [
    "BasicRNNCell0-both-full-given-float32",
    "BasicLSTMCell1-forward-lengths-zeros-float32",
    "BasicLSTMCell2-reverse-full-given-float32",
    "LSTMCell1-both-full-given-float32",
    "GRUCell0-reverse-full-given-float32",
    "GRUCell3-forward-lengths-given-float32",
    "GRUCell2-both-full-given-float64",
]


def test_onnx_runners_agree_where_they_can(tmp_path, capsys):
    for name in RUN_BY_OTHERS:
        problem, expected, _ = document.solve(CASES[name])
        onnx_folders.write(tmp_path / "onnx", CASES[name], problem, expected)
    assert onnx_runners.main(tmp_path) == 0
    printed = capsys.readouterr().out
    assert "   5 cases  onnxruntime agrees\n" in printed
    assert "   1 cases  onnxruntime differs  row of length 0: its final state is 0, not the initial state\n" in printed
    assert "   1 cases  onnxruntime refuses  float64: has no kernels in double\n" in printed
    assert "   4 cases  reference agrees\n" in printed
    # An output that is off is seen, and nobody knew of it.
    path = tmp_path / "onnx" / f"test_{RUN_BY_OTHERS[0]}" / "test_data_set_0"
    off = onnx_folders.read_arrays(path, "output")["Y"] + np.float32(1e-4)
    (path / "output_0.pb").write_bytes(onnx_folders.numpy_helper.from_array(off, "Y").SerializeToString())
    assert onnx_runners.main(tmp_path) == 1
    assert f"onnxruntime differs: test_{RUN_BY_OTHERS[0]}\n" in capsys.readouterr().out


def test_onnx_says_what_it_has_an_operator_for():
    names = [name for name, case in CASES.items() if onnx_folders.can_say(case)]
    assert len(names) >= 150
    kinds = "BasicRNN|BasicLSTM|LSTM|GRU|CoupledInputForgetGateLSTM|LSTMBlock"
    assert {name.partition("Cell")[0] for name in names} == {*kinds.split("|")}
    assert not any("holes" in name or "repeated" in name for name in names)
    assert not any("stack" in name for name in names)
    lstms = [CASES[name].cell for name in names if type(CASES[name].cell) is LSTMCell]
    assert lstms
    assert not any(cell.cell_clip or cell.num_proj for cell in lstms)


def test_the_program_refuses_what_is_no_folder_and_no_case(tmp_path, capsys):
    (tmp_path / "file").write_text("kept")
    for arguments, words in (
        ([str(tmp_path / "file")], "cannot be written to: it is no folder"),
        ([str(tmp_path / "new"), "--only", "Transformer"], "--only 'Transformer' names no case"),
    ):
        with pytest.raises(SystemExit):
            main(arguments)
        assert words in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
