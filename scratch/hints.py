"""What to add to a refusal where a common confusion shows: each function returns words after a semicolon, or none."""

from typing import Any

import numpy as np


def of_structure(tree: Any, sizes: Any) -> str:
    """A pair in the place of an LSTM's state, which Keras and PyTorch write the other way round."""
    if getattr(sizes, "_fields", ()) == ("c", "h") and type(tree) in (tuple, list) and len(tree) == 2:
        return "; write LSTMState(c=…, h=…) by name: Keras and PyTorch have h first, TensorFlow has c"
    return ""


def of_state(state: Any, sizes: Any) -> str:
    """The two arrays of an LSTM's state, of different widths, in each other's place."""
    if getattr(sizes, "_fields", ()) == ("c", "h") and getattr(state, "_fields", ()) == ("c", "h"):
        widths = tuple(getattr(part, "shape", ())[-1:] for part in state)
        if sizes.c != sizes.h and widths == ((sizes.h,), (sizes.c,)):
            return "; c and h are in each other's place"
    return ""


def of_params(params: Any) -> str:
    """The weights of another framework, whose gates are in another order."""
    if isinstance(params, list | tuple) and all(isinstance(array, np.ndarray) for array in params) and params:
        return "; the weights of a Keras layer come in by lstm_from_keras and its like, which put the gates in order"
    names = [str(name) for name in params] if isinstance(params, dict) else []
    if "recurrent_kernel" in names:
        return "; the weights of a Keras layer come in by lstm_from_keras and its like, which put the gates in order"
    if any(name.startswith("weight_ih") for name in names):
        return "; PyTorch has its gates in another order: docs/conversions/index.md"
    return ""


def of_lengths(shape: tuple[int, ...], batch_size: int, num_steps: int) -> str:
    """As many lengths as there are time steps: the inputs are in the other layout."""
    if shape == (num_steps,) and num_steps != batch_size:
        return "; it has one for each time step: time_major=True is for inputs [T, B, D], and only for those"
    return ""


def of_step_mask(shape: tuple[int, ...], batch_size: int, num_steps: int) -> str:
    return "; it is [T, B]: give its transpose, in either layout" if shape == (num_steps, batch_size) else ""


def of_floats(numbers: Any) -> str:
    """Integers that were computed as floats."""
    if numbers.dtype.kind == "f" and (numbers == np.floor(numbers)).all():
        return "; if they are counts, give them .astype(int)"
    return ""


def of_labels(labels: Any, shape: tuple[int, ...], num_classes: int) -> str:
    """A row of zeros and a one for each label, in the place of its class."""
    if getattr(labels, "shape", ()) == (*shape, num_classes):
        return "; these look one-hot: give labels.argmax(axis=-1), the classes"
    return ""


def of_cell(cell: Any) -> str:
    """A list of layers in the place of a cell."""
    if isinstance(cell, list | tuple):
        return "; layers on top of one another are MultiRNNCell([…])"
    return "; it is the class: write its number of units behind it" if isinstance(cell, type) else ""


def of_masks(masks: Any, num_steps: int, batch_size: int) -> str:
    """A mask of steps in the place of those of dropout."""
    shape = getattr(masks, "shape", ())
    if shape[:2] in ((batch_size, num_steps), (num_steps, batch_size)) and len(shape) in (2, 3):
        return "; masks are those of dropout, from cell.draw_masks: a mask of steps [B, T] is the argument mask"
    return ""
