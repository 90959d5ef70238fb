"""What a cell is: the contract that every file in ``scratch/cells`` keeps, and the parts they all share.

A cell is a frozen dataclass of hyper-parameters. It holds no weights and no state: both go in and come out as arrays,
so a cell is four pure functions and nothing happens out of sight::

    params = cell.init_params(rng, input_size, dtype)      # nested dict under TensorFlow's own variable names
    state  = cell.zero_state(batch_size, dtype)            # [B, H], LSTMState(c, h), or a tuple of states
    output, new_state, cache     = cell.forward(params, x, state)
    d_x, d_state, d_params       = cell.backward(params, cache, d_output, d_new_state)

A cell with dropout takes one more argument, its masks, drawn beforehand and given to every engine alike::

    masks  = cell.draw_masks(rng, num_steps, batch_size, input_size)     # Booleans [T, B, size], nested as the cell

``d_name`` always means ∂L/∂name for a scalar loss L, and has the shape of ``name``. ``cache`` is what forward kept for
backward. A wrapper around cells is itself a cell.
"""

import re
from typing import Any

import numpy as np

from scratch.arrays import Array, Cache, DType, Float, Initializer, Masks, Params, Shapes, Sizes, State
from scratch.checks import check_array, check_dtype, check_state
from scratch.finite import quiet_methods
from scratch.fit import check_fit
from scratch.initializers import check_generator, draw_params, glorot_uniform, zeros
from scratch.options import check_count, check_function
from scratch.tree import map_tree


class Cell:
    """One time step of a recurrent network. A subclass gives the following, and inherits the rest.

    - ``state_size``: H, or a (named) tuple of sizes in the structure of the state, as in TensorFlow.
    - ``output_size``: the width of the output.
    - ``param_shapes(input_size)``: the nested dict of the shapes of its parameters.
    - ``forward`` and ``backward``, as below. A cell with dropout takes the masks of the step as well. Infinities and
      NaN come without a warning of NumPy's.
    """

    def __init_subclass__(cls) -> None:
        quiet_methods(cls, "forward", "backward")

    @property
    def state_size(self) -> Sizes:
        raise NotImplementedError

    @property
    def output_size(self) -> int:
        raise NotImplementedError

    def param_shapes(self, input_size: int) -> Shapes:
        raise NotImplementedError

    def forward(
        self, params: Params, x: Float[Array, "B D"], state: State
    ) -> tuple[Float[Array, "B output"], State, Cache]:
        """Compute one time step: x [B, D] and state to ``(output [B, output_size], new_state, cache)``.

        All arrays have one dtype, float32 or float64, and so do the results.
        """
        raise NotImplementedError

    def backward(
        self, params: Params, cache: Cache, d_output: Float[Array, "B output"], d_new_state: State
    ) -> tuple[Float[Array, "B D"], State, Params]:
        """Return ``(d_x, d_state, d_params)`` from the gradients of both results of ``forward``."""
        raise NotImplementedError

    @property
    def scope(self) -> str:
        """The name that TensorFlow gives the scope of its variables: ``basic_lstm_cell`` for ``BasicLSTMCell``."""
        return re.sub("(?<=[a-z])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])", "_", type(self).__name__).lower()

    def init_params(
        self,
        rng: np.random.Generator,
        input_size: int,
        dtype: DType = np.float32,
        kernel_initializer: Initializer = glorot_uniform,
    ) -> Params:
        """Return freshly drawn parameters for inputs of width ``input_size``, started as TF1 starts them.

        ``rng`` is a ``numpy.random.Generator``; ``kernel_initializer`` a function of ``scratch/initializers.py``.
        """
        input_size = check_count("input_size", input_size)
        check_dtype("dtype", dtype)
        check_function("kernel_initializer", kernel_initializer)
        shapes = self.param_shapes(input_size)
        return draw_params(shapes, lambda path: self.initializer(path, kernel_initializer), rng, dtype)

    def initializer(self, path: str, kernel_initializer: Initializer) -> Initializer:
        """Return the initialiser of the parameter at ``path``: zeros for a bias, ``kernel_initializer`` else."""
        return zeros if path.endswith("bias") else kernel_initializer

    def zero_state(self, batch_size: int, dtype: DType = np.float32) -> State:
        """Return a state of zeros: an array [batch_size, size] for every size in ``state_size``."""
        batch_size = check_count("batch_size", batch_size, least=0)
        check_dtype("dtype", dtype)
        return map_tree(lambda size: np.zeros((batch_size, size), dtype), self.state_size)

    def mask_sizes(self, input_size: int) -> Masks:
        """Return the widths of the masks that a step takes, nested as the cell is; ``()`` where it takes none."""
        return ()

    def draw_masks(self, rng: np.random.Generator, num_steps: int, batch_size: int, input_size: int) -> Masks:
        """Return masks for a whole sequence, in the structure of ``mask_sizes``: Booleans [T, B, size]."""
        check_sequence(rng, num_steps, batch_size, input_size)
        return ()

    def check_step(self, params: Params, x: Array, state: State) -> None:
        """Refuse, by name, a step whose arrays do not fit this cell or one another."""
        check_array("x", x, ("B", "D"))
        check_state("state", state, self.state_size, len(x), x.dtype)
        check_fit(params, self.param_shapes, x.shape[1], x.dtype, "x")

    def check_step_back(
        self, params: Params, x_shape: tuple[int, int], d_output: Array, d_new_state: State, dtype: DType
    ) -> None:
        """Refuse, by name, gradients and parameters that do not fit a ``forward`` of x [B, D], ``x_shape``."""
        check_array("d_output", d_output, (x_shape[0], self.output_size), dtype)
        check_state("d_new_state", d_new_state, self.state_size, x_shape[0], dtype)
        check_fit(params, self.param_shapes, x_shape[1], dtype, "x")


