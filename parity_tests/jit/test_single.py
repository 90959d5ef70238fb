"""One row at a time: the walk that streams and infers a single sequence, against the text book and against itself."""

import pickle

import numpy as np
import pytest

from parity_tests.cases import COVERED_CELLS, MIXED_CELLS
from parity_tests.harness import Case, assert_parity
from parity_tests.jit.checks import SAME_BITS
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMCell, MultiRNNCell, Stream, dynamic_rnn
from scratch.compiling.compiler import compiled
from scratch.jit.machine.strip import multiply_strip, strip_code
from scratch.jit.machine.tile import STRIP
from scratch.jit.machine.vector import padded
from scratch.jit.single.plan import row_plan_of
from scratch.jit.single.records import BLOCK
from scratch.jit.single.walk import walk_row
from scratch.tree import map_tree

# Of more than one vector a gate, none of them whole; with a product of its own after the gates; on one another.
WIDE = [
    BasicRNNCell(67),
    BasicLSTMCell(37),
    LSTMCell(21, use_peepholes=True, cell_clip=0.5, num_proj=35),
    GRUCell(35),
    GRUCell(70, reset_after=True),
    MultiRNNCell([GRUCell(33), BasicLSTMCell(20), BasicRNNCell(5)]),
]
COVERED = [cell for cell in COVERED_CELLS if row_plan_of(cell, 3, np.dtype(np.float64))]
# More than two blocks, the last one of a step.
STEPS = 2 * BLOCK + 1


def make_case(cell, length=None):
    return Case(cell, None if length is None else (length,), 1, STEPS, 3)


def draw(case, dtype):
    """Return the case's problem with smaller weights: many units would double an error at every step."""
    problem = case.draw(dtype)
    return problem._replace(params=map_tree(lambda leaf: leaf * leaf.dtype.type(0.3), problem.params))


def run_without_tape(case, problem, engine, **options):
    arguments = case.cell, problem.params, problem.inputs, case.sequence_length, problem.initial_state
    return dynamic_rnn(*arguments, engine=engine, keep_tape=False, **options)[:2]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("length", [None, 0, 1, STEPS - 3])
@pytest.mark.parametrize("cell", WIDE, ids=str)
def test_agrees_with_numpy_at_any_length(cell, length, dtype):
    case = make_case(cell, length)
    problem = draw(case, dtype)
    # Twice: memory that is used again is as good as new.
    for _ in range(2):
        outputs, state = run_without_tape(case, problem, "numba")
        assert_parity((outputs, state), run_without_tape(case, problem, "numpy"))
    if length is not None:
        assert (outputs[:, length:] == 0).all()


@pytest.mark.parametrize("cell", COVERED, ids=str)
def test_every_cell_agrees_with_numpy_whole_and_step_by_step(cell):
    case = make_case(cell)
    problem = draw(case, np.float64)
    outputs, state = run_without_tape(case, problem, "numba")
    assert_parity((outputs, state), run_without_tape(case, problem, "numpy"))
    stream = Stream(cell, problem.params, problem.initial_state, "numba")
    steps = [stream.step(x) for x in problem.inputs.swapaxes(0, 1)]
    assert_parity((np.stack(steps, axis=1), stream.state), (outputs, state), limit=SAME_BITS)


def test_either_layout_gives_the_same_bits():
    case = make_case(WIDE[5])
    problem = draw(case, np.float64)
    outputs, state = run_without_tape(case, problem, "numba")
    turned = problem._replace(inputs=problem.inputs.swapaxes(0, 1).copy())
    assert_parity(
        run_without_tape(case, turned, "numba", time_major=True), (outputs.swapaxes(0, 1), state), limit=SAME_BITS
    )


def test_a_saved_stream_goes_on_by_itself():
    case = make_case(MIXED_CELLS[0])
    problem = draw(case, np.float32)
    stream = Stream(case.cell, problem.params, problem.initial_state, "numba")
    stream.step(problem.inputs[:, 0])
    again = pickle.loads(pickle.dumps(stream))
    for x in problem.inputs.swapaxes(0, 1)[1:]:
        assert_parity((again.step(x), again.state), (stream.step(x), stream.state), limit=0)


@pytest.mark.parametrize("cell", [BasicLSTMCell(4), GRUCell(5)], ids=str)
def test_nothing_is_kept_of_the_callers_and_nothing_compiled_anew(cell):
    problem = draw(make_case(cell), np.float64)
    steps = problem.inputs.swapaxes(0, 1)
    stream = Stream(cell, problem.params, problem.initial_state, "numba")
    expected = [stream.step(x).copy() for x in steps]
    compiled_for = list(getattr(walk_row, "signatures", []))
    stream = Stream(cell, problem.params, problem.initial_state, "numba")
    for x, right in zip(steps, expected, strict=True):
        wide = np.repeat(x, 2, axis=1)[:, ::2]
        wide.flags.writeable = False
        output = stream.step(wide)
        assert_parity(output, right, limit=0)
        output[:] = np.nan
    assert list(getattr(walk_row, "signatures", [])) == compiled_for


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_strip_is_a_product_of_one_row(dtype):
    """Of each number of gates, and vectors of each, that there is; its results lie in rows of c."""
    rng, lanes = np.random.default_rng(0), padded(1, dtype)
    for gates in range(1, STRIP + 1):
        for size in range(lanes, STRIP // gates * lanes + 1, lanes):
            a, b = (rng.standard_normal(shape).astype(dtype) for shape in ((1, 7), (7, gates * size)))
            whole = rng.standard_normal((gates, size + 3)).astype(dtype)
            before, expected = whole.copy(), (a @ b).reshape(gates, size)
            c = whole[:, 1 : 1 + size]
            for add in (True, False):
                strip(strip_code(np.dtype(dtype)), a, b, c, add)
                assert_parity(c, expected + before[:, 1 : 1 + size] if add else expected)
            assert (whole[:, [0, -2, -1]] == before[:, [0, -2, -1]]).all()


@compiled
def strip(code, a, b, c, add):
    multiply_strip(code, a, b, c, add)
