"""Which networks are small, and a pass of one forward and back: ``scratch/jit/stack.py`` takes it by itself.

For a network of a few units what is done around the numbers costs more than the numbers. So what follows from the
cell, the shapes, the dtype and the layout is settled once, in a plan that is kept. A call hands few arrays to one
kernel, that of ``forward.py`` or ``backward.py``. Neither a plan nor a tape holds an address of the caller's arrays.
The page is ``docs/jit/small.md``.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Params, State
from scratch.cell import Cell
from scratch.cells.lstm import BasicLSTMCell, LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.jit.machine.memory import zeros
from scratch.jit.machine.tile import tile_code
from scratch.jit.machine.vector import padded
from scratch.jit.small.backward import small_backward
from scratch.jit.small.forward import small_forward
from scratch.jit.small.network import Layout

# Numbers in a tape: with more, they do not stay in the cache, and the walk of all other cells is as fast.
MOST_NUMBERS = 1 << 18


class SmallPlan:
    """A stack of ``BasicLSTMCell`` of one small width, for full rows of one shape: ``forward`` and ``backward``."""

    def __init__(self, cell: Cell, shape: tuple[int, int, int], dtype: np.dtype, time_major: bool) -> None:
        layers, (first, second, input_size) = layers_of(cell), shape
        num_steps, batch_size = (first, second) if time_major else (second, first)
        vector, num_layers, num_units = padded(1, dtype), len(layers), layers[0].num_units
        self.cell, self.time_major, self.dtype, self.num_units = cell, time_major, dtype, num_units
        self.names = [name for name, *_ in cell.layers(input_size)] if isinstance(cell, MultiRNNCell) else []
        self.input_shape, self.output_shape = shape, (first, second, num_units)
        width = padded(4 * num_units, dtype)
        h = width + 1 + max(input_size, num_units)
        c, d_c = h + num_units, padded(h + num_units - width, dtype)
        layout = self.layout = Layout(
            tile=tile_code(dtype),
            num_layers=num_layers,
            num_steps=num_steps,
            batch_size=batch_size,
            num_inputs=input_size,
            num_units=num_units,
            step_stride=batch_size if time_major else 1,
            row_stride=1 if time_major else num_steps,
            tokens=(num_steps + 1) * batch_size,
            depth=c - width,
            width=width,
            # Wider than what is in them, for the vectors that begin at the last numbers.
            token_width=padded(c + num_units + vector, dtype),
            d_z_width=width + vector,
            d_width=d_c + vector,
            h=h,
            c=c,
            tanh_c=c + num_units,
            d_c=d_c,
        )
        self.layouts = np.array([layout], np.int64)
        tokens = num_layers * layout.tokens
        self.tape_size = num_layers * layout.depth * width + tokens * layout.token_width
        self.work_size = num_layers * 4 * num_units * d_c + tokens * layout.d_z_width
        self.work_size += (num_layers + 1) * batch_size * layout.d_width + layout.depth * width
        # scale, bound and one of ``sigmoid_or_tanh``: σ for i, f and o, tanh for j. Then the forget biases.
        of_sigmoid, of_tanh = ((1, 88, 0), (2, 20, 1)) if dtype == np.float32 else ((1, 709, 0), (2, 40, 1))
        self.constants = np.zeros((3 + num_layers, width), dtype)
        self.constants[:3] = np.array(of_sigmoid)[:, None]
        self.constants[:3, num_units : 2 * num_units] = np.array(of_tanh)[:, None]
        for row, layer in zip(self.constants[3:], layers, strict=True):
            row[2 * num_units : 3 * num_units] = layer.forget_bias
        # Where each gradient is among those that the kernel writes one after the other.
        inputs = [input_size, *[num_units] * (num_layers - 1)]
        shapes = [shape for size in inputs for shape in ((size + num_units, 4 * num_units), (4 * num_units,))]
        shapes += [(batch_size, num_units)] * 2 * num_layers
        ends = np.cumsum([np.prod(shape) for shape in shapes]).tolist()
        self.places = list(zip([0, *ends], ends, shapes, strict=False))
        self.num_given, self.num_weights = ends[-1], 2 * num_layers
        self.state_shape = (2 * num_layers, batch_size, num_units)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy is this very plan; one that was saved is made anew: the address of the tile means nothing there.
        return plan_of, (self.cell, self.input_shape, self.dtype, self.time_major)

    def forward(
        self, params: Params, inputs: Float[Array, "_ _ D"], state: State
    ) -> tuple[Float[Array, "_ _ H"], State, Array]:
        """Return ``(outputs, final_state, tape)``, all of them new; inputs are row-major."""
        layers, states = ([params[name] for name in self.names], state) if self.names else ([params], (state,))
        given = [weight for layer in layers for weight in (layer["kernel"], layer["bias"])]
        given += [part for layer_state in states for part in layer_state]
        # Cleared: what is in no lane that counts must not be a denormal number, which takes a hundred times as long.
        tape = zeros((self.tape_size,), self.dtype)
        outputs, final = np.empty(self.output_shape, self.dtype), np.empty(self.state_shape, self.dtype)
        flat, rows = np.concatenate(given, axis=None), outputs.reshape(-1, self.num_units)
        small_forward(self.layouts, self.constants, flat, inputs, tape, rows, final.reshape(-1, self.num_units))
        return outputs, self.state_of(list(final)), tape

    def backward(
        self, params: Params, tape: Array, d_outputs: Float[Array, "_ _ H"], d_final_state: State
    ) -> tuple[Float[Array, "_ _ D"], State, Params]:
        """Return ``(d_inputs, d_initial_state, d_params)``, the adjoint of ``forward``."""
        states = d_final_state if self.names else (d_final_state,)
        given = [part for layer_state in states for part in layer_state]
        d_final = np.concatenate(given, axis=None).reshape(-1, self.num_units)
        d_inputs, d_given = np.empty(self.input_shape, self.dtype), np.empty(self.num_given, self.dtype)
        d_rows, work = d_inputs.reshape(-1, self.input_shape[2]), zeros((self.work_size,), self.dtype)
        small_backward(self.layouts, tape, work, d_final, d_outputs.reshape(-1, self.num_units), d_rows, d_given)
        parts = [d_given[first:last].reshape(shape) for first, last, shape in self.places]
        weights = [{"kernel": kernel, "bias": bias} for kernel, bias in pairs(parts[: self.num_weights])]
        d_state = self.state_of(parts[self.num_weights :])
        if not self.names:
            return d_inputs, d_state, weights[0]
        named = dict(zip(self.names, weights, strict=True))
        return d_inputs, d_state, {name: named[name] for name in params}

    def state_of(self, parts: list[Array]) -> State:
        """Return c and h, one layer after the other, in the structure of the cell's state."""
        states = tuple([LSTMState(c, h) for c, h in pairs(parts)])
        return states if self.names else states[0]


def pairs(parts: list[Any]) -> Iterable[tuple[Any, Any]]:
    return zip(parts[::2], parts[1::2], strict=True)


def layers_of(cell: Cell) -> Sequence[Any]:
    return cell.cells if type(cell) is MultiRNNCell else (cell,)


def has_usual_options(layer: BasicLSTMCell) -> bool:
    """Return whether a cell has no options but a size and a forget bias: the kernels know no other."""
    return layer == BasicLSTMCell(layer.num_units, layer.forget_bias)


@lru_cache(maxsize=256)
def plan_of(cell: Cell, shape: tuple[int, int, int], dtype: np.dtype, time_major: bool) -> SmallPlan | None:
    """Return the plan of a small network over full rows of inputs of this shape, ``None`` where it is none."""
    layers = layers_of(cell)
    if any(type(layer) is not BasicLSTMCell or not has_usual_options(layer) for layer in layers):
        return None
    if len({layer.num_units for layer in layers}) > 1 or layers[0].num_units > padded(1, dtype) or 0 in shape:
        return None
    plan = SmallPlan(cell, shape, dtype, time_major)
    return plan if plan.tape_size <= MOST_NUMBERS else None