def check_sequence(rng: Any, num_steps: Any, batch_size: Any, input_size: Any) -> int:
    """Refuse sizes of a sequence that are none, and what draws no numbers; return the width."""
    check_generator(rng)
    check_count("num_steps", num_steps, least=0)
    check_count("batch_size", batch_size, least=0)
    return check_count("input_size", input_size)


class CellWrapper(Cell):
    """A cell around one ``cell``: what a wrapper does not say itself, the wrapped cell says."""

    cell: Cell

    def __post_init__(self) -> None:
        if not isinstance(self.cell, Cell):
            raise TypeError(f"cell must be a cell such as BasicLSTMCell(128), but is {type(self.cell).__name__}")

    @property
    def scope(self) -> str:
        return self.cell.scope

    @property
    def state_size(self) -> Sizes:
        return self.cell.state_size

    @property
    def output_size(self) -> int:
        return self.cell.output_size

    def param_shapes(self, input_size: int) -> Shapes:
        return self.cell.param_shapes(input_size)

    def initializer(self, path: str, kernel_initializer: Initializer) -> Initializer:
        return self.cell.initializer(path, kernel_initializer)

    def mask_sizes(self, input_size: int) -> Masks:
        return self.cell.mask_sizes(input_size)

    def draw_masks(self, rng: np.random.Generator, num_steps: int, batch_size: int, input_size: int) -> Masks:
        return self.cell.draw_masks(rng, num_steps, batch_size, input_size)


def masked_forward(
    cell: Cell, params: Params, x: Float[Array, "B D"], state: State, masks: Masks
) -> tuple[Float[Array, "B output"], State, Cache]:
    """Return ``cell.forward`` with its masks, or without them where the cell takes none."""
    without = isinstance(masks, tuple) and not masks
    return cell.forward(params, x, state) if without else cell.forward(params, x, state, masks)  # type: ignore[call-arg]
