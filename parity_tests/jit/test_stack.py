from dataclasses import dataclass

import numba
import numpy as np
import pytest

import scratch
from parity_tests.cases import DROPOUT_CELLS, MIXED_CELLS, MULTI_CELLS, RESIDUAL_CELLS, sequences
from parity_tests.harness import Case, assert_parity, run_dynamic
from parity_tests.jit.checks import check_against_numpy, check_against_numpy_and_tensorflow
from scratch import BasicLSTMCell, MultiRNNCell, dynamic_rnn
from scratch.jit.walk.backward import walk_backward
from scratch.jit.walk.forward import walk_forward
from scratch.jit.walk.packing import pack, pack_transposed
from scratch.tree import map_tree


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", sequences(MULTI_CELLS), ids=str)
def test_agrees_with_numpy_and_tensorflow(case, dtype):
    check_against_numpy_and_tensorflow(case, dtype)


@pytest.mark.parametrize("case", sequences(MIXED_CELLS + RESIDUAL_CELLS), ids=str)
def test_agrees_with_numpy(case):
    check_against_numpy(case, np.float64)


@pytest.mark.parametrize("cell", MIXED_CELLS + RESIDUAL_CELLS + DROPOUT_CELLS[3:4], ids=str)
def test_time_major_agrees_with_numpy(cell):
    check_against_numpy(Case(cell, (4, 0, 6, 1, 3)), np.float64, time_major=True)


@dataclass(frozen=True)
class OwnCell(BasicLSTMCell):
    """A cell of a user's own, which no kernel can know, whatever it inherits."""


def test_what_has_no_kernel_is_refused_by_name():
    params = MultiRNNCell([BasicLSTMCell(4), OwnCell(4)]).init_params(np.random.default_rng(0), 3, np.float64)
    with pytest.raises(ValueError, match="engine 'numba' runs BasicRNNCell, .* but not OwnCell; engine 'numpy' runs"):
        dynamic_rnn(MultiRNNCell([BasicLSTMCell(4), OwnCell(4)]), params, np.zeros((5, 6, 3)), engine="numba")
    with pytest.raises(TypeError, match="engine 'numba' computes in float32 and float64, but inputs are complex128"):
        dynamic_rnn(
            BasicLSTMCell(4),
            map_tree(lambda leaf: leaf.astype(complex), params["cell_0"]),
            np.zeros((5, 6, 3), complex),
            engine="numba",
        )


@dataclass(frozen=True)
class OwnLayers(MultiRNNCell):
    """Layers of a user's own: a class that inherits from MultiRNNCell is another cell."""


def test_layers_of_a_users_own_are_refused():
    cell = OwnLayers([BasicLSTMCell(4)])
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    with pytest.raises(ValueError, match="but not OwnLayers; engine 'numpy' runs"):
        dynamic_rnn(cell, params, np.zeros((5, 6, 3)), engine="numba")


def test_gradients_are_named_whatever_the_order_of_the_parameters():
    """Sorted names put cell_10 before cell_2; a dict may come in any order."""
    case = Case(MULTI_CELLS[0], (4, 0, 6, 1, 3))
    problem = case.draw(np.float64)
    backwards = problem._replace(params=dict(reversed(problem.params.items())))
    expected, actual = run_dynamic_numba(case, problem), run_dynamic_numba(case, backwards)
    assert list(expected.d_params) == list(problem.params)
    assert list(actual.d_params) == list(backwards.params)
    assert_parity(actual, expected, limit=0)
    assert_parity(run_dynamic(scratch, case, backwards), expected)


def test_any_memory_layout_gives_the_same_bits():
    """Time-major, column-major, strided and read-only arrays are the same problem."""
    # Wider than a vector: of fewer numbers none is loaded as a whole.
    case = Case(BasicLSTMCell(19), (4, 0, 6, 1, 3))
    problem = case.draw(np.float64)
    expected = run_dynamic_numba(case, problem)
    for layout in (np.asfortranarray, strided, read_only):
        assert_parity(run_dynamic_numba(case, map_tree(layout, problem)), expected, limit=0)
    assert_parity(run_dynamic_numba(case, problem, time_major=True), expected, limit=0)


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")
def test_any_memory_layout_compiles_nothing_anew():
    case = Case(BasicLSTMCell(4), (4, 0, 6, 1, 3))
    problem = case.draw(np.float64)
    functions = pack, pack_transposed, walk_forward, walk_backward
    run_dynamic_numba(case, problem)
    before = [len(function.signatures) for function in functions]
    for layout in (np.asfortranarray, strided, read_only):
        run_dynamic_numba(case, map_tree(layout, problem))
    assert [len(function.signatures) for function in functions] == before


def run_dynamic_numba(case, problem, **options):
    return run_dynamic(scratch, case, problem, engine="numba", **options)


def strided(array):
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]))
    wide[..., ::2] = array
    return wide[..., ::2]


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array
