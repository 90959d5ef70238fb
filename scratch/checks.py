"""Every check of arrays, and the words of every refusal: the argument's name, what was expected, what came.

All raise ``TypeError`` for a wrong kind (not an array, wrong dtype, wrong structure) and ``ValueError`` for a wrong
value (shape, length, label). They run before anything is computed. Numbers and choices: ``scratch/options.py``.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from scratch import hints
from scratch.arrays import Array, DType, Int, Leaf, Masks, Params, Shaped, Shapes, Sizes, State, Tree
from scratch.shown import shown
from scratch.tree import branches, map_tree, named_leaves

# complex128 is for differentiating the NumPy code by complex steps; nothing is trained in it.
FLOATS = (np.dtype(np.float32), np.dtype(np.float64), np.dtype(np.complex128))


def shape_text(shape: Iterable[Any]) -> str:
    """Return a shape as the documentation writes it, such as ``[B, 15, 4]``."""
    return "[" + ", ".join("..." if size is ... else str(size) for size in shape) + "]"


def check_array(name: str, array: Any, shape: tuple[Any, ...], dtype: DType = None) -> None:
    """Refuse all but a floating-point array of this shape.

    In ``shape``, a letter such as ``"B"`` stands for any size and a leading ``...`` for any axes. ``dtype``, where
    given, is that of the inputs: mixing precisions would quietly promote, so it is refused.
    """
    if type(array) is np.ndarray and array.shape == shape and array.dtype == dtype:
        return  # The usual case is decided first, because cells check every time step.
    if not is_plain(array):
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


def is_plain(value: Any) -> bool:
    """Return whether a value is NumPy's own array, or one that lies in a file.

    A subclass may compute something else, as a matrix does with *, or lose something, as a masked array its mask.
    """
    return type(value) in (np.ndarray, np.memmap)


def check_state(name: str, state: State, state_size: Sizes, batch_size: int, dtype: DType) -> None:
    """Refuse a state that is not arrays [batch_size, size] in the structure of ``state_size``."""
    if not is_usual_state(state, state_size, batch_size, dtype):
        if hint := hints.of_state(state, state_size):
            raise ValueError(f"{name} must have c of width {state_size.c} and h of width {state_size.h}{hint}")
        check_structure(
            name, state, state_size, lambda leaf, array, size: check_array(leaf, array, (batch_size, size), dtype)
        )


def is_usual_state(state: Any, sizes: Sizes, batch_size: int, dtype: DType) -> bool:
    """Return whether a state is as ``check_state`` wants it; most are."""
    if not isinstance(sizes, tuple):
        return type(state) is np.ndarray and state.shape == (batch_size, sizes) and state.dtype == dtype
    fits = type(state) is type(sizes) and len(state) == len(sizes)
    return fits and all([is_usual_state(state[n], size, batch_size, dtype) for n, size in enumerate(sizes)])


def check_masks(name: str, masks: Masks, mask_sizes: Masks, *leading: int) -> None:
    """Refuse masks that are not Booleans [*leading, size] in the structure of ``mask_sizes``."""
    check_structure(name, masks, mask_sizes, lambda leaf, mask, size: check_mask(leaf, mask, (*leading, size)))


def check_mask(name: str, mask: Any, shape: tuple[int, ...]) -> None:
    """Refuse all but an array of Booleans of this shape."""
    if not is_plain(mask) or mask.dtype != bool:
        came = mask.dtype if is_plain(mask) else type(mask).__name__
        raise TypeError(f"{name} must be an array of Booleans, but is {came}")
    if mask.shape != shape:
        raise ValueError(f"{name} must have shape {shape_text(shape)}, but has {shape_text(mask.shape)}")


def check_structure(name: str, tree: Tree, sizes: Tree, check_leaf: Callable[[str, Leaf, Any], None]) -> None:
    """Refuse a tree of other tuples than those of ``sizes``; call ``check_leaf(name, leaf, size)`` on each leaf."""
    if not isinstance(sizes, tuple):
        return check_leaf(name, tree, sizes)
    if type(tree) is not type(sizes) or len(tree) != len(sizes):
        came = type(tree).__name__ + (f" of {len(tree)}" if type(tree) is tuple else "")
        raise TypeError(f"{name} must be {structure_text(sizes)}, but is {came}{hints.of_structure(tree, sizes)}")
    for (label, part), size in zip(branches(tree), sizes, strict=True):
        check_structure(name + label, part, size, check_leaf)


def structure_text(state_size: Sizes) -> str:
    """Return a state's structure in words, such as ``a tuple of (LSTMState(c, h), array)``."""
    if hasattr(state_size, "_fields"):
        return f"{type(state_size).__name__}({', '.join(state_size._fields)})"
    if isinstance(state_size, tuple):
        return f"a tuple of ({', '.join(map(structure_text, state_size))})"
    return "array"


def check_params(name: str, params: Any, shapes: Shapes, dtype: DType = None) -> None:
    """Refuse all but a nested dict of arrays with the names and the shapes of the nested dict ``shapes``.

    One array under two names is refused as well: its gradient would come in two parts that no one adds.
    """
    found: set[int] = set()
    if type(params) is dict and are_usual(params, shapes, dtype, found):
        return  # The usual case is decided first, because cells check every time step.
    check_names(name, params, shapes, dtype)
    seen: dict[int, str] = {}
    for path, leaf in named_leaves(params, name):
        if seen.setdefault(id(leaf), path) != path:
            raise ValueError(f"{path} is the same array as {seen[id(leaf)]}: give each layer weights of its own")


