"""The operators of ONNX that can be run, and the three that ``scratch`` runs: RNN, LSTM and GRU."""

import numpy as np

from saved_model.graph import run_layer
from saved_model.onnx_arrays import ARRAYS
from saved_model.onnx_products import PRODUCTS
from saved_model.tensor import Tensor
from scratch import bidirectional_dynamic_rnn, cell_from_onnx, dynamic_rnn, from_onnx, reverse_sequence, state_from_onnx
from scratch.conversions import state_to_onnx

RECURRENT = ("RNN", "LSTM", "GRU")
# Options of a description that are none of the node's attributes.
OURS = ("version", "outputs", "captured")


def node(function):
    """Return the ``run`` of a node that computes arrays from arrays; an input that is left out is ``None``."""

    def run(layer, tensors, call):
        made = function(
            {**layer.options, **layer.weights}, *[tensor and np.asarray(tensor.value) for tensor in tensors]
        )
        return (
            [Tensor(np.asarray(part)) for part in made] if isinstance(made, list | tuple) else Tensor(np.asarray(made))
        )

    return run


def cell_of(operator, options, peepholes):
    return cell_from_onnx(operator, {name: value for name, value in options.items() if name not in OURS}, peepholes)


def recurrent(operator):
    """Return the ``run`` of a recurrent node: X, W, R, B, sequence_lens, initial_h and, of an LSTM, initial_c, P."""

    def run(layer, tensors, call):
        given = [None if tensor is None else np.asarray(tensor.value) for tensor in tensors]
        x, w, r, b, lengths, h, c, p = given + [None] * (8 - len(given))
        options, layout = layer.options, layer.options.get("layout", 0)
        cell = cell_of(operator, options, p is not None)
        weights = {"W": w, "R": r, "B": b, "P": p}
        params = from_onnx(cell, {name: array for name, array in weights.items() if array is not None})
        states = initial(cell, h, c, layout)
        x = x if layout else x.swapaxes(0, 1)
        outputs, state = unrolled(cell, params, x, lengths, states, options.get("direction"), call.engine)
        # [B, T, directions · H] as [T, directions, B, H], or with layout=1 [B, T, directions, H].
        y = outputs.reshape(*outputs.shape[:2], -1, w.shape[1] // gates(operator))
        y = y if layout else y.transpose(1, 2, 0, 3)
        made = [Tensor(y), *map(Tensor, state_to_onnx(cell, state, layout).values())]
        return made[: options["outputs"]]

    return run


def gates(operator):
    return {"RNN": 1, "LSTM": 4, "GRU": 3}[operator]


def initial(cell, h, c, layout):
    """Return the state to begin with, or ``None``: zeros. Of an LSTM's two, one may be left out, and is zeros."""
    if h is None and c is None:
        return None
    lstm = hasattr(cell[0] if isinstance(cell, tuple) else cell, "forget_bias")
    h = np.zeros_like(c) if h is None else h
    return state_from_onnx(cell, h, np.zeros_like(h) if lstm and c is None else c, layout)


def unrolled(cell, params, x, lengths, states, direction, engine):
    """Return the outputs of both directions side by side, and the final state."""
    x = np.ascontiguousarray(x)
    if isinstance(cell, tuple):
        start = states or (None, None)
        outputs, state, _ = bidirectional_dynamic_rnn(*cell, params, x, lengths, *start, engine=engine)
        return np.concatenate(outputs, axis=-1), state
    if direction != "reverse":
        outputs, state, _ = dynamic_rnn(cell, params, x, lengths, states, engine=engine, keep_tape=False)
        return outputs, state
    # The last step of each row comes first, and its output goes back to its place.
    whole = np.full(len(x), x.shape[1]) if lengths is None else lengths
    turned = np.ascontiguousarray(reverse_sequence(x, whole))
    outputs, state, _ = dynamic_rnn(cell, params, turned, lengths, states, engine=engine, keep_tape=False)
    return reverse_sequence(outputs, whole), state


def conditional(layer, tensors, call):
    """Run one of two graphs; what they use of the graph around them comes behind the condition."""
    taken = "then_branch" if np.asarray(tensors[0].value).item() else "else_branch"
    captured = layer.options["captured"][taken]
    made = run_layer(layer.parts[taken], [tensors[1 + number] for number in captured], call)
    return made if isinstance(made, list) else [made]


NODES = {
    **{name: node(function) for name, function in (ARRAYS | PRODUCTS).items()},
    **{name: recurrent(name) for name in RECURRENT},
    "If": conditional,
}
