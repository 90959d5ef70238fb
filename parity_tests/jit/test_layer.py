"""Sizes that cross the borders of the machinery: vectors, tiles, panels, blocks of depth, of tokens and of steps."""

from dataclasses import replace

import numpy as np
import pytest

import scratch
from parity_tests.cases import GRU_CELLS, LSTM_CELLS, MIXED_CELLS, RESIDUAL_CELLS, RNN_CELLS
from parity_tests.harness import Case, assert_padding_is_zero, assert_parity, run_dynamic
from parity_tests.jit.checks import gradients_as_one, run_numba
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMCell, dynamic_rnn, dynamic_rnn_backward
from scratch.jit.machine import threads
from scratch.jit.small.plan import plan_of
from scratch.jit.walk import layer
from scratch.tree import map_tree, named_leaves

# A vector is 16 float32 or 8 float64, and a panel 4 vectors with AVX-512 and else 1: below, at and beyond each border.
UNITS = (1, 4, 16, 17, 33, 65)
KINDS = [
    BasicRNNCell,
    BasicLSTMCell,
    lambda units: LSTMCell(units, use_peepholes=True, cell_clip=0.4),
    lambda units: LSTMCell(units, num_proj=units % 20 + 1, proj_clip=0.3),
    GRUCell,
    lambda units: GRUCell(units, reset_after=True),
]
# Every kind with every H; D and B go round at paces of their own, so that tiles of every height and split are met.
SIZES = [
    Case(
        kind(units),
        batch_size=(5 * number + 3) % 14 + 1,
        num_steps=2 + number % 2,
        input_size=(1, 3, 40, 130)[(number + number // 6) % 4],
    )
    for number, (kind, units) in enumerate((kind, units) for kind in KINDS for units in UNITS)
]


def check_calmly(case, dtype, time_major=False):
    """Compare with NumPy from weights so small that a wide network does not blow its rounding up."""
    problem = case.draw(dtype)
    small = dtype(2 / np.sqrt(case.input_size + case.cell.num_units))
    problem = problem._replace(params=map_tree(lambda leaf: leaf * min(small, dtype(1)), problem.params))
    actual, expected = run_numba(case, problem, time_major=time_major), run_dynamic(scratch, case, problem)
    each = gradients_as_one if case.cell.num_units == 1 else tuple
    assert_parity(each(actual), each(expected))
    if case.sequence_length is not None:
        assert_padding_is_zero(case, actual)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", SIZES, ids=lambda case: f"{case},B={case.batch_size},D={case.input_size}")
def test_any_size(case, dtype):
    # Rows of one length are for the small kernel, where a network is small, and never for this walk.
    lengths = tuple(case.num_steps - (row + 1) % 2 for row in range(case.batch_size))
    check_calmly(replace(case, sequence_length=lengths), dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("batch_size", range(1, 15))
def test_any_number_of_rows(batch_size, dtype):
    lengths = tuple(np.random.default_rng(batch_size).integers(0, 5, batch_size).tolist())
    check_calmly(Case(GRUCell(17), lengths, batch_size, 4, 3), dtype, time_major=batch_size % 2 == 0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("cell", [BasicLSTMCell(300), GRUCell(300), GRUCell(300, reset_after=True)], ids=str)
def test_a_depth_of_several_blocks(cell, dtype):
    check_calmly(Case(cell, (2, 0, 3), 3, 3, 300), dtype)


@pytest.mark.parametrize("time_major", [False, True])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", KINDS)
def test_any_number_of_blocks_of_steps(kind, dtype, time_major, monkeypatch):
    case = Case(kind(9), (17, 0, 20, 1, 20, 9, 17, 3), 8, 20, 3)
    # One block; some; one for each step.
    for most in (layer.TOKENS, 20, 0):
        monkeypatch.setattr(layer, "TOKENS", most)
        check_calmly(case, dtype, time_major)


@pytest.mark.parametrize("lengths", [None, (17, 0, 20, 1, 20, 9, 17, 3)], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_any_number_of_parts_and_blocks(kind, lengths, monkeypatch):
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 1)
    case = Case(kind(9), lengths, 8, 20, 3)
    for cores, most in [(1, 20), (2, 20), (3, 7), (20, 20)]:
        monkeypatch.setattr(threads, "num_cores", cores)
        monkeypatch.setattr(layer, "TOKENS", most)
        check_calmly(case, np.float64)


@pytest.mark.parametrize("time_major", [False, True])
@pytest.mark.parametrize("cell", RNN_CELLS[:1] + LSTM_CELLS[:1] + GRU_CELLS[::2] + [LSTMCell(4, num_proj=7)], ids=str)
def test_rows_that_never_start(cell, time_major):
    """No row at all, and rows all of length 0: states go through, and every gradient of a weight is exactly 0."""
    for lengths in [(), (0, 0, 0)]:
        case = Case(cell, lengths, len(lengths), 6, 3)
        problem = case.draw(np.float32)
        results = run_numba(case, problem, time_major=time_major)
        assert_parity(results, run_dynamic(scratch, case, problem))
        arguments = cell, problem.params, problem.inputs, lengths, problem.initial_state
        without_tape = dynamic_rnn(*arguments, engine="numba", keep_tape=False)[:2]
        assert_parity(without_tape, (results.outputs, problem.initial_state), limit=0)
        assert_parity(results.final_state, problem.initial_state, limit=0)
        assert_parity(results.d_initial_state, problem.d_final_state, limit=0)
        for name, leaf in named_leaves((results.outputs, results.d_inputs, results.d_params)):
            assert (leaf == 0).all(), name


@pytest.mark.parametrize("cell", MIXED_CELLS, ids=str)
def test_time_major_is_the_same_bits(cell):
    case = Case(cell, (4, 0, 6, 1, 3))
    problem = case.draw(np.float32)
    assert_parity(run_numba(case, problem, time_major=True), run_numba(case, problem), limit=0)


@pytest.mark.parametrize("cell", [kind(5) for kind in KINDS] + MIXED_CELLS, ids=str)
def test_what_is_not_a_number_stays_in_its_row(cell):
    """A row of NaN, short and in the middle of the ranks, spoils its own results and those of the weights alone."""
    case = Case(cell, (4, 2, 6, 1, 3))
    problem = case.draw(np.float64)
    inputs = problem.inputs.copy()
    inputs[4, 1] = np.nan
    actual, expected = run_numba(case, problem._replace(inputs=inputs)), run_numba(case, problem)
    assert np.isnan(actual.outputs[4, 1:3]).all()
    assert np.isnan(actual.d_inputs[4, :2]).all()
    others = [0, 1, 2, 3]
    rest, wanted = (map_tree(lambda leaf: leaf[others], tuple(results[:4])) for results in (actual, expected))
    assert_parity(rest, wanted, limit=0)
    assert all(np.isnan(leaf).any() for _, leaf in named_leaves(actual.d_params))


@pytest.mark.parametrize("cell", [kind(5) for kind in KINDS], ids=str)
def test_what_is_infinite_saturates(cell):
    """As in the text book, although ∞ · 0 is NaN in the padding of a vector."""
    case = Case(cell, (4, 2, 6, 1, 3))
    problem = case.draw(np.float64)
    inputs = problem.inputs.copy()
    inputs[2, 1, 0], inputs[4, 0, 2] = np.inf, -np.inf
    with np.errstate(invalid="ignore"):
        actual = run_numba(case, problem._replace(inputs=inputs))
        expected = run_dynamic(scratch, case, problem._replace(inputs=inputs))
    assert_parity(tuple(actual[:4]), tuple(expected[:4]))
    for (_, leaf), (name, wanted) in zip(named_leaves(actual.d_params), named_leaves(expected.d_params), strict=True):
        np.testing.assert_array_equal(np.isnan(leaf), np.isnan(wanted), err_msg=name)


def test_an_infinite_gradient_is_that_of_the_text_book():
    """Of positive numbers alone it stays infinite, also where the padding of a vector meets weights that are 0."""
    case = Case(BasicRNNCell(5, "relu"), (4, 2, 6, 1, 3))
    problem = map_tree(np.abs, case.draw(np.float64))
    problem.d_outputs[2, 5, 0] = np.inf
    # Uncompiled, NumPy tells of the NaN that the padding itself may hold.
    with np.errstate(invalid="ignore"):
        actual = run_numba(case, problem)
    expected = run_dynamic(scratch, case, problem)
    assert np.isinf(expected.d_inputs[2]).all()
    for (_, leaf), (name, wanted) in zip(named_leaves(tuple(actual)), named_leaves(tuple(expected)), strict=True):
        np.testing.assert_allclose(leaf, wanted, rtol=1e-12, err_msg=name)


def fill_memory(monkeypatch, anything):
    """Memory comes with anything in it; here, with NaN, or with ∞, of which NumPy warns if it is computed with."""

    def empty(shape, dtype):
        return np.full(shape, anything, dtype)

    for module in ("walk.layer", "walk.layout", "small.plan", "batch"):
        monkeypatch.setattr(f"scratch.jit.{module}.empty", empty)


@pytest.mark.parametrize("anything", [np.nan, np.inf])
@pytest.mark.parametrize("keep_tape", [False, True])
@pytest.mark.parametrize(
    "cell", [kind(size) for kind in KINDS for size in (5, 8)] + MIXED_CELLS + RESIDUAL_CELLS, ids=str
)
def test_nothing_is_read_before_it_is_written(cell, keep_tape, anything, monkeypatch):
    fill_memory(monkeypatch, anything)
    case = Case(cell, (4, 0, 6, 1, 3))
    problem = case.draw(np.float64)
    if keep_tape:
        assert_parity(run_numba(case, problem), run_dynamic(scratch, case, problem))
    else:
        arguments = cell, problem.params, problem.inputs, case.sequence_length, problem.initial_state
        results = [dynamic_rnn(*arguments, engine=engine, keep_tape=False)[:2] for engine in ("numba", "numpy")]
        assert_parity(*results)


@pytest.mark.parametrize("kind", KINDS)
def test_packed_weights_have_no_number_that_nobody_wrote(kind, monkeypatch):
    """Panels whose last is not full, and a narrow or ragged x: in the walk, and in small networks, planned anew."""
    fill_memory(monkeypatch, np.nan)
    plan_of.cache_clear()
    for units, input_size in ((3, 2), (16, 40), (32, 1), (48, 16), (65, 130)):
        full = Case(kind(units), batch_size=5, num_steps=2, input_size=input_size)
        for case in (full, replace(full, sequence_length=(2, 0, 1, 2, 1))):
            check_calmly(case, np.float64)
            problem = case.draw(np.float64)
            arguments = case.cell, problem.params, problem.inputs, case.sequence_length
            _, _, tape = dynamic_rnn(*arguments, engine="numba")
            # Packed without the weights of x.
            _, *gradients = dynamic_rnn_backward(tape, problem.d_outputs, needs_d_inputs=False)
            assert all(np.isfinite(leaf).all() for _, leaf in named_leaves(tuple(gradients)))


def test_a_tape_serves_twice():
    """Two backward passes from one tape give the same bits, whatever is done with the first results."""
    for cell in MIXED_CELLS:
        case = Case(cell, (4, 0, 6, 1, 3))
        problem = case.draw(np.float32)
        _, _, tape = dynamic_rnn(
            cell, problem.params, problem.inputs, case.sequence_length, problem.initial_state, engine="numba"
        )
        first = dynamic_rnn_backward(tape, problem.d_outputs, problem.d_final_state)
        kept = map_tree(np.copy, first)
        for _, leaf in named_leaves(first):
            leaf[...] = np.nan
        assert_parity(dynamic_rnn_backward(tape, problem.d_outputs, problem.d_final_state), kept, limit=0)
