"""What no converter can carry over is refused here, by name, before anything is computed."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from scratch.arrays import Array, DType, Shapes
from scratch.cells.full_lstm import LSTMCell
from scratch.cells.gru import GRUCell
from scratch.cells.lstm import BasicLSTMCell
from scratch.cells.rnn import BasicRNNCell
from scratch.checks import check_array, check_params, check_state, check_structure
from scratch.shown import shown
from scratch.tree import named_leaves

LSTMS = BasicLSTMCell, LSTMCell
CELLS = BasicRNNCell, *LSTMS, GRUCell


def check_cell(cell: Any, kinds: Any, carried: Collection[str], **only: Any) -> None:
    """Refuse a cell that is not of these kinds, or that has options which the other layout cannot say.

    ``carried`` names the options that may have any value. Every other must have the value that ``only`` gives, or else
    its default: an option that a converter does not know is never dropped without a word.
    """
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    if not isinstance(cell, kinds):
        raise TypeError(f"cell must be a {' or '.join(kind.__name__ for kind in kinds)}, but is {type(cell).__name__}")
    for field in fields(cell):
        wanted, found = only.get(field.name, field.default), getattr(cell, field.name)
        if field.name != "num_units" and field.name not in carried and found != wanted:
            raise ValueError(f"cell must have {field.name}={wanted!r} to be converted, but has {field.name}={found!r}")
    if "use_bias" in carried and not cell.use_bias and getattr(cell, "forget_bias", 0) != 0:
        raise ValueError(
            "cell must have forget_bias=0.0 to be converted without a bias, in which others have it, but has "
            f"forget_bias={cell.forget_bias!r}"
        )


def check_from_scratch(cell: Any, params: Any, name: str = "params", input_size: int = 0) -> None:
    """Refuse, by name, parameters that do not fit the cell; an ``input_size`` of 0 is read from the kernel."""
    kernels = [leaf for path, leaf in named_leaves(params) if path in ("kernel", "gates/kernel")]
    kernel = kernels[0] if kernels and isinstance(kernels[0], np.ndarray) and kernels[0].ndim else np.empty(0)
    input_size = input_size or max(1, len(kernel) - cell.output_size)
    check_params(name, params, cell.param_shapes(input_size), kernel.dtype if len(kernel) else None)


def check_named(weights: Any, shapes: Shapes, first: str, called: str = "weights") -> None:
    """Refuse, by name, a dict of arrays that has not these names and shapes; ``first`` gives the dtype and the width.

    A letter in the shape of ``first`` stands for the width of the inputs, which is read there. ``called`` is the name
    of the argument.
    """
    if not isinstance(weights, dict):
        raise TypeError(f"{called} must be a dict of arrays by name, but is {type(weights).__name__}")
    if first not in weights:
        raise ValueError(f"{called} has no {first!r}; it needs {', '.join(map(repr, shapes))}")
    check_array(f"{called}/{first}", weights[first], shapes[first])
    check_params(called, weights, {**shapes, first: weights[first].shape}, weights[first].dtype)


def check_listed_weights(weights: Any, names: tuple[str, ...], called: str) -> None:
    """Refuse what is not a list of so many weights."""
    if not isinstance(weights, list | tuple) or len(weights) != len(names):
        came = f"{type(weights).__name__}" + (f" of {len(weights)}" if isinstance(weights, list | tuple) else "")
        raise TypeError(f"{called} must be a list of {', '.join(names)}, as get_weights() returns it, but is {came}")


def check_no_bias(name: str, bias: Array) -> None:
    """Refuse a bias that is not 0 everywhere where the other layout is to have none."""
    if bias.any():
        raise ValueError(f"{name} must be 0 to be left out, with the forget bias in it, but holds {shown(bias)}")


def check_states(called: str, states: Sequence[Any], cells: Sequence[Any]) -> None:
    """Refuse, by name, states that are not those of these cells, of one number of rows and one dtype."""
    first: Any = None
    for number, (state, cell) in enumerate(zip(states, cells, strict=True)):
        name = called if len(cells) == 1 else f"{called}[{number}]"
        if first is None:
            check_structure(name, state, cell.state_size, lambda leaf, part, size: check_array(leaf, part, ("B", size)))
            first = next(named_leaves(state))[1]
        check_state(name, state, cell.state_size, len(first), first.dtype)


def check_stacked(arrays: dict[str, Any], widths: Sequence[int], count: int, axis: int = 0) -> None:
    """Refuse, by name, all but arrays [count, B, width], the count in ``axis``, of one number of rows and one dtype."""
    rows: Any = "B"
    dtype: DType = None
    for (name, array), width in zip(arrays.items(), widths, strict=True):
        check_array(name, array, (rows, count, width) if axis else (count, rows, width), dtype)
        rows, dtype = array.shape[1 - axis], array.dtype
