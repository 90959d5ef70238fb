"""From the layers of a small network to its table: where each number of a pass forward and back is."""

from math import prod

import numpy as np

from scratch.arrays import Array, DType, Params
from scratch.jit.machine.vector import padded
from scratch.jit.small.table import LayerPlan, Network
from scratch.jit.walk.layer import Layer
from scratch.jit.walk.plan import Gradients, ProductPlan
from scratch.jit.walk.weights import pack_all, pack_all_transposed, write_gradients
from scratch.tree import map_tree


class Space:
    """Numbers of an array, handed out one matrix after the other, each of which begins a vector."""

    def __init__(self, unit: int) -> None:
        self.unit, self.size = unit, 0
        self.kept: list[tuple[int, Array]] = []

    def take(self, *shape: int) -> int:
        """Return where a matrix of this shape begins."""
        first, self.size = self.size, -(-(self.size + prod(shape)) // self.unit) * self.unit
        return first

    def keep(self, array: Array) -> int:
        """Take room for an array, and return where it begins; ``numbers`` has it there."""
        first = self.take(array.size)
        self.kept.append((first, array.ravel()))
        return first

    def numbers(self, dtype: DType = np.int64) -> Array:
        """Return what is kept, and 0 where nothing is."""
        numbers = np.zeros(self.size, dtype)
        for first, array in self.kept:
            numbers[first : first + array.size] = array
        return numbers


class NetworkLayout:
    """The layers of a network over ``(num_steps, batch_size)``, the caller's rows being at these ``strides``.

    It packs not weights but their numbers, and once: so each packed number says which parameter stands there, and each
    call copies parameters to their places. ``head`` are these numbers, ``fixed`` what stands there of itself, and
    ``d_head`` the numbers of transposed weights. ``tape``, ``work``: what a pass forward and back has besides.
    """

    def __init__(self, sizes: tuple[int, int], strides: tuple[int, int], dtype: np.dtype) -> None:
        self.sizes, self.strides, self.dtype, self.states = sizes, strides, dtype, Space(1)
        spaces = (Space(padded(1, dtype)) for _ in range(5))
        self.head, self.fixed, self.tape, self.d_head, self.work = spaces
        self.plans: list[LayerPlan] = []
        self.products: list[ProductPlan] = []

    def add(self, layer: Layer, numbered: Params, gradients: Params) -> None:
        """Lay out one more layer, above the others.

        ``numbered`` is a tree like its parameters, in which each number is its own among all parameters, from 1;
        to ``gradients`` is written which number of ``d_head``, from 1, is the gradient of each.
        """
        (num_steps, batch_size), num_outputs = self.sizes, layer.cell.output_size
        num_tokens, num_memory = num_steps * batch_size, layer.cell.num_units if layer.equations.has_memory else 0
        fixed = layer.rows_of_constants(map_tree(np.zeros_like, numbered))
        self.fixed.keep(fixed)
        self.fixed.take(layer.arena_size)
        constants = self.head.keep(layer.rows_of_constants(numbered) - fixed)
        packed = self.head.keep(pack_all(layer, numbered))
        d_packed = self.d_head.keep(pack_all_transposed(layer, numbered))
        d_constants, d_weights = self.d_head.take(fixed.size), self.d_head.take(layer.num_weights)
        d_weights_at = np.arange(1 + d_weights, 1 + d_weights + layer.num_weights).astype(self.dtype)
        d_constants_at = np.arange(1 + d_constants, 1 + d_constants + fixed.size).astype(self.dtype)
        d = Gradients(fixed, fixed, fixed, d_weights_at, d_constants_at.reshape(fixed.shape))
        write_gradients(layer, gradients, d)
        tile, size, h_size, own, d_own, num_weights, _ = layer.plan
        self.plans.append(
            LayerPlan(
                tile=tile,
                size=size,
                h_size=h_size,
                own=own,
                d_own=d_own,
                num_weights=num_weights,
                first=len(self.products),
                last=len(self.products) + len(layer.records),
                num_inputs=layer.input_size,
                num_outputs=num_outputs,
                num_memory=num_memory,
                row_width=layer.row_width,
                z_width=layer.z_width,
                c_size=layer.c_size,
                d_width=layer.d_width,
                num_constants=len(fixed),
                constants_width=layer.constants_width,
                constants=constants,
                rows=self.tape.take(batch_size + num_tokens, layer.row_width),
                z=self.tape.take(num_tokens, layer.z_width),
                c=self.tape.take(batch_size + num_tokens, layer.c_size),
                d_constants=d_constants,
                d_weights=d_weights,
                d_rows=self.work.take(batch_size, layer.d_width),
                d_c=self.work.take(batch_size, layer.c_size),
                d_z=self.work.take(num_tokens, layer.z_width),
                d_x=self.work.take(num_tokens, layer.input_size),
                c_at=self.states.take(batch_size, num_memory),
                h_at=self.states.take(batch_size, num_outputs),
            )
        )
        for record in layer.records:
            panels, d_panels = record.panels + packed, record.d_panels + d_packed
            self.products.append(record._replace(panels=panels, d_panels=d_panels))

    def table(self, gradients: Array) -> Array:
        """Return the table, given the gradients of all layers' parameters one after the other."""
        width, num_rows = len(LayerPlan._fields), 1 + len(self.plans) + len(self.products)
        head, d_head = self.head.numbers(), self.d_head.numbers()
        # The transposed weights are copied from those in the head.
        places = np.zeros(1 + len(gradients), np.int64)
        places[head] = np.arange(1, 1 + len(head))
        places[0] = 0
        sizes = len(self.plans), *self.sizes, *self.strides, num_rows * width, len(head), len(d_head), len(gradients)
        network = Network._make(sizes)
        records = [[*record, *[0] * (width - len(record))] for record in (network, *self.plans, *self.products)]
        numbers = np.concatenate([records, head, places[d_head], gradients.astype(np.int64)], axis=None)
        return np.append(numbers, np.zeros(-len(numbers) % width, np.int64)).reshape(-1, width)
