"""The attributes of ONNX's recurrent operators: what a node says of its cell beside its weights.

    RNN    f of the state             LSTM    f of the gates, g of j, h of c'             GRU    f of the gates, g of n

``activations`` names these, for each direction in turn, and ``activation_alpha`` and ``activation_beta`` hold the
numbers of those that have any, in their order. A cell has one φ for both g and h.
"""

from collections.abc import Mapping
from typing import Any

from scratch.activations import FAMILIES, NUMBERS, Phi
from scratch.cells.coupled_lstm import CoupledInputForgetGateLSTMCell
from scratch.cells.full_lstm import LSTMCell
from scratch.cells.gru import GRUCell
from scratch.cells.lstm import BasicLSTMCell
from scratch.cells.rnn import BasicRNNCell
from scratch.conversions.gates import gates_of
from scratch.conversions.onnx import check_node
from scratch.conversions.onnx_coupled import is_coupled
from scratch.options import check_choice, check_count, check_flag
from scratch.shown import shown

# ONNX's names of activations. What scratch has not is refused by ONNX's name, and what ONNX has not by that of scratch.
NAMES = {
    "tanh": "Tanh",
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "softsign": "Softsign",
    "softplus": "Softplus",
    "onnx_hard_sigmoid": "HardSigmoid",
    "elu": "Elu",
    "leaky_relu": "LeakyRelu",
    "affine": "Affine",
    "scaled_tanh": "ScaledTanh",
    "thresholded_relu": "ThresholdedRelu",
}
BACK = {theirs.lower(): name for name, theirs in NAMES.items()}
# What is one of these, with numbers, under a name of its own.
OTHER_NAMES: dict[Phi, Phi] = {"linear": ("affine", 1.0, 0.0), "hard_sigmoid": ("onnx_hard_sigmoid", 1 / 6, 0.5)}
# The numbers of an activation where the node gives none: those of ONNX's operators. Two have none to fall back on.
DEFAULTS = {"leaky_relu": [0.01], "onnx_hard_sigmoid": [0.2, 0.5], "elu": [1.0], "thresholded_relu": [1.0]}
OPERATORS = {"n": "RNN", "ijfo": "LSTM", "run": "GRU"}
# How many activations a direction has, and which of them are the gates'.
GATES = {"RNN": 0, "LSTM": 1, "GRU": 1}
STATES = {"RNN": 1, "LSTM": 2, "GRU": 1}
# What has no meaning for the weights, or is read elsewhere.
NUMBERS_OF = ("activation_alpha", "activation_beta")
TAKEN = ("direction", "hidden_size", "activations", *NUMBERS_OF, "linear_before_reset", "layout", "input_forget")
MISSING = {"clip": ": it bounds what goes into every activation, and cell_clip of an LSTMCell the memory c alone"}


def onnx_attributes(cell: Any) -> dict[str, Any]:
    """Return ``{"op_type": "LSTM", "hidden_size": …, …}``, what the node of ``to_onnx`` says of ``cell``.

    Raises ``TypeError`` or ``ValueError`` for what a node cannot say, by name.
    """
    found = [place.cell for place in check_node(cell)]
    operator, activations = OPERATORS[gates_of(found[0])], []
    for one in found:
        gates = [one.recurrent_activation] if GATES[operator] else []
        activations += gates + [one.activation] * STATES[operator]
    named = [named_numbers(phi) for phi in activations]
    attributes: dict[str, Any] = {"op_type": operator, "hidden_size": found[0].num_units}
    attributes["activations"] = [name for name, _ in named]
    for place, name in enumerate(NUMBERS_OF):
        if given := [numbers[place] for _, numbers in named if len(numbers) > place]:
            attributes[name] = given
    attributes["direction"] = "bidirectional" if len(found) == 2 else "forward"
    if operator == "GRU":
        attributes["linear_before_reset"] = int(found[0].reset_after)
    return attributes | ({"input_forget": 1} if is_coupled(cell) else {})


def named_numbers(phi: Phi) -> tuple[str, list[float]]:
    """Return ONNX's name of an activation of scratch, and its numbers."""
    phi = OTHER_NAMES.get(phi, phi)
    name, *numbers = phi if isinstance(phi, tuple) else (phi,)
    if name not in NAMES:
        raise ValueError(f"the activation {name!r} cannot be carried over: ONNX has {', '.join(NAMES.values())}")
    defaults = FAMILIES[name].__defaults__ or () if name in FAMILIES else ()
    return NAMES[name], [*numbers, *defaults[len(numbers) : NUMBERS.get(name, 0)]]


