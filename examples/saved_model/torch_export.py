"""From a PyTorch state in ``.safetensors``, and words that say which modules it is of, to a description.

A state holds weights under names and says nothing of what is done with them. What no word is for is refused: weights
that nothing uses are a sign that the words are of another model.
"""

import numpy as np

from saved_model import Refused
from saved_model.torch_layers import ACTIVATIONS, RECURRENT, STEPS, network_of
from scratch.extras import lacking


def load_state(path):
    """Return ``{name: array}`` of a file."""
    try:
        from safetensors import safe_open
    except ImportError as error:
        raise ImportError(lacking("to read .safetensors files takes", "safetensors")) from error
    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}
    except Exception as error:
        # For damaged bytes the reader raises an error of its own, and for types that NumPy has not a TypeError.
        raise Refused(f"{path} is not a whole file of safetensors: {error}") from error


def describe_torch(state, words, ignored=()):
    """Return ``(description, arrays)`` of a chain of modules; ``words`` as in ``torch_layers.py``."""
    if not words:
        raise Refused(
            "a state says nothing of its model: name the modules with --layers, such as rnn:LSTM last fc:Linear"
        )
    used, arrays, parts, calls = set(), {}, {}, []
    for index, word in enumerate(words):
        part, weights = described_word(word, state)
        used |= {f"{word.partition(':')[0]}.{name}" for name in part.pop("names")}
        part["weights"] = list(weights)
        arrays |= {f"{index}/{name}": array for name, array in weights.items()}
        parts[str(index)] = part
        call = {"layer": str(index), "inputs": [{"tensor": index}], "mask": [], "initial_state": []}
        calls.append({**call, "outputs": [index + 1]})
    rest = [name for name in state if name not in used and not name.startswith(tuple(ignored) or "\n")]
    if rest:
        raise Refused(f"the state has {rest[0]}, which no word of --layers uses; --ignore leaves it out")
    options = {"inputs": [0], "outputs": [len(words)], "calls": calls}
    described = {"kind": "Model", "name": "model", "options": options, "weights": [], "parts": parts}
    return {
        "framework": "torch",
        "inputs": [first_input(parts["0"], arrays)],
        "outputs": ["output"],
        "model": described,
    }, arrays


def first_input(part, arrays):
    """Return what the first module takes: numbers of words, or sequences of its width."""
    if part["kind"] == "Embedding":
        return {"name": "inputs", "shape": [None, None], "dtype": "int64"}
    width = {"Dense": "kernel", "torch.recurrent": "weight_ih_l0"}.get(part["kind"])
    if width is None:
        raise Refused(f"{part['name']} cannot be the first of --layers: begin with a module that has weights")
    array = arrays.get(f"0/{width}", arrays.get("0/weight_ih"))
    return {"name": "inputs", "shape": [None, None, array.shape[0 if width == "kernel" else 1]], "dtype": "float32"}


def described_word(word, state):
    """Return the description of one word, with the ``names`` of the state that it uses, and its weights."""
    name, *more = word.split(":")
    part = {"name": word, "parts": {}, "names": [], "options": {"masking": False}}
    if not more and name in STEPS:
        return {**part, "kind": "torch.step", "options": {"keep": name}}, {}
    if not more and name in ACTIVATIONS:
        return {**part, "kind": "Activation", "options": {**part["options"], "activation": [name, {}]}}, {}
    weights = {key.removeprefix(f"{name}."): array for key, array in state.items() if key.startswith(f"{name}.")}
    part["names"] = list(weights)
    kind = more[0] if more else ""
    for key, array in weights.items():
        if array.dtype != np.float32:
            raise Refused(f"{name}.{key} is {array.dtype}, but only float32 can be run")
    if kind in RECURRENT:
        return recurrent_word(part, kind, more[1:], weights)
    if len(more) == 1 and kind == "Linear":
        found = checked(name, kind, weights, ("weight",), ("bias",))
        kernel = {"kernel": np.ascontiguousarray(found.pop("weight").T), **found}
        options = {**part["options"], "units": kernel["kernel"].shape[1], "activation": ["linear", {}]}
        return {**part, "kind": "Dense", "options": options}, kernel
    if len(more) == 1 and kind == "Embedding":
        found = checked(name, kind, weights, ("weight",))
        return {**part, "kind": "Embedding", "options": {**part["options"], "mask_zero": False}}, {
            "embeddings": found["weight"]
        }
    if len(more) == 1 and kind == "LayerNorm":
        found = checked(name, kind, weights, ("weight", "bias"))
        options = {**part["options"], "axis": [-1], "epsilon": 1e-5}
        return {**part, "kind": "LayerNormalization", "options": options}, {
            "gamma": found["weight"],
            "beta": found["bias"],
        }
    raise Refused(
        f"--layers {word!r} cannot be run: it must be NAME:KIND or one of {', '.join([*STEPS, *ACTIVATIONS])}"
    )


def recurrent_word(part, kind, more, weights):
    allowed = ("relu", "state") if kind == "RNN" else ("state",)
    if wrong := [option for option in more if option not in allowed]:
        raise Refused(f"--layers {part['name']!r}: {wrong[0]} is no option of {kind}, which has {', '.join(allowed)}")
    activation = "relu" if "relu" in more else "tanh"
    try:
        network_of(kind, weights, activation)
    except Refused as error:
        raise Refused(f"--layers {part['name']!r}: {error}") from error
    options = {**part["options"], "module": kind, "activation": activation, "state": "state" in more}
    return {**part, "kind": "torch.recurrent", "options": options}, weights


def checked(name, kind, weights, needed, optional=()):
    """Return the weights of a module, refusing what has not the names of its kind."""
    if not set(needed) <= set(weights) <= {*needed, *optional}:
        found = ", ".join(sorted(weights)) or "no weights"
        raise Refused(f"{name} is no {kind}: its state has {found}, but must have {', '.join(needed)}")
    return dict(weights)
