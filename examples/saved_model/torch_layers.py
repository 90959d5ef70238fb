"""The modules of PyTorch that a description on the command line may name, and how they run: batch first, no lengths.

NAME:KIND       a module, whose weights begin with NAME in the state: embedding:Embedding  rnn:LSTM  fc:Linear
NAME:RNN:relu   the vanilla network with the other activation
NAME:LSTM:state what is handed on is not the outputs but the last state h of the highest layer, both directions joined
last  mean  max what is kept of the steps
relu  tanh  sigmoid  softmax  log_softmax  elu  gelu  softplus       an activation
"""

import numpy as np

from saved_model import Refused
from saved_model.tensor import Tensor
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    GRUCell,
    LSTMCell,
    LSTMState,
    MultiRNNCell,
    dynamic_rnn,
    from_torch,
    stack_bidirectional_dynamic_rnn,
)

STEPS = {"last": lambda x: x[:, -1], "mean": lambda x: x.mean(axis=1), "max": lambda x: x.max(axis=1)}
ACTIVATIONS = ("relu", "tanh", "sigmoid", "softmax", "log_softmax", "elu", "gelu", "softplus")
RECURRENT = ("RNN", "LSTM", "GRU")
GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}


def step(layer, tensors, call):
    ((x, _),) = tensors
    return Tensor(STEPS[layer.options["keep"]](x))


def network_of(kind, weights, activation):
    """Return the cell, or cells, of a recurrent module, told by the names and shapes in its state."""
    names = [name.partition("_l")[2] for name in weights if name.startswith("weight_hh_l")]
    numbers = {int(name.partition("_")[0]) for name in names} or {0}
    hidden = weights.get("weight_hh_l0", weights.get("weight_hh"))
    if hidden is None or hidden.ndim != 2 or len(hidden) % GATES[kind]:
        raise Refused(f"its state is not that of a {kind}: it has {', '.join(sorted(weights)) or 'no weights'}")
    size = len(hidden) // GATES[kind]
    projected = weights["weight_hr_l0"].shape[0] if "weight_hr_l0" in weights else None
    if kind == "RNN":
        cell = BasicRNNCell(size, activation)
    elif kind == "GRU":
        cell = GRUCell(size, reset_after=True)
    elif projected:
        cell = LSTMCell(size, num_proj=projected, forget_bias=0.0)
    else:
        cell = BasicLSTMCell(size, forget_bias=0.0)
    cells = [cell] * len(numbers)
    if any(name.endswith("_reverse") for name in names):
        return (cells, cells)
    return MultiRNNCell(cells) if len(cells) > 1 else cell


def recurrent(layer, tensors, call):
    ((x, _),), options = tensors, layer.options
    kind = options["module"]
    cell = network_of(kind, layer.weights, options["activation"])
    params = from_torch(cell, layer.weights)
    if isinstance(cell, tuple):
        outputs, state_fw, state_bw, _ = stack_bidirectional_dynamic_rnn(*cell, params, x, engine=call.engine)
        last = np.concatenate([h_of(state_fw[-1]), h_of(state_bw[-1])], axis=-1)
    else:
        outputs, state, _ = dynamic_rnn(cell, params, x, engine=call.engine, keep_tape=False)
        last = h_of(state[-1] if isinstance(cell, MultiRNNCell) else state)
    return Tensor(last if options["state"] else outputs)


def h_of(state):
    return state.h if isinstance(state, LSTMState) else state
