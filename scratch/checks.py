"""Every check of an argument, and the words of every refusal: the argument's name, what was expected, what came.

All raise ``TypeError`` for a wrong kind (not an array, wrong dtype, wrong structure) and ``ValueError`` for a wrong
value (shape, length, label, option). They run before anything is computed.
"""

import numbers

import numpy as np

from scratch.tree import branches, map_tree, named_leaves

# complex128 is for differentiating the NumPy code by complex steps; nothing is trained in it.
FLOATS = (np.dtype(np.float32), np.dtype(np.float64), np.dtype(np.complex128))


def shape_text(shape):
    """Return a shape as the documentation writes it, such as ``[B, 15, 4]``."""
    return "[" + ", ".join("..." if size is ... else str(size) for size in shape) + "]"


def check_array(name, array, shape, dtype=None):
    """Refuse all but a floating-point array of this shape.

    In ``shape``, a letter such as ``"B"`` stands for any size and a leading ``...`` for any axes. ``dtype``, where
    given, is that of the inputs: mixing precisions would quietly promote, so it is refused.
    """
    if type(array) is np.ndarray and array.shape == shape and array.dtype == dtype:
        return  # The usual case, settled in one line because cells check every time step.
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a NumPy array of shape {shape_text(shape)}, but is {type(array).__name__}")
    if array.dtype not in FLOATS:
        raise TypeError(f"{name} must be float32 or float64, but is {array.dtype}")
    sizes, wanted = array.shape, shape
    if ... in shape:
        sizes, wanted = sizes[max(array.ndim - len(shape) + 1, 0) :], shape[1:]
    if len(sizes) != len(wanted) or any(
        have != want for have, want in zip(sizes, wanted, strict=True) if not isinstance(want, str)
    ):
        raise ValueError(f"{name} must have shape {shape_text(shape)}, but has {shape_text(array.shape)}")
    if dtype is not None and array.dtype != dtype:
        raise TypeError(f"{name} is {array.dtype}, but the inputs are {np.dtype(dtype)}: use one dtype for all")


def check_state(name, state, state_size, batch_size, dtype):
    """Refuse a state that is not arrays [batch_size, size] in the structure of ``state_size``."""
    if not isinstance(state_size, tuple):
        return check_array(name, state, (batch_size, state_size), dtype)
    if type(state) is not type(state_size) or len(state) != len(state_size):
        came = type(state).__name__ + (f" of {len(state)}" if type(state) is tuple else "")
        raise TypeError(f"{name} must be {structure_text(state_size)}, but is {came}")
    for (label, part), size in zip(branches(state), state_size, strict=True):
        check_state(name + label, part, size, batch_size, dtype)


def structure_text(state_size):
    """Return a state's structure in words, such as ``a tuple of (LSTMState(c, h), array)``."""
    if hasattr(state_size, "_fields"):
        return f"{type(state_size).__name__}({', '.join(state_size._fields)})"
    if isinstance(state_size, tuple):
        return f"a tuple of ({', '.join(map(structure_text, state_size))})"
    return "array"


def check_params(name, params, shapes, dtype=None):
    """Refuse all but a nested dict of arrays with the names and the shapes of the nested dict ``shapes``."""
    if not isinstance(shapes, dict):
        return check_array(name, params, shapes, dtype)
    expected = ", ".join(map(repr, shapes))
    if not isinstance(params, dict):
        raise TypeError(f"{name} must be a dict with {expected}, but is {type(params).__name__}")
    for key in shapes.keys() - params.keys():
        raise ValueError(f"{name} has no {key!r}; it needs {expected}")
    for key in params.keys() - shapes.keys():
        raise ValueError(f"{name} has an unknown {key!r}; it takes {expected}")
    for key, shape in shapes.items():
        check_params(f"{name}/{key}", params[key], shape, dtype)


def check_like(name, tree, like):
    """Refuse all but a nested dict of arrays with the names, shapes and dtype of the arrays in ``like``."""
    dtypes = {leaf.dtype for _, leaf in named_leaves(like)}
    check_params(name, tree, map_tree(np.shape, like), *dtypes)


def check_lengths(sequence_length, batch_size, num_steps):
    """Return ``sequence_length`` as an integer array [B], refusing what is not B whole numbers from 0 to T."""
    lengths = np.asarray(sequence_length)
    if lengths.dtype.kind not in "iu":
        raise TypeError(f"sequence_length must be whole numbers, but its dtype is {lengths.dtype}")
    if lengths.shape != (batch_size,):
        raise ValueError(
            f"sequence_length must have shape [{batch_size}], one length for each row of the inputs, "
            f"but has {shape_text(lengths.shape)}"
        )
    for row, length in enumerate(lengths.tolist()):
        if length < 0:
            raise ValueError(f"sequence_length[{row}] is {length}, but a length cannot be negative")
        if length > num_steps:
            raise ValueError(f"sequence_length[{row}] is {length}, but inputs have only {num_steps} time steps")
    return lengths.astype(np.int64)


def check_labels(labels, shape, num_classes):
    """Refuse labels that are not whole numbers of this shape from 0 to num_classes − 1."""
    if not isinstance(labels, np.ndarray) or labels.dtype.kind not in "iu":
        came = labels.dtype if isinstance(labels, np.ndarray) else type(labels).__name__
        raise TypeError(f"labels must be an array of whole numbers, but is {came}")
    if labels.shape != shape:
        raise ValueError(f"labels must have shape {shape_text(shape)}, but has {shape_text(labels.shape)}")
    wrong = (labels < 0) | (labels >= num_classes)
    if wrong.any():
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = ", ".join(map(str, where))
        raise ValueError(f"labels[{place}] is {labels[where]}, but the logits have classes 0 to {num_classes - 1}")


def check_count(name, value):
    """Refuse all but a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be a whole number, but is {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1, but is {value}")


def check_number(name, value, least=-np.inf, above=-np.inf):
    """Refuse all but a finite real number of at least ``least`` and greater than ``above``."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number, but is {value!r}")
    if not np.isfinite(value):
        raise ValueError(f"{name} must be finite, but is {value}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, but is {value}")
    if value <= above:
        raise ValueError(f"{name} must be greater than {above}, but is {value}")


def check_choice(name, value, choices):
    """Refuse all but one of these strings."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, but is {value!r}")
