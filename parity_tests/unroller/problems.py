"""Settings of the unroller, drawn here and written as the page has them, and the same problem for scratch."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from scratch import BasicLSTMCell, BasicRNNCell, DropoutWrapper, GRUCell, LSTMCell
from scratch.cells.lstm import LSTMState

PAGE = Path(__file__).resolve().parents[2] / "docs" / "unroller" / "index.html"
CELLS = ("rnn", "lstm", "peephole", "gru_before", "gru_after")
# Where the page's letters are in the parameters of scratch.
WEIGHTS = {
    "rnn": {"W": "kernel", "b": "bias"},
    "lstm": {"W": "kernel", "b": "bias"},
    "peephole": {"W": "kernel", "b": "bias", "w_i": "w_i_diag", "w_f": "w_f_diag", "w_o": "w_o_diag"},
    "gru_before": {"W": "gates/kernel", "b": "gates/bias", "W_n": "candidate/kernel", "b_n": "candidate/bias"},
    "gru_after": {
        "W": "gates/kernel",
        "b": "gates/bias",
        "W_x": "candidate/input_projection/kernel",
        "b_x": "candidate/input_projection/bias",
        "W_h": "candidate/hidden_projection/kernel",
        "b_h": "candidate/hidden_projection/bias",
    },
}


def make_cell(name, units, forget_bias, lstm=BasicLSTMCell, rnn=BasicRNNCell, gru=GRUCell, full=LSTMCell):
    """Return the cell that the page calls ``name``, of the given classes."""
    if name == "rnn":
        return rnn(units)
    if name == "lstm":
        return lstm(units, forget_bias=forget_bias)
    if name == "peephole":
        return full(units, use_peepholes=True, forget_bias=forget_bias)
    return gru(units, reset_after=name == "gru_after")


class Sizes(NamedTuple):
    """B, T, D, H."""

    rows: int
    steps: int
    width: int
    units: int


def draw(rng, name, sizes=None, window=None, keep=None):
    """Return a random setting. Sizes, the window (0: none) and what dropout keeps are drawn if not given."""
    sizes = Sizes(*(int(rng.integers(1, most + 1)) for most in (3, 5, 2, 3))) if sizes is None else sizes
    rows, steps, width, units = sizes
    shapes = make_cell(name, units, 1.0).param_shapes(width)

    def normal(scale, *shape):
        return (scale * rng.standard_normal(shape)).tolist()

    def weight(path):
        shape = shapes
        for part in path.split("/"):
            shape = shape[part]
        return normal(0.6, *([1, *shape] if len(shape) == 1 else shape))

    if keep is None:
        keep = {which: float(rng.choice([1, 1, 0.5, 0.7, 0.9])) for which in "xyh"}
    memory = name in ("lstm", "peephole")
    return {
        "cell": name,
        "units": units,
        "width": width,
        "window": int(rng.integers(0, steps)) if window is None else window,
        "lengths": rng.integers(0, steps + 1, rows).tolist(),
        "inputs": normal(1, steps, rows, width),
        "h_0": normal(0.7, rows, units),
        "c_0": normal(0.7, rows, units),
        "weights": {letter: weight(path) for letter, path in WEIGHTS[name].items()},
        "forget_bias": float(rng.choice([0.0, 1.0, -0.5])),
        "counted": rng.integers(0, 2, (steps, rows)).tolist(),
        "targets": normal(0.7, steps, rows, units),
        "g_h": normal(1, rows, units),
        "g_c": normal(1, rows, units) if memory else [[0.0] * units] * rows,
        "keep": keep,
        "variational": 0,
        "masks": {
            which: (rng.random((steps, rows, size)) < keep[which]).astype(int).tolist()
            for which, size in (("x", width), ("y", units), ("h", units))
        },
    }


def parameters(setting):
    """Return the weights of a setting as the nested parameters of scratch."""
    params = {}
    for letter, path in WEIGHTS[setting["cell"]].items():
        *folders, last = path.split("/")
        place = params
        for folder in folders:
            place = place.setdefault(folder, {})
        matrix = np.array(setting["weights"][letter], float)
        place[last] = matrix if last == "kernel" else matrix[0]
    return params


def of_letters(name, tree):
    """Return {letter: matrix} from parameters, or their gradients, in the structure of scratch."""
    found = {}
    for letter, path in WEIGHTS[name].items():
        leaf = tree
        for part in path.split("/"):
            leaf = leaf[part]
        found[letter] = np.atleast_2d(leaf)
    return found


def state_of(cell, h, c):
    """Return a state of ``cell`` from its arrays, of which a GRU has only the first."""
    size = cell.state_size
    return type(size)(c=np.array(c, float), h=np.array(h, float)) if isinstance(size, tuple) else np.array(h, float)


def parts_of(state):
    """Return {"h": …} or {"h": …, "c": …} from a state."""
    return {"c": state.c, "h": state.h} if hasattr(state, "c") else {"h": state}


def with_dropout(cell, setting, wrapper=DropoutWrapper):
    """Return ``(cell, masks)``: the cell in a wrapper if the setting drops anything, and the masks, or None."""
    keep, masks = setting["keep"], {which: np.array(mask, bool) for which, mask in setting["masks"].items()}
    if all(value == 1 for value in keep.values()):
        return cell, None
    given = {which: mask if keep[which] < 1 else () for which, mask in masks.items()}
    state = LSTMState((), given["h"]) if keep["h"] < 1 and isinstance(cell.state_size, tuple) else given["h"]
    wrapped = wrapper(cell, input_keep_prob=keep["x"], output_keep_prob=keep["y"], state_keep_prob=keep["h"])
    masks_of = type(wrapped.mask_sizes(setting["width"]))
    return wrapped, masks_of(input=given["x"], state=state, output=given["y"], cell=())
