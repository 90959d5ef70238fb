"""The networks that the converters are tested on: cells, layers, directions, with weights of which none is 0."""

import zlib

import numpy as np

import scratch
from parity_tests.harness import Results
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMBlockCell, LSTMCell, MultiRNNCell
from scratch.conversions.layers import assembled, places_apart
from scratch.tree import map_tree

B, T, D, H = 5, 6, 3, 4
LENGTHS = (4, 0, 6, 1, 3)
# What is one network in PyTorch and in cuDNN: each kind of cell in layers, in both directions, and in both.
RNN, RELU, LSTM, AFTER = BasicRNNCell(H), BasicRNNCell(H, "relu"), BasicLSTMCell(H), GRUCell(H, reset_after=True)
FULL, PROJECTED = LSTMCell(H, forget_bias=0.5), LSTMCell(H, num_proj=2, forget_bias=0.3)
NETWORKS = {
    "rnn": RNN,
    "lstm": LSTM,
    "gru": AFTER,
    "block": LSTMBlockCell(H),
    "rnn_both": (RNN, RNN),
    "relu_2": MultiRNNCell([RELU, RELU]),
    "lstm_3": MultiRNNCell([LSTM, FULL, BasicLSTMCell(H, forget_bias=0.0)]),
    "lstm_both": (LSTM, FULL),
    "lstm_2_both": ([LSTM, FULL], [FULL, LSTM]),
    "gru_2": MultiRNNCell([AFTER, AFTER]),
    "gru_3_both": ([AFTER] * 3, [AFTER] * 3),
}
# Without a bias: PyTorch's ``bias=False``.
UNBIASED = {
    "rnn_no_bias": BasicRNNCell(H, use_bias=False),
    "lstm_no_bias_both": (BasicLSTMCell(H, 0.0, use_bias=False), LSTMCell(H, forget_bias=0.0, use_bias=False)),
    "gru_no_bias_2": MultiRNNCell([GRUCell(H, reset_after=True, use_bias=False)] * 2),
}
PROJECTIONS = {
    "projected": PROJECTED,
    "projected_2": MultiRNNCell([PROJECTED, PROJECTED]),
    "projected_2_both": ([PROJECTED, PROJECTED], [PROJECTED, PROJECTED]),
}


def draw(cell, dtype=np.float64, unbiased=False):
    """Return ``(params, inputs, initial_state, d_outputs, d_final_state)``, batch-major; ``unbiased``: biases are 0."""
    rng = np.random.default_rng(zlib.crc32(repr(cell).encode()))
    found = places_apart(cell)
    # Layers of a pair of their own: none reads the other direction.
    apart = isinstance(cell, tuple) and isinstance(cell[0], MultiRNNCell)

    def normal(*shape):
        return (0.7 * rng.standard_normal(shape)).astype(dtype)

    def weights(shapes, path=""):
        if isinstance(shapes, dict):
            return {key: weights(shape, key) for key, shape in shapes.items()}
        return normal(*shapes)

    def params_of(place):
        lowers = [lower for lower in found if lower.layer == place.layer - 1]
        below = [lower.cell.output_size for lower in lowers if not apart or lower.direction == place.direction]
        params = weights(place.cell.param_shapes(sum(below) or D))
        if unbiased:
            named = scratch.tree.named_leaves(params)
            for path, leaf in named:
                if path.endswith("bias"):
                    leaf.fill(0)
            if hasattr(place.cell, "forget_bias") and place.cell.use_bias:
                params["bias"][2 * H : 3 * H] = -place.cell.forget_bias
        return params

    def state():
        parts = [map_tree(lambda size: normal(B, size), place.cell.state_size) for place in found]
        if not isinstance(cell, tuple):
            return tuple(parts) if found[0].path else parts[0]
        if apart:
            return tuple(parts[: len(parts) // 2]), tuple(parts[len(parts) // 2 :])
        return (tuple(parts[0::2]), tuple(parts[1::2])) if isinstance(cell[0], list) else tuple(parts)

    width = sum(place.cell.output_size for place in found if place.layer == found[-1].layer)
    return assembled(found, params_of), normal(B, T, D), state(), normal(B, T, width), state()


def run(cell, problem, lengths=None):
    """Return the ``Results`` of scratch; outputs of two directions side by side."""
    params, inputs, state, d_outputs, d_state = problem
    if not isinstance(cell, tuple):
        outputs, final, tape = scratch.dynamic_rnn(cell, params, inputs, lengths, state)
        return Results(outputs, final, *scratch.dynamic_rnn_backward(tape, d_outputs, d_state))
    if isinstance(cell[0], list):
        outputs, final_fw, final_bw, tapes = scratch.stack_bidirectional_dynamic_rnn(
            *cell, params, inputs, *map(list, state), lengths
        )
        d_inputs, d_initial, d_params = scratch.stack_bidirectional_dynamic_rnn_backward(tapes, d_outputs, d_state)
        return Results(outputs, (final_fw, final_bw), d_inputs, d_initial, d_params)
    outputs, final, tape = scratch.bidirectional_dynamic_rnn(*cell, params, inputs, lengths, *state)
    halves = tuple(np.split(d_outputs, [cell[0].output_size], axis=-1))
    d_inputs, d_initial, d_params = scratch.bidirectional_dynamic_rnn_backward(tape, halves, d_state)
    return Results(np.concatenate(outputs, axis=-1), final, d_inputs, d_initial, d_params)
