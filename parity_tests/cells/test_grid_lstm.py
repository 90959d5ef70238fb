import copy

import numpy as np
import pytest

import tf_impl
from parity_tests.cases import BLOCKS, GRID_CELLS, WHOLE, one_step
from parity_tests.cells import checks
from parity_tests.harness import Case, Results, assert_parity
from scratch import GridLSTMCell, LSTMCell, LSTMState
from scratch.initializers import glorot_uniform
from scratch.tree import map_tree

# More columns, blocks that overlap, windows that overlap within them, and columns in no window.
WIDE = [
    Case(
        GridLSTMCell(
            4,
            True,
            False,
            0.4,
            0.5,
            3,
            2,
            num_frequency_blocks=[3, 2],
            start_freqindex_list=[0, 3],
            end_freqindex_list=[8, 9],
        ),
        num_steps=1,
        input_size=10,
    )
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", one_step(GRID_CELLS) + WIDE, ids=str)
def test_step_agrees_with_tensorflow(case, dtype):
    checks.check_against_tensorflow(case, dtype)


@pytest.mark.parametrize("case", one_step(GRID_CELLS) + WIDE, ids=str)
def test_derivatives_agree_with_complex_steps(case):
    checks.check_against_complex_steps(case)
    checks.check_arguments_are_left_alone(case)


@pytest.mark.parametrize("cell", [GRID_CELLS[0], GridLSTMCell(4, cell_clip=0.3, forget_bias=2.5, **BLOCKS)], ids=str)
def test_without_peepholes_it_is_two_of_tensorflows_own_lstms(cell):
    """``LSTMCell``, which TensorFlow ships: in the state (c_k, h_k) along time, (ĉ_{k−1}, ĥ_{k−1}) along frequency."""
    problem = Case(cell, num_steps=1).draw(np.float64)
    x, state, size = problem.inputs[:, 0], problem.initial_state, cell.num_units
    output, new_state, _ = cell.forward(problem.params, x, state)
    lstm, zeros = LSTMCell(size, cell_clip=cell.cell_clip, forget_bias=cell.forget_bias), np.zeros((len(x), size))

    def weights(way, block, swap):
        x_rows, time_rows, frequency_rows = np.split(problem.params[f"W_{way}_{block}_0"], [cell.feature_size, -size])
        rows = (x_rows, frequency_rows, time_rows) if swap else (x_rows, time_rows, frequency_rows)
        return {"kernel": np.concatenate(rows), "bias": problem.params[f"B_{way}_{block}"]}

    outputs, states, places = [], [], iter(zip(state[::2], state[1::2], strict=True))
    for block, count in enumerate(cell.num_frequency_blocks):
        frequency = LSTMState(zeros, zeros)
        low = cell.start_freqindex_list[block] if cell.start_freqindex_list else 0
        for k in range(count):
            time = LSTMState(*next(places))
            window = x[:, low + k * cell.frequency_skip :][:, : cell.feature_size]
            # The last rows of a kernel are those of the LSTM's own h: the other's counts as input.
            time_reads, frequency_reads = (np.concatenate([window, other.h], axis=1) for other in (frequency, time))
            _, time, _ = tf_impl.forward(lstm, weights("t", block, True), time_reads, time)
            _, frequency, _ = tf_impl.forward(lstm, weights("f", block, False), frequency_reads, frequency)
            outputs += [time.h, frequency.h]
            states += [*time]
    assert_parity((output, new_state), (np.concatenate(outputs, axis=1), type(new_state)(*states)))


def published(**options):
    """Return a cell of 3 windows over 4 columns, all of its weights 0.5 and its biases 0, and a state of 0.1."""
    cell = GridLSTMCell(feature_size=2, frequency_skip=1, forget_bias=1.0, num_frequency_blocks=[3], **options)
    shapes = cell.param_shapes(4)
    params = {name: np.full(shape, 0 if name.startswith("B") else 0.5, np.float32) for name, shape in shapes.items()}
    return cell, params, map_tree(lambda zeros: zeros + np.float32(0.1), cell.zero_state(3))


def test_published_constants_with_coupled_gates():
    """The numbers of ``testGridLstmCellWithCoupledInputForgetGates`` in TensorFlow 1.15's ``rnn_cell_test.py``."""
    cell, params, state = published(num_units=2, couple_input_forget_gates=True)
    x = np.repeat(np.array([[1], [2], [3]], np.float32), 4, axis=1)
    output, new_state, _ = cell.forward(params, x, state)
    outputs = [
        [0.416383, 0.403238, 0.524020, 0.565425, 0.557865, 0.609699],
        [0.627331, 0.622393, 0.688342, 0.708078, 0.694245, 0.715171],
        [0.711050, 0.709197, 0.736533, 0.744264, 0.737390, 0.745250],
    ]
    states = [
        [0.625556, 0.416383, 0.759134, 0.524020, 0.798795, 0.557865],
        [0.875488, 0.627331, 0.936432, 0.688342, 0.941961, 0.694245],
        [0.957327, 0.711050, 0.979522, 0.736533, 0.980245, 0.737390],
    ]
    np.testing.assert_allclose(output, np.repeat(outputs, 2, axis=1), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(np.concatenate(new_state, axis=1), np.repeat(states, 2, axis=1), rtol=1e-6, atol=1e-6)


def test_published_constants_with_shared_weights():
    """The numbers of ``testBidirectionGridLSTMCell``, there: its forward half is a ``GridLSTMCell``."""
    cell, params, state = published(num_units=2, share_time_frequency_weights=True)
    assert params.keys() == {"W_f_0_0", "B_f_0"}
    x = np.array([[1.0, 1.1, 1.2, 1.3], [2.0, 2.1, 2.2, 2.3], [3.0, 3.1, 3.2, 3.3]], np.float32)
    output, new_state, _ = cell.forward(params, x, state)
    outputs = [
        [0.464130, 0.419165, 0.593283, 0.738350, 0.661638, 0.866774],
        [0.669636, 0.628966, 0.736057, 0.895927, 0.755559, 0.954359],
        [0.751109, 0.711716, 0.778357, 0.940779, 0.784530, 0.980604],
    ]
    states = [
        [0.710660, 0.464130, 0.877293, 0.593283, 0.958505, 0.661638],
        [0.967579, 0.669636, 1.038811, 0.736057, 1.058201, 0.755559],
        [1.053842, 0.751109, 1.079919, 0.778357, 1.085620, 0.784530],
    ]
    np.testing.assert_allclose(output, np.repeat(outputs, 2, axis=1), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(np.concatenate(new_state, axis=1), np.repeat(states, 2, axis=1), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    "blocks",
    [
        dict(num_frequency_blocks=[3]),
        dict(num_frequency_blocks=[1, 1], start_freqindex_list=[0, 2], end_freqindex_list=[2, 4]),
    ],
    ids=["testGridLSTMCell", "testGridLSTMCellWithFrequencyBlocks"],
)
def test_the_published_tests_without_numbers(blocks):
    """What these two tests of ``rnn_cell_test.py`` hold of shapes, of names, and of rows that differ."""
    cell = GridLSTMCell(8, feature_size=2, frequency_skip=1, couple_input_forget_gates=True, **blocks)
    shapes, count = cell.param_shapes(4), sum(blocks["num_frequency_blocks"])
    params = {name: np.full(shape, 0 if name.startswith("B") else 0.5, np.float32) for name, shape in shapes.items()}
    x = np.repeat(np.array([[1], [2], [3]], np.float32), 4, axis=1)
    state = cell.state_tuple_type(*[np.full((3, 8), 0.1, np.float32)] * 2 * count)
    output, new_state, _ = cell.forward(params, x, state)
    assert output.shape == (3, 8 * count * 2)
    assert all(part.shape == (3, 8) for part in new_state)
    for row in (1, 2):
        assert np.linalg.norm(output[0] - output[row]) > 1e-6
        assert np.linalg.norm(new_state.state_f00_b00_c[0] - new_state.state_f00_b00_c[row]) > 1e-6


def test_a_gradient_passes_a_memory_at_its_bound_and_none_beyond():
    """With f = 1 and i = 0, c' is c: held at ±cell_clip it still hears its gradient, pushed beyond it does not."""
    cell = GridLSTMCell(5, cell_clip=0.5, feature_size=3, frequency_skip=1, num_frequency_blocks=[1])
    gates = np.repeat([-1000.0, 0, 1000, 0], 5)
    params = {name: gates.copy() if name.startswith("B") else np.zeros((13, 20)) for name in cell.param_shapes(3)}
    x, zeros = np.zeros((1, 3)), np.zeros((1, 5))
    state = cell.state_tuple_type(np.array([[0.5, -0.5, 0.75, -0.75, 0.25]]), zeros)
    d_output, d_state = np.zeros((1, 10)), cell.state_tuple_type(zeros + 1, zeros + 1)
    actual = checks.step(cell, params, x, state, d_output, d_state)
    assert (actual.final_state[0] == [[0.5, -0.5, 0.5, -0.5, 0.25]]).all()
    assert ((actual.d_initial_state[0] != 0) == [[True, True, False, False, True]]).all()
    output, new_state, tape = tf_impl.forward(cell, params, x, state)
    assert_parity(actual, Results(output, new_state, *tf_impl.backward(tape, d_output, d_state)))


def test_the_state_is_named_as_in_tensorflow_and_equal_cells_have_one_type_of_it():
    fields = ("state_f00_b00_c", "state_f00_b00_m", "state_f01_b00_c", "state_f01_b00_m")
    fields += ("state_f00_b01_c", "state_f00_b01_m")
    cell = GridLSTMCell(4, **BLOCKS)
    assert cell.state_tuple_type._fields == fields
    assert type(cell.state_size).__name__ == "GridLSTMStateTuple"
    assert tuple(cell.state_size) == (4,) * 6
    assert cell.output_size == 24
    same = GridLSTMCell(4, **{name: copy.copy(value) for name, value in BLOCKS.items()})
    assert same == cell
    assert hash(same) == hash(cell)
    assert type(same.zero_state(5)) is type(cell.zero_state(5))


def test_blocks_do_not_hear_one_another():
    """Each starts anew, with weights of its own: a change to the last block's columns is nothing to the first."""
    case = Case(GRID_CELLS[4], num_steps=1)
    problem = case.draw(np.float64)
    x = problem.inputs[:, 0].copy()
    before, _, _ = case.cell.forward(problem.params, x, problem.initial_state)
    x[:, 2] += 1
    after, _, _ = case.cell.forward(problem.params, x, problem.initial_state)
    assert (after[:, :16] == before[:, :16]).all()
    assert (after[:, 16:] != before[:, 16:]).all()


def test_a_new_cell_starts_as_in_tensorflow():
    cell = GridLSTMCell(4, use_peepholes=True, **WHOLE)
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    shapes = {name: array.shape for name, array in params.items()}
    peepholes = {f"W_{gate}_diag_{way}{memory}_0" for gate in "IFO" for way in ("time", "freq") for memory in "tf"}
    matrices = {"W_t_0_0": (10, 16), "W_f_0_0": (10, 16), "B_t_0": (16,), "B_f_0": (16,)}
    assert shapes == matrices | dict.fromkeys(peepholes, (4,))
    assert (params["B_t_0"] == 0).all()
    assert (params["B_f_0"] == 0).all()
    assert 0 < np.abs(params["W_t_0_0"]).max() <= np.sqrt(6 / (10 + 16))
    assert cell.initializer("W_I_diag_timef_0", glorot_uniform) is glorot_uniform
    coupled = GRID_CELLS[3].param_shapes(3)
    assert coupled["W_f_1_0"] == (9, 12)
    assert coupled["B_t_1"] == (12,)
    assert "W_I_diag_freqt_1" in coupled
    assert "W_F_diag_freqt_1" not in coupled
    assert not any("time" in name or "_t_" in name for name in GRID_CELLS[2].param_shapes(3))


def test_refusals():
    def refused(error, match, **options):
        with pytest.raises(error, match=match):
            GridLSTMCell(**{"num_units": 4, **WHOLE, **options})

    refused(ValueError, "num_frequency_blocks must be given", num_frequency_blocks=None)
    refused(TypeError, "num_frequency_blocks must be a list of integers, but is 2", num_frequency_blocks=2)
    refused(ValueError, "num_frequency_blocks must hold at least one number, but is empty", num_frequency_blocks=[])
    refused(ValueError, "num_frequency_blocks\\[0\\] must be at least 1, but is 0", num_frequency_blocks=[0])
    refused(TypeError, "num_frequency_blocks\\[0\\] must be an integer, but is True", num_frequency_blocks=[True])
    refused(TypeError, "num_frequency_blocks\\[0\\] must be an integer, but is 2.0", num_frequency_blocks=[2.0])
    refused(TypeError, "feature_size must be an integer, but is None", feature_size=None)
    refused(TypeError, "frequency_skip must be an integer, but is None", frequency_skip=None)
    refused(ValueError, "couple_input_forget_gates must be one of False, True", couple_input_forget_gates=None)
    refused(ValueError, "share_time_frequency_weights must be one of", share_time_frequency_weights="no")
    refused(ValueError, "cell_clip must be greater than 0, but is 0", cell_clip=0)
    refused(ValueError, "must hold 2 columns, .* but hold 0 and 0", num_frequency_blocks=[1, 1])
    refused(ValueError, "must hold 1 columns, .* but hold 0 and 1", end_freqindex_list=[3])
    refused(ValueError, "must hold 1 columns, .* but hold 2 and 1", start_freqindex_list=[0, 1], end_freqindex_list=[3])
    refused(
        ValueError,
        "start_freqindex_list\\[0\\] must be at least 0, but is -1",
        start_freqindex_list=[-1],
        end_freqindex_list=[2],
    )
    refused(
        ValueError,
        "x\\[:, 1:3\\] must hold 2 windows of feature_size 2, but holds 1",
        start_freqindex_list=[1],
        end_freqindex_list=[3],
    )
    with pytest.raises(TypeError, match="state_is_tuple"):
        GridLSTMCell(4, state_is_tuple=False, **WHOLE)
    cell, x = GRID_CELLS[0], np.ones((5, 3))
    params, state = cell.init_params(np.random.default_rng(0), 3, np.float64), cell.zero_state(5, np.float64)
    with pytest.raises(TypeError, match="x must be a NumPy array of shape \\[B, D\\], but is list"):
        cell.forward(params, x.tolist(), state)
    with pytest.raises(ValueError, match="x\\[:, 0:4\\] must hold 2 windows of feature_size 2, but holds 3"):
        cell.forward(params, np.ones((5, 4)), state)
    with pytest.raises(ValueError, match="x must be at least 3 wide, where its last window ends, but is 2 wide"):
        GRID_CELLS[3].init_params(np.random.default_rng(0), 2)
    with pytest.raises(TypeError, match="state must be GridLSTMStateTuple\\(state_f00_b00_c, .*\\), but is tuple of 4"):
        cell.forward(params, x, tuple(state))
    with pytest.raises(ValueError, match="state.state_f00_b00_c must have shape \\[5, 4\\], but has \\[1, 4\\]"):
        cell.forward(params, x, cell.zero_state(1, np.float64))
    with pytest.raises(TypeError, match="state.state_f00_b00_c is float32, but the inputs are float64"):
        cell.forward(params, x, cell.zero_state(5))
    with pytest.raises(ValueError, match="params has no 'W_t_0_0'; it needs 'W_t_0_0', 'W_f_0_0', 'B_t_0', 'B_f_0'"):
        cell.forward({name: params[name] for name in params if name != "W_t_0_0"}, x, state)
    output, new_state, cache = cell.forward(params, x, state)
    with pytest.raises(ValueError, match="d_output must have shape \\[5, 16\\], but has \\[5, 8\\]"):
        cell.backward(params, cache, output[:, :8], new_state)
    with pytest.raises(ValueError, match="d_new_state.state_f00_b00_c must have shape \\[5, 4\\], but has \\[1, 4\\]"):
        cell.backward(params, cache, output, cell.zero_state(1, np.float64))
