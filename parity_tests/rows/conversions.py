"""Weights and states to and from the layouts of others."""

import numpy as np

import scratch
from parity_tests.harness import Case
from parity_tests.rows.row import ANY_ARRAY, ANY_TREE, Row

RNN, LSTM, GRU, AFTER = (
    scratch.BasicRNNCell(4),
    scratch.BasicLSTMCell(4),
    scratch.GRUCell(4),
    scratch.GRUCell(4, reset_after=True),
)
# Without its bias, a layer has two arrays.
SHORT = {"keras": ["shorter"], "tf1": ["more"]}
# The width of the inputs is read off the weights, so one more or less of it goes.
WIDTH = ["axis 0", "axis 1", "axis 2", "other float", "complex"]


def pair(forward, back, cell, name, given="params", others=None, **more):
    """Return the rows of a conversion and of the way back; ``name`` is what the other layout's arrays are called."""
    to, undo = getattr(scratch, forward), getattr(scratch, back)
    params = Case(cell).draw(np.float64).params
    weights = to(cell, params)
    alias = {given: (name, "cell"), name: (given, "cell"), "scope": ("variables",)}
    return {
        forward: Row(to, {"cell": cell, given: params} | (others or {}), {given: WIDTH}, alias),
        back: Row(
            undo, {"cell": cell, name: weights} | more, {name: [*WIDTH, *SHORT.get(back.split("_")[-1], ())]}, alias
        ),
    }


STATE = Case(LSTM).draw(np.float64).initial_state
TORCH = scratch.state_to_torch(LSTM, STATE)
NODE = scratch.state_to_onnx(LSTM, STATE)
CONVERSIONS = {
    **pair("to_keras", "from_keras", LSTM, "weights"),
    **pair("gradients_to_keras", "gradients_from_keras", LSTM, "d_weights", "d_params"),
    **pair("rnn_to_keras", "rnn_from_keras", RNN, "weights"),
    **pair("lstm_to_keras", "lstm_from_keras", LSTM, "weights"),
    **pair("gru_to_keras", "gru_from_keras", AFTER, "weights"),
    **pair("lstm_to_block", "lstm_from_block", LSTM, "weights"),
    **pair("lstm_to_block_v2", "lstm_from_block_v2", LSTM, "weights"),
    **pair("lstm_gradients_to_block_v2", "lstm_gradients_from_block_v2", LSTM, "d_weights", "d_params"),
    **pair("gru_to_block", "gru_from_block", GRU, "weights"),
    **pair("to_cudnn", "from_cudnn", LSTM, "weights", input_size=3),
    **pair("gradients_to_cudnn", "gradients_from_cudnn", LSTM, "d_weights", "d_params", input_size=3),
    **pair("to_torch", "from_torch", LSTM, "weights", others={"bias": True, "step": False}),
    **pair("gradients_to_torch", "gradients_from_torch", LSTM, "d_weights", "d_params", {"bias": True, "step": False}),
    **pair("to_onnx", "from_onnx", LSTM, "weights"),
    **pair("gradients_to_onnx", "gradients_from_onnx", LSTM, "d_weights", "d_params"),
    **pair("to_tf1", "from_tf1", LSTM, "variables", scope="rnn"),
    "state_to_torch": Row(scratch.state_to_torch, {"cell": LSTM, "state": STATE}),
    "state_from_torch": Row(scratch.state_from_torch, {"cell": LSTM, "arrays": TORCH}),
    "state_to_onnx": Row(scratch.state_to_onnx, {"cell": LSTM, "state": STATE, "layout": 1}),
    "state_from_onnx": Row(
        scratch.state_from_onnx, {"cell": LSTM} | {"h": NODE["initial_h"], "c": NODE["initial_c"]} | {"layout": 0}
    ),
    "onnx_attributes": Row(scratch.onnx_attributes, {"cell": LSTM}),
    "cell_from_onnx": Row(
        scratch.cell_from_onnx, {"op_type": "LSTM", "attributes": {"hidden_size": 4}, "peepholes": False}
    ),
    "params_from_variables": Row(
        scratch.params_from_variables,
        {"params": Case(LSTM).draw(np.float64).params, "variables": Case(LSTM).draw(np.float64).params},
        {"variables": ["more"], "params": ["empty", "less", "no array but a dict"]},
        {"params": ("variables",)},
    ),
    "variables_from_params": Row(
        scratch.variables_from_params,
        {"params": Case(LSTM).draw(np.float64).params, "names": ["rnn/kernel", "rnn/bias"]},
        {
            "params": [*ANY_TREE, *ANY_ARRAY, "object"],
            "names": ["longer"],
        },
        {"names": ("variables",), "params": ("variables",)},
    ),
    "variables_below": Row(
        scratch.variables_below,
        {"name": "rnn", "variables": {"rnn/kernel": np.ones(2), "b": np.ones(3)}},
        # Names are looked at, and nothing else.
        {"name": ["another text"], "variables": [""]},
    ),
}
