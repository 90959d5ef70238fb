import numpy as np
import pytest

from parity_tests.cases import MULTI_CELLS, one_step
from parity_tests.cells import checks
from parity_tests.harness import Case
from scratch import BasicLSTMCell, BasicRNNCell, MultiRNNCell, dynamic_rnn
from scratch.tree import named_leaves
from tf_impl.tensorflow import tf, v1


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", one_step(MULTI_CELLS), ids=str)
def test_step_agrees_with_tensorflow(case, dtype):
    checks.check_against_tensorflow(case, dtype)


@pytest.mark.parametrize("case", one_step(MULTI_CELLS), ids=str)
def test_derivatives_agree_with_complex_steps(case):
    checks.check_against_complex_steps(case)
    checks.check_arguments_are_left_alone(case)


def test_refusals():
    checks.check_refusals(MultiRNNCell([BasicLSTMCell(4), BasicRNNCell(2)]))
    with pytest.raises(ValueError, match="cells must hold at least one cell, but is empty"):
        MultiRNNCell([])
    with pytest.raises(TypeError, match="cells must be a list or tuple of cells, but is BasicLSTMCell"):
        MultiRNNCell(BasicLSTMCell(4))
    with pytest.raises(TypeError, match="cells\\[1\\] must be a cell, but is int"):
        MultiRNNCell([BasicLSTMCell(4), 4])
    cell = MultiRNNCell([BasicLSTMCell(4), BasicRNNCell(2)])
    params, x = cell.init_params(np.random.default_rng(0), 3), np.zeros((5, 3), np.float32)
    with pytest.raises(TypeError, match="state must be a tuple of \\(LSTMState\\(c, h\\), array\\), but is tuple of 1"):
        cell.forward(params, x, (cell.cells[0].zero_state(5),))
    with pytest.raises(TypeError, match="state\\[0\\] must be LSTMState\\(c, h\\), but is tuple of 2"):
        cell.forward(params, x, ((x, x), x))


def test_one_cell_three_times_is_three_layers_here_and_one_in_tensorflow():
    """The ``[cell] * 3`` trap: a TF1 cell holds its weights, a description does not."""
    with tf.Graph().as_default():
        genuine = v1.nn.rnn_cell.BasicRNNCell(3, dtype=tf.float64)
        v1.nn.static_rnn(v1.nn.rnn_cell.MultiRNNCell([genuine] * 3), [tf.zeros([5, 3], tf.float64)], dtype=tf.float64)
        assert len(v1.trainable_variables()) == 2
    cell = MultiRNNCell([BasicRNNCell(3)] * 3)
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    assert len({id(leaf) for _, leaf in named_leaves(params)}) == 6
    # Its twin has a cell of its own for each layer.
    checks.check_against_tensorflow(Case(cell, num_steps=1), np.float64)


def test_shared_weights_are_refused():
    cell = MultiRNNCell([BasicRNNCell(3)] * 2)
    params = cell.init_params(np.random.default_rng(0), 3)
    params["cell_1"]["kernel"] = params["cell_0"]["kernel"]
    x = np.zeros((5, 3), np.float32)
    with pytest.raises(ValueError, match="params/cell_1/kernel is the same array as params/cell_0/kernel"):
        cell.forward(params, x, cell.zero_state(5))
    with pytest.raises(ValueError, match="params/cell_1/kernel is the same array as params/cell_0/kernel"):
        dynamic_rnn(cell, params, x[:, None], engine="numba")


def test_every_layer_draws_its_own_weights_under_tensorflows_names():
    params = MULTI_CELLS[2].init_params(np.random.default_rng(0), 3)
    shapes = {name: leaf.shape for name, leaf in named_leaves(params)}
    assert shapes == {
        "cell_0/kernel": (7, 16),
        "cell_0/bias": (16,),
        "cell_1/cell_0/kernel": (11, 7),
        "cell_1/cell_0/bias": (7,),
        "cell_1/cell_1/kernel": (9, 2),
        "cell_1/cell_1/bias": (2,),
    }
    same = MultiRNNCell([BasicRNNCell(3), BasicRNNCell(3)]).init_params(np.random.default_rng(0), 3)
    assert (same["cell_0"]["kernel"] != same["cell_1"]["kernel"]).all()
