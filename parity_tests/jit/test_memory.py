import gc

import numpy as np
import pytest

from parity_tests.harness import assert_parity
from scratch import BasicLSTMCell, dynamic_rnn, dynamic_rnn_backward
from scratch.jit.machine import memory
from scratch.jit.machine.register import REGISTER
from scratch.tree import map_tree

DTYPE = np.dtype(np.float64)
# Elements of an array that is worth keeping.
ENOUGH = memory.LARGE // DTYPE.itemsize


@pytest.fixture(autouse=True, scope="module")
def nothing_left_over():
    """Collect what other tests have left in circles, so that none of it dies during these."""
    gc.collect()


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(memory, "kept", [])


def address(array):
    return array.__array_interface__["data"][0]


@pytest.mark.parametrize("dtype", [DTYPE, np.dtype(np.float32)], ids=str)
@pytest.mark.parametrize("shape", [(0, 3), (3, 5), (33, 65), (17, 5, 40), (513, 1001)])
def test_arrays_are_row_major_and_begin_on_a_line_of_the_cache(shape, dtype):
    for make in (memory.empty, memory.zeros):
        array = make(shape, dtype)
        assert array.shape == shape
        assert array.dtype == dtype
        assert array.flags.c_contiguous
        assert array.flags.writeable
        if array.nbytes >= 4096:
            assert address(array) % REGISTER == 0
    assert (array == 0).all()


def test_memory_is_used_again_once_the_array_and_every_view_of_it_are_gone():
    array = memory.empty((2, ENOUGH), DTYPE)
    at = address(array)
    view = array[1, 8:].reshape(8, -1).T
    del array
    other = memory.empty((2, ENOUGH), DTYPE)
    assert address(other) != at
    del view
    assert address(memory.empty((2, ENOUGH), DTYPE)) == at
    # Of another dtype and shape too, and cleared where zeros are asked for.
    other.fill(np.nan)
    at = address(other)
    del other
    memory.kept[:] = [kept for kept in memory.kept if 0 <= at - address(kept) < REGISTER]
    array = memory.zeros((ENOUGH + 1, 3), np.dtype(np.float32))
    assert address(array) == at
    assert (array == 0).all()


def test_views_and_copies_of_the_owner_give_nothing_back():
    array = memory.empty((2, ENOUGH), DTYPE)
    view, copy = array.base[1:], array.base.copy()
    del view, copy
    assert len(memory.kept) == 0
    del array
    assert len(memory.kept) == 1


def test_memory_of_another_order_of_size_is_left_alone():
    at = {address(memory.empty((8 * ENOUGH,), DTYPE))}
    assert len(memory.kept) == 1
    assert address(memory.empty((9 * ENOUGH,), DTYPE)) not in at
    assert address(memory.empty((2 * ENOUGH,), DTYPE)) not in at
    # The smallest that is large enough.
    sizes = [kept.nbytes // memory.LARGE for kept in memory.kept]
    assert sorted(sizes) == [2, 8, 9]
    array = memory.empty((5 * ENOUGH,), DTYPE)
    assert address(array) in at


def test_living_arrays_never_overlap():
    rng = np.random.default_rng(0)
    living = []
    for number in range(200):
        array = memory.empty((int(rng.integers(1, 4 * ENOUGH)),), DTYPE)
        array[:: ENOUGH // 8] = number
        living.append((number, array))
        if len(living) > 5:
            del living[int(rng.integers(5))]
        del array
        for number_of, one in living:
            assert (one[:: ENOUGH // 8] == number_of).all()


def test_no_more_is_kept_than_the_bound(monkeypatch):
    monkeypatch.setattr(memory, "MOST_KEPT", 5 * memory.LARGE)
    arrays = [memory.empty((2 * ENOUGH,), DTYPE) for _ in range(6)]
    assert memory.kept == []
    del arrays
    assert len(memory.kept) == 2
    assert sum(kept.nbytes for kept in memory.kept) <= memory.MOST_KEPT
    small = memory.empty((ENOUGH // 2,), DTYPE)
    del small
    assert len(memory.kept) == 2, "small arrays come from NumPy and go back to it"


def test_what_was_returned_keeps_its_values():
    """Results in memory that is handed out again live as long as the caller holds any part of them."""
    cell = BasicLSTMCell(400)
    rng = np.random.default_rng(0)
    params = cell.init_params(rng, 70, np.float64)

    def run():
        inputs = rng.standard_normal((60, 6, 70))
        outputs, state, tape = dynamic_rnn(cell, params, inputs, engine="numba")
        d_outputs = rng.standard_normal(outputs.shape)
        return outputs, state, dynamic_rnn_backward(tape, d_outputs), tape, d_outputs

    outputs, state, gradients, tape, d_outputs = run()
    assert outputs.nbytes >= memory.LARGE
    # Of the outputs, only a view is held from now on.
    results = outputs[:, 3:], state, gradients
    del outputs
    expected = map_tree(np.copy, results)
    for _ in range(6):
        run()
    assert memory.kept
    again = dynamic_rnn_backward(tape, d_outputs)
    assert_parity(results, expected, limit=0)
    assert_parity(again, expected[2], limit=0)