def cell_from_onnx(op_type: str, attributes: Mapping[str, Any], peepholes: bool = False) -> Any:
    """Return the cell of a node ``RNN``, ``LSTM`` or ``GRU``, or the pair of a bidirectional one.

    ``attributes``: those of the node, by name, strings as strings; ``peepholes``: whether it has the input ``P``. A
    cell has ``forget_bias=0.0``: ONNX has it in B. ``direction="reverse"`` is the cell of one direction, to be unrolled
    with ``reverse=True``. With ``input_forget`` it is a ``CoupledInputForgetGateLSTMCell``. Raises ``ValueError`` for
    what scratch has no cell for, by ONNX's name of it.
    """
    check_choice("op_type", op_type, tuple(GATES))
    check_flag("peepholes", peepholes)
    if not isinstance(attributes, Mapping):
        raise TypeError(f"attributes must be a dict of a node's, but is {shown(attributes)}")
    check_count("hidden_size in attributes", attributes.get("hidden_size"))
    for name, value in attributes.items():
        empty = value is None or (isinstance(value, int | float | list | tuple) and not value)
        if name not in TAKEN and not empty:
            why = MISSING.get(name, "")
            raise ValueError(f"{name}={shown(value)} in attributes of {op_type} cannot be carried over{why}")
    direction = attributes.get("direction", "forward")
    if direction not in ("forward", "reverse", "bidirectional"):
        raise ValueError(f"direction must be forward, reverse or bidirectional, but is {direction!r}")
    count = 2 if direction == "bidirectional" else 1
    gates, each = GATES[op_type], GATES[op_type] + STATES[op_type]
    default = ["Sigmoid"] * gates + ["Tanh"] * STATES[op_type]
    given = list(attributes.get("activations") or default * count)
    if len(given) != each * count:
        raise ValueError(f"activations of {op_type} must be {each * count}, but are {given}")
    found = read_activations(op_type, given, attributes)
    cells = []
    for number in range(0, each * count, each):
        own = found[number : number + each]
        if len(set(own[gates:])) > 1:
            names = ", ".join(given[number + gates : number + each])
            raise ValueError(f"the activations {names} of {op_type} cannot be carried over: a cell has one for both")
        cells.append(make_cell(op_type, attributes, own, peepholes))
    return tuple(cells) if count == 2 else cells[0]


def read_activations(op_type: str, given: list[str], attributes: Mapping[str, Any]) -> list[Phi]:
    """Return the activations of a node by their names here, each with the numbers that are left for it."""
    left = [list(attributes.get(name) or ()) for name in NUMBERS_OF]
    found: list[Phi] = []
    for theirs in given:
        name = BACK.get(theirs.lower())
        if name is None:
            raise ValueError(f"the activation {theirs} of {op_type} cannot be carried over")
        numbers = []
        for place in range(NUMBERS.get(name, 0)):
            if not left[place] and name not in DEFAULTS:
                raise ValueError(f"activation_alpha and activation_beta of {op_type} have no numbers for {theirs}")
            numbers.append(float(left[place].pop(0)) if left[place] else DEFAULTS[name][place])
        found.append((name, *numbers) if numbers else name)
    if any(left):
        raise ValueError(f"activation_alpha and activation_beta of {op_type} have numbers for no activation: {left}")
    return found


def make_cell(op_type: str, attributes: Mapping[str, Any], activations: list[Phi], peepholes: bool) -> Any:
    size, (gates, phi) = attributes["hidden_size"], (activations[0], activations[-1])
    if op_type == "RNN":
        return BasicRNNCell(size, phi)
    if op_type == "GRU":
        after = bool(attributes.get("linear_before_reset", 0))
        return GRUCell(size, phi, after, recurrent_activation=gates)
    options: dict[str, Any] = {"forget_bias": 0.0, "activation": phi, "recurrent_activation": gates}
    if attributes.get("input_forget"):
        return CoupledInputForgetGateLSTMCell(size, use_peepholes=peepholes, **options)
    return LSTMCell(size, use_peepholes=True, **options) if peepholes else BasicLSTMCell(size, **options)
