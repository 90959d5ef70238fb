"""SimpleRNN, LSTM, GRU and Bidirectional, with Keras's masks, states and order of time.

A mask says of each step whether it counts. A step that does not is passed over: the state stays as it was. So the steps
that count are moved together, run as rows of unequal length, and their outputs put back where they belong. A step that
does not count repeats the output of the last one before it that did, and is 0 where there was none.
"""

import numpy as np

from saved_model import Refused, cells
from saved_model.tensor import Tensor
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMState, dynamic_rnn
from scratch.conversions import gru_from_keras, lstm_from_keras, rnn_from_keras

WEIGHTS = ("kernel", "recurrent_kernel", "bias")
MERGES = {
    "concat": lambda y, y_back: np.concatenate([y, y_back], axis=-1),
    "sum": np.add,
    "mul": np.multiply,
    "ave": lambda y, y_back: (y + y_back) / 2,
}


def cell_and_params(layer):
    """Return the cell that computes a layer, and its parameters: one of ``scratch`` where it has the activations."""
    options, weights = layer.options, dict(layer.weights)
    units, kind = options["units"], layer.kind
    after = options.get("reset_after", False)
    if "bias" not in weights:
        width = weights["kernel"].shape[1]
        weights["bias"] = np.zeros((2, width) if after else width, np.float32)
    (name, settings), gate = options["activation"], options.get("recurrent_activation", ["sigmoid", {}])
    if name not in ("tanh", "relu") or settings or gate != ["sigmoid", {}]:
        return getattr(cells, f"{kind}Cell")(units, options["activation"], gate, after), weights
    if kind == "SimpleRNN":
        cell, from_keras = BasicRNNCell(units, name), rnn_from_keras
    elif kind == "LSTM":
        # Keras's forget bias is in its bias, and stays there.
        cell, from_keras = BasicLSTMCell(units, forget_bias=0.0, activation=name), lstm_from_keras
    else:
        cell, from_keras = GRUCell(units, name, after), gru_from_keras
    return cell, from_keras(cell, [weights[weight] for weight in WEIGHTS])


def recurrent(layer, tensors, call):
    """Run one direction: ``tensors`` is the sequences [B, T, D] alone; return the output, and states if asked for."""
    ((x, mask),), options = tensors, layer.options
    if mask is not None and mask.shape != x.shape[:2]:
        raise Refused(f"{layer.name} has a mask of shape {list(mask.shape)} for inputs of shape {list(x.shape)}")
    cell, params = cell_and_params(layer)
    # Keras 3 hands a mask on to a layer that is given its first state only where it is told to; the outputs keep it.
    unseen = call.initial_state and options["keras"] == 3 and not call.mask_given
    live = np.ones(x.shape[:2], bool) if mask is None or unseen else mask
    if options["go_backwards"]:
        # Keras turns the sequences and the mask around, and leaves the outputs in the order in which they came.
        x, live = x[:, ::-1], live[:, ::-1]
    # A stable sort: the steps that count come first, in their order, and the others after them.
    order = np.argsort(~live, axis=1, kind="stable")
    engine = "numpy" if isinstance(cell, cells.KerasCell) else call.engine
    packed, lengths, start = in_order(x, order), live.sum(axis=1), initial_state(layer, len(x), call)
    outputs, state, _ = dynamic_rnn(cell, params, packed, lengths, start, engine=engine, keep_tape=False)
    outputs = shown(outputs, live, options)
    # Keras's order is h, then c.
    states = [state.h, state.c] if isinstance(state, LSTMState) else [state]
    if options["stateful"]:
        call.states[layer.path] = states
    output = Tensor(outputs, mask) if options["return_sequences"] else Tensor(outputs[:, -1])
    return [output, *map(Tensor, states)] if options["return_state"] else output


def shown(outputs, live, options):
    """Return what each step shows, from the outputs of the steps that count, which stand first."""
    count = live.cumsum(axis=1)
    outputs = in_order(outputs, np.maximum(count - 1, 0)) * (count > 0)[..., None]
    if not options["zero_output_for_mask"]:
        return outputs
    if options["unroll"] and options["go_backwards"] and options["return_sequences"]:
        # Keras turns the mask around for the steps of an unrolled layer, but not where it makes zeros of its outputs.
        live = live[:, ::-1]
    return outputs * live[..., None]


def in_order(sequences, order):
    """Return sequences [B, T, size] with the steps of each row in the order [B, T]."""
    return np.take_along_axis(sequences, order[..., None], axis=1)


def initial_state(layer, batch_size, call):
    """Return the state to begin with: the one given, else what the batch before left, else ``None`` for zeros."""
    states = call.initial_state or call.states.get(layer.path)
    if states is None:
        return None
    states = [np.ascontiguousarray(state, np.float32) for state in states]
    if any(len(state) != batch_size for state in states):
        raise Refused(f"{layer.name} has states of {len(states[0])} rows for inputs of {batch_size}")
    return LSTMState(c=states[1], h=states[0]) if len(states) == 2 else states[0]


def bidirectional(layer, tensors, call):
    """Run both directions and merge them; the backward states come after the forward ones."""
    directions = [layer.parts["forward"], layer.parts["backward"]]
    given, results = call.initial_state or [], []
    for number, part in enumerate(directions):
        half = given[number * len(given) // 2 : (number + 1) * len(given) // 2]
        result = recurrent(part, tensors, call._replace(initial_state=half))
        results.append(result if isinstance(result, list) else [result])
    (y, *states), (y_back, *states_back) = results
    if directions[0].options["return_sequences"]:
        # The two run towards one another: step t of one is step T − 1 − t of the other.
        y_back = Tensor(y_back.value[:, ::-1], y_back.mask)
    merge = layer.options["merge_mode"]
    merged = [y, y_back] if merge is None else [Tensor(MERGES[merge](y.value, y_back.value), y.mask)]
    results = [*merged, *states, *states_back]
    return results if len(results) > 1 else results[0]
