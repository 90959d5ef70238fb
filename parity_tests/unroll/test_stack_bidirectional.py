import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cases import LENGTHS
from parity_tests.harness import Results, assert_parity
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    DropoutWrapper,
    GRUCell,
    LSTMCell,
    MultiRNNCell,
    bidirectional_params,
    dynamic_rnn,
    stack_bidirectional_dynamic_rnn,
    stack_bidirectional_dynamic_rnn_backward,
    stack_bidirectional_params,
)
from scratch.gradient_check import complex_step, to_complex
from scratch.tree import map_tree, named_leaves

# Every width differs from all others, so that a pair taken apart in the wrong place does not fit.
MIXED = (
    [LSTMCell(4, use_peepholes=True, num_proj=2), BasicRNNCell(6)],
    [MultiRNNCell([GRUCell(5), BasicLSTMCell(7)]), GRUCell(3)],
)
BASIC = (
    [BasicLSTMCell(4), BasicRNNCell(2), BasicLSTMCell(7)],
    [BasicRNNCell(8), MultiRNNCell([BasicRNNCell(2), BasicLSTMCell(6)]), BasicLSTMCell(3)],
)
VARIATIONAL = (
    [DropoutWrapper(BasicLSTMCell(4), 0.7, 0.8, 0.6, variational_recurrent=True), BasicRNNCell(2)],
    [BasicRNNCell(7), DropoutWrapper(GRUCell(4), state_keep_prob=0.5, variational_recurrent=True)],
)


class Problem:
    """The arrays of two lists of cells: random, none left at a value that hides a mistake."""

    def __init__(self, cells, dtype=np.float64):
        rng = np.random.default_rng(7)
        self.cells, self.dtype = cells, dtype
        params = stack_bidirectional_params(rng, *cells, 3)

        def normal(*shape):
            return rng.standard_normal(shape).astype(dtype)

        self.params = map_tree(lambda leaf: (0.5 * normal(*leaf.shape)).astype(dtype), params)
        self.inputs = normal(5, 6, 3)
        sizes = [tuple(cell.state_size for cell in side) for side in cells]
        self.states, self.d_states = (
            tuple(map_tree(lambda size: normal(5, size), side) for side in sizes) for _ in range(2)
        )
        self.d_outputs = normal(5, 6, sum(side[-1].output_size for side in cells))
        widths = [3, *(fw.output_size + bw.output_size for fw, bw in zip(*cells, strict=True))]
        masks = [
            tuple(cell.draw_masks(rng, 6, 5, width) for cell in pair)
            for *pair, width in zip(*cells, widths[:-1], strict=True)
        ]
        self.masks = [tuple(own if any(named_leaves(own)) else None for own in pair) for pair in masks]

    def run(self, backend, lengths, time_major=False, **options):
        """Return the ``Results``, batch-major, of the layers and of their backward pass in ``backend``."""

        def layout(array):
            return np.ascontiguousarray(array.swapaxes(0, 1)) if time_major else array

        outputs, states_fw, states_bw, tapes = backend.stack_bidirectional_dynamic_rnn(
            *self.cells,
            self.params,
            layout(self.inputs),
            *self.states,
            lengths,
            time_major=time_major,
            masks=self.masks,
            **options,
        )
        d_inputs, d_states, d_params = backend.stack_bidirectional_dynamic_rnn_backward(
            tapes, layout(self.d_outputs), self.d_states
        )
        return Results(layout(outputs), (states_fw, states_bw), layout(d_inputs), d_states, d_params)


@pytest.mark.parametrize(
    ("cells", "lengths", "dtype"),
    [
        pytest.param(MIXED, LENGTHS[0], np.float64, id="mixed, full"),
        pytest.param(MIXED, LENGTHS[1], np.float64, id="mixed, to T"),
        pytest.param(MIXED, LENGTHS[1], np.float32, id="mixed, to T, float32"),
        pytest.param(BASIC, LENGTHS[2], np.float64, id="basic, short of T"),
        pytest.param(VARIATIONAL, LENGTHS[1], np.float64, id="dropout, to T"),
    ],
)
def test_agrees_with_tensorflow_in_both_layouts(cells, lengths, dtype):
    problem = Problem(cells, dtype)
    expected = problem.run(tf_impl, lengths, time_major=lengths is None)
    for time_major in (False, True):
        actual = problem.run(scratch, lengths, time_major)
        assert_parity(actual, expected)
        for row, length in enumerate(lengths or ()):
            assert (actual.outputs[row, length:] == 0).all()
            assert (actual.d_inputs[row, length:] == 0).all()