def are_usual(params: Any, shapes: Any, dtype: DType, found: set[int]) -> bool:
    """Return whether a nested dict holds different arrays of these shapes and dtype; ``found`` gathers their ids."""
    if len(params) != len(shapes):
        return False
    for key, shape in shapes.items():
        leaf = params.get(key)
        if type(leaf) is np.ndarray:
            if leaf.shape != shape or leaf.dtype != dtype or id(leaf) in found:
                return False
            found.add(id(leaf))
        elif not (type(leaf) is dict and type(shape) is dict and are_usual(leaf, shape, dtype, found)):
            return False
    return True


def check_names(name: str, params: Any, shapes: Any, dtype: DType) -> None:
    if not isinstance(shapes, dict):
        return check_array(name, params, shapes, dtype)
    if not isinstance(params, dict) or params.keys() != shapes.keys():
        expected, hint = ", ".join(map(repr, shapes)) or "nothing in it", hints.of_params(params)
        if not isinstance(params, dict):
            raise TypeError(f"{name} must be a dict with {expected}, but is {type(params).__name__}{hint}")
        for key in shapes.keys() - params.keys():
            raise ValueError(f"{name} has no {shown(key)}; it needs {expected}{hint}")
        for key in params.keys() - shapes.keys():
            raise ValueError(f"{name} has an unknown {shown(key)}; it takes {expected}{hint}")
    for key, shape in shapes.items():
        check_names(f"{name}/{key}", params[key], shape, dtype)


def check_like(name: str, tree: Any, like: Params) -> None:
    """Refuse all but a nested dict of arrays with the names, shapes and dtype of the arrays in ``like``."""
    check_params(name, tree, map_tree(np.shape, like), next(named_leaves(like))[1].dtype)


def check_lengths(sequence_length: Any, batch_size: int, num_steps: int) -> Int[Array, " B"]:
    """Return ``sequence_length`` as an integer array [B], refusing what is not B integers from 0 to T."""
    lengths = as_integers("sequence_length", sequence_length)
    if lengths.shape != (batch_size,):
        expected = f"sequence_length must have shape [{batch_size}], one length for each row of the inputs"
        hint = hints.of_lengths(lengths.shape, batch_size, num_steps)
        raise ValueError(f"{expected}, but has {shape_text(lengths.shape)}{hint}")
    for row, length in enumerate(lengths.tolist()):
        if length < 0:
            raise ValueError(f"sequence_length[{row}] is {length}, but a length cannot be negative")
        if length > num_steps:
            raise ValueError(f"sequence_length[{row}] is {length}, but inputs have only {num_steps} time steps")
    return lengths.astype(np.int64)


def as_integers(name: str, values: Any) -> Shaped[Array, "..."]:
    """Return a list or an array of integers as an array, refusing all else."""
    check_listed(name, values)
    try:
        numbers = np.asarray(values)
    except ValueError as error:
        raise TypeError(f"{name} must be integers, but is {shown(values)}") from error
    if numbers.dtype.kind not in "iu" and numbers.size:
        raise TypeError(f"{name} must be integers, but its dtype is {numbers.dtype}{hints.of_floats(numbers)}")
    return numbers


def check_listed(name: str, values: Any) -> None:
    """Refuse what ``np.asarray`` makes integers of that are none: a masked array, and Booleans in a list."""
    if isinstance(values, np.ndarray) and not is_plain(values):
        raise TypeError(f"{name} must be a list or a plain array of integers, but is {type(values).__name__}")
    if isinstance(values, list | tuple) and any(isinstance(value, bool | np.bool_) for value in values):
        raise TypeError(f"{name} must be integers, but is {values!r}")


def check_labels(labels: Any, shape: tuple[int, ...], num_classes: int, name: str = "labels") -> None:
    """Refuse labels that are not integers of this shape from 0 to num_classes − 1."""
    hint = hints.of_labels(labels, shape, num_classes)
    if not is_plain(labels) or labels.dtype.kind not in "iu":
        came = labels.dtype if is_plain(labels) else type(labels).__name__
        raise TypeError(f"{name} must be an array of integers, but is {came}{hint}")
    if labels.shape != shape:
        raise ValueError(f"{name} must have shape {shape_text(shape)}, but has {shape_text(labels.shape)}{hint}")
    wrong = (labels < 0) | (labels >= num_classes)
    if wrong.any():
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{name}{list(where)} is {labels[where]}, but the logits have classes 0 to {num_classes - 1}")


def as_dtype(dtype: Any) -> "np.dtype[Any] | None":
    """Return a NumPy dtype, or ``None`` for what names none."""
    try:
        return None if dtype is None else np.dtype(dtype)
    except TypeError:
        return None


def check_dtype(name: str, dtype: Any) -> None:
    """Refuse all but float32 and float64, and complex128 for complex steps."""
    # None is compared first: to NumPy, np.dtype(float64) == None is true.
    if as_dtype(dtype) is None or np.dtype(dtype) not in FLOATS:
        raise TypeError(f"{name} must be float32 or float64, but is {shown(dtype)}")
