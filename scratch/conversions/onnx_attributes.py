"""The attributes of ONNX's recurrent operators: what a node says of its cell beside its weights."""

from collections.abc import Mapping
from typing import Any

from scratch.activations import ACTIVATIONS as KNOWN
from scratch.cells.full_lstm import LSTMCell
from scratch.cells.gru import GRUCell
from scratch.cells.lstm import BasicLSTMCell
from scratch.cells.rnn import BasicRNNCell
from scratch.conversions.gates import gates_of

# ONNX's names of activations. What scratch has not is refused by ONNX's name.
NAMES = {"tanh": "Tanh", "relu": "Relu"}
ACTIVATIONS = {name: theirs for name, theirs in NAMES.items() if name in KNOWN}
BACK = {theirs.lower(): name for name, theirs in ACTIVATIONS.items()}
OPERATORS = {"n": "RNN", "ijfo": "LSTM", "run": "GRU"}
# How many activations a direction has, and which of them are the gates'.
GATES = {"RNN": 0, "LSTM": 1, "GRU": 1}
STATES = {"RNN": 1, "LSTM": 2, "GRU": 1}
# What has no meaning for the weights, or is read elsewhere.
TAKEN = ("direction", "hidden_size", "activations", "linear_before_reset", "layout")


def onnx_attributes(cell: Any) -> dict[str, Any]:
    """Return ``{"op_type": "LSTM", "hidden_size": …, …}``, what the node of ``to_onnx`` says of ``cell``."""
    cells = cell if isinstance(cell, tuple) else (cell,)
    operator = OPERATORS[gates_of(cells[0])]
    activations = []
    for one in cells:
        activations += ["Sigmoid"] * GATES[operator] + [ACTIVATIONS[one.activation]] * STATES[operator]
    attributes: dict[str, Any] = {"op_type": operator, "hidden_size": cells[0].num_units, "activations": activations}
    attributes["direction"] = "bidirectional" if len(cells) == 2 else "forward"
    if operator == "GRU":
        attributes["linear_before_reset"] = int(cells[0].reset_after)
    return attributes


def cell_from_onnx(op_type: str, attributes: Mapping[str, Any], peepholes: bool = False) -> Any:
    """Return the cell of a node ``RNN``, ``LSTM`` or ``GRU``, or the pair of a bidirectional one.

    ``attributes``: those of the node, by name, strings as strings; ``peepholes``: whether it has the input ``P``. A
    cell has ``forget_bias=0.0``: ONNX has it in B. ``direction="reverse"`` is the cell of one direction: turn its
    sequences round. Raises ``ValueError`` for what scratch has no cell for, by ONNX's name of it.
    """
    if op_type not in GATES:
        raise ValueError(f"op_type must be RNN, LSTM or GRU, but is {op_type!r}")
    for name, value in attributes.items():
        if name not in TAKEN and value not in (0, None, [], ()):
            raise ValueError(f"{name}={value!r} of {op_type} cannot be carried over")
    direction = attributes.get("direction", "forward")
    if direction not in ("forward", "reverse", "bidirectional"):
        raise ValueError(f"direction must be forward, reverse or bidirectional, but is {direction!r}")
    count = 2 if direction == "bidirectional" else 1
    gates, each = GATES[op_type], GATES[op_type] + STATES[op_type]
    default = ["Sigmoid"] * gates + ["Tanh"] * STATES[op_type]
    given = list(attributes.get("activations") or default * count)
    if len(given) != each * count:
        raise ValueError(f"activations of {op_type} must be {each * count}, but are {given}")
    cells = []
    for number in range(count):
        own = given[number * each : (number + 1) * each]
        if any(name.lower() != "sigmoid" for name in own[:gates]):
            raise ValueError(f"the gates' activation {own[0]} of {op_type} cannot be carried over")
        if len({name.lower() for name in own[gates:]}) > 1 or own[-1].lower() not in BACK:
            raise ValueError(f"the activations {', '.join(own[gates:])} of {op_type} cannot be carried over")
        cells.append(make_cell(op_type, attributes, BACK[own[-1].lower()], peepholes))
    return tuple(cells) if count == 2 else cells[0]


def make_cell(op_type: str, attributes: Mapping[str, Any], activation: str, peepholes: bool) -> Any:
    size = attributes["hidden_size"]
    if op_type == "RNN":
        return BasicRNNCell(size, activation)
    if op_type == "GRU":
        return GRUCell(size, activation, bool(attributes.get("linear_before_reset", 0)))
    if peepholes:
        return LSTMCell(size, use_peepholes=True, forget_bias=0.0, activation=activation)
    return BasicLSTMCell(size, forget_bias=0.0, activation=activation)