@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
def test_numba_agrees_with_numpy(lengths):
    problem = Problem(BASIC)
    assert_parity(problem.run(scratch, lengths, engine="numba"), problem.run(scratch, lengths))


def test_gradients_agree_with_complex_steps():
    problem = Problem(MIXED)
    actual = problem.run(scratch, LENGTHS[1])

    def scalar(arguments):
        inputs, states = arguments
        outputs, *final_states, _ = stack_bidirectional_dynamic_rnn(*MIXED, params, inputs, *states, LENGTHS[1])
        leaves = zip(named_leaves(tuple(final_states)), named_leaves(problem.d_states), strict=True)
        return (outputs * problem.d_outputs).sum() + sum((state * d).sum() for (_, state), (_, d) in leaves)

    # The weights of both layers stand still: TensorFlow speaks for their gradients.
    arguments, params = to_complex((problem.inputs, problem.states)), to_complex(problem.params)
    assert_parity(tuple(actual[2:4]), complex_step(scalar, arguments))


def test_a_padded_batch_is_its_rows_run_alone():
    problem = Problem(MIXED)
    whole = problem.run(scratch, LENGTHS[1])
    d_params = []
    for row, length in enumerate(LENGTHS[1]):
        own = slice(row, row + 1)
        states, d_states = (
            map_tree(lambda leaf, own=own: leaf[own], tree) for tree in (problem.states, problem.d_states)
        )
        if length == 0:
            assert_parity(map_tree(lambda leaf, own=own: leaf[own], whole.final_state), states, limit=0)
            assert_parity(map_tree(lambda leaf, own=own: leaf[own], whole.d_initial_state), d_states, limit=0)
            continue
        outputs, *final_states, tapes = stack_bidirectional_dynamic_rnn(
            *MIXED, problem.params, problem.inputs[own, :length], *states
        )
        gradients = stack_bidirectional_dynamic_rnn_backward(tapes, problem.d_outputs[own, :length], d_states)
        d_params.append(gradients[2])
        alone = outputs, gradients[0], tuple(final_states), gradients[1]
        of_whole = whole.outputs[:, :length], whole.d_inputs[:, :length], whole.final_state, whole.d_initial_state
        assert_parity(map_tree(lambda leaf, own=own: leaf[own], of_whole), alone)
    assert_parity(whole.d_params, map_tree(lambda *leaves: sum(leaves), *d_params))


def test_the_second_layer_hears_both_directions_and_multi_cells_do_not():
    """Change a row's last step: the lower bw tells the upper fw of it at step 0; stacked within a cell it does not."""
    problem = Problem(BASIC)
    changed = problem.inputs.copy()
    changed[:, -1] += 1
    first = [
        stack_bidirectional_dynamic_rnn(*BASIC, problem.params, x)[0][:, 0, : BASIC[0][-1].output_size]
        for x in (problem.inputs, changed)
    ]
    assert (first[0] != first[1]).all()
    cell = MultiRNNCell(BASIC[0])
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    first = [dynamic_rnn(cell, params, x)[0][:, 0] for x in (problem.inputs, changed)]
    assert (first[0] == first[1]).all()


def test_what_is_not_given_is_zeros():
    problem = Problem(MIXED)
    zeros, nothing = map_tree(np.zeros_like, problem.states), np.zeros_like(problem.d_outputs)
    *expected, tapes = stack_bidirectional_dynamic_rnn(*MIXED, problem.params, problem.inputs, *zeros)
    *actual, _ = stack_bidirectional_dynamic_rnn(*MIXED, problem.params, problem.inputs)
    assert_parity(tuple(actual), tuple(expected), limit=0)
    for given, meant in [
        ((None, problem.d_states), (nothing, problem.d_states)),
        ((problem.d_outputs, None), (problem.d_outputs, zeros)),
        ((None, (None, problem.d_states[1])), (nothing, (zeros[0], problem.d_states[1]))),
    ]:
        actual = stack_bidirectional_dynamic_rnn_backward(tapes, *given)
        assert_parity(actual, stack_bidirectional_dynamic_rnn_backward(tapes, *meant), limit=0)


def test_states_come_out_as_they_go_in_and_nothing_given_is_written_to():
    problem = Problem(MIXED)
    arrays = problem.params, problem.inputs, problem.states, problem.d_outputs, problem.d_states
    before = map_tree(np.copy, arrays)
    results = problem.run(scratch, LENGTHS[1])
    assert_parity(arrays, before, limit=0)
    stack_bidirectional_dynamic_rnn(*MIXED, problem.params, problem.inputs, *results.final_state)
    stack_bidirectional_dynamic_rnn(*MIXED, problem.params, problem.inputs, *map(list, results.final_state))


def test_params_are_drawn_layer_by_layer():
    params = stack_bidirectional_params(np.random.default_rng(1), *MIXED, 3, np.float64)
    rng = np.random.default_rng(1)
    widths = {"cell_0": 3, "cell_1": 2 + 7}
    expected = {
        name: bidirectional_params(rng, fw, bw, width, np.float64)
        for (name, width), fw, bw in zip(widths.items(), *MIXED, strict=True)
    }
    assert_parity(params, expected, limit=0)


def test_refusals():
    fw, bw, x = [BasicLSTMCell(4), BasicRNNCell(2)], [BasicRNNCell(7), BasicLSTMCell(6)], np.zeros((5, 6, 3))
    params = stack_bidirectional_params(np.random.default_rng(0), fw, bw, 3, np.float64)

    def call(cells_fw=fw, cells_bw=bw, params=params, inputs=x, **options):
        return stack_bidirectional_dynamic_rnn(cells_fw, cells_bw, params, inputs, **options)

    with pytest.raises(TypeError, match="cells_fw must be a list of cells, one a layer, but is BasicLSTMCell"):
        call(cells_fw=fw[0])
    with pytest.raises(ValueError, match="cells_bw must hold at least one cell, but is empty"):
        call(cells_bw=[])
    with pytest.raises(ValueError, match="cells_fw has 2 layers, but cells_bw has 1"):
        call(cells_bw=bw[:1])
    with pytest.raises(TypeError, match="cells_bw\\[1\\] must be a cell such as BasicLSTMCell\\(128\\), but is int"):
        call(cells_bw=[bw[0], 4])
    with pytest.raises(ValueError, match="params has no 'cell_1'; it needs 'cell_0', 'cell_1'"):
        call(params={"cell_0": params["cell_0"]})
    with pytest.raises(ValueError, match="params/cell_1/fw/kernel must have shape \\[13, 2\\], but has \\[17, 24\\]"):
        call(
            params={"cell_0": params["cell_0"], "cell_1": {"fw": params["cell_1"]["bw"], "bw": params["cell_1"]["fw"]}}
        )
    with pytest.raises(TypeError, match="initial_states_fw must be a list with an entry for each of the 2 layers"):
        call(initial_states_fw=[None])
    with pytest.raises(ValueError, match="initial_states_bw\\[1\\].c must have shape \\[5, 6\\], but has \\[4, 6\\]"):
        call(initial_states_bw=[None, bw[1].zero_state(4, np.float64)])
    with pytest.raises(ValueError, match="sequence_length\\[0\\] is 7, but inputs have only 6 time steps"):
        call(sequence_length=[7, 1, 1, 1, 1])
    with pytest.raises(ValueError, match="engine must be one of 'numpy', 'numba', but is 'cuda'"):
        call(engine="cuda")
    with pytest.raises(TypeError, match="masks must be a list with an entry for each of the 2 layers"):
        call(masks=[None])
    *_, tapes = call()
    with pytest.raises(TypeError, match="tapes must be the list that stack_bidirectional_dynamic_rnn returned"):
        stack_bidirectional_dynamic_rnn_backward(tapes[0])
    with pytest.raises(TypeError, match="tapes\\[1\\] must be the BidirectionalTape of the matching forward pass"):
        stack_bidirectional_dynamic_rnn_backward([tapes[0], None])
    with pytest.raises(ValueError, match="d_outputs must have shape \\[5, 6, 8\\], but has \\[5, 6, 2\\]"):
        stack_bidirectional_dynamic_rnn_backward(tapes, np.zeros((5, 6, 2)))
    with pytest.raises(TypeError, match="d_final_states\\[1\\] must be a tuple of \\(array, LSTMState\\(c, h\\)\\)"):
        stack_bidirectional_dynamic_rnn_backward(tapes, None, (None, np.zeros((5, 7))))
