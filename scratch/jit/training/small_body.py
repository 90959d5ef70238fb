"""A training step of small cells over padded rows: from words or numbers, through one direction or both, to the head.

What such a network is made of is an embedding or none, an unrolled small cell or one from each end, and the output
layer of ``general_step.py``. The directions share nothing that they write, so two threads take one each, forth and
back, and one of them runs the head in between: the numbers are the same with one thread.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, Float, Int, Lengths
from scratch.cell import Cell
from scratch.checks import is_plain
from scratch.compiling.compiler import announced
from scratch.fit import flat_shapes
from scratch.jit.batch import plain
from scratch.jit.machine.memory import empty, zeros
from scratch.jit.machine.threads import share_count
from scratch.jit.small.plan import layers_of, plan_of
from scratch.jit.training.direction import (
    Direction,
    DirectionLayout,
    add_d_x,
    arena_size,
    direction_backward,
    direction_forward,
)
from scratch.jit.training.embedding import add_to_rows
from scratch.jit.training.losses import are_within
from scratch.jit.training.turns import there_and_back
from scratch.training.embedding import Embedding
from scratch.training.layers import RNN, Bidirectional
from scratch.training.network import Network
from scratch.tree import named_leaves

# Forward once, and back, which is about twice as much.
PASSES = 3


class Fed(NamedTuple):
    """What a step reads: rows of ``source`` that ``rows`` [1, B · T] names, of each row as many as its length."""

    source: Float[Array, "V D"] | None
    rows: Int[Array, "1 N"]
    lengths: Int[Array, "1 B"]


class SmallBody:
    """The layers below the head, for x of one shape: ``layouts`` and ``plans`` of one direction or of two.

    ``embedding``: where E begins and ends among all parameters, and its shape; ``None`` where x are numbers.
    """

    def __init__(self, plans: list[Any], firsts: list[int], embedding: tuple[int, int, tuple[int, int]] | None) -> None:
        self.plans, self.embedding, column = plans, embedding, 0
        self.batch_size, self.num_steps, self.depth = plans[0].input_shape
        self.layouts = []
        for number, (plan, first) in enumerate(zip(plans, firsts, strict=True)):
            width = plan.output_shape[2]
            self.layouts.append(
                DirectionLayout(
                    batch_size=self.batch_size,
                    num_steps=self.num_steps,
                    depth=self.depth,
                    width=width,
                    column=column,
                    backwards=number,
                    first=first,
                    num_weights=plan.num_weights,
                    num_states=plan.num_states,
                    tape_size=plan.tape_size,
                    work_size=plan.work_size,
                )
            )
            column += width
        self.width, self.sizes = column, [arena_size(layout) for layout in self.layouts]
        self.tables = [np.array([layout], np.int64) for layout in self.layouts]
        self.all_rows = np.arange(self.batch_size * self.num_steps)[None]
        self.all_steps = np.full((1, self.batch_size), self.num_steps)
        self.work = PASSES * self.all_rows.size * sum([plan.num_weights for plan in plans])

    def fed(self, x: Array, sequence_length: Lengths) -> Fed | None:
        """Return what a step reads, ``None`` where the text book has to say what is wrong with it."""
        lengths = self.all_steps
        if sequence_length is not None:
            given = np.asarray(sequence_length)
            if given.dtype.kind not in "iu" or given.shape != (self.batch_size,):
                return None
            lengths = np.ascontiguousarray(given, np.int64)[None]
            if not are_within(lengths, self.num_steps + 1):
                return None
        if self.embedding is None:
            return Fed(plain(x).reshape(-1, self.depth), self.all_rows, lengths)
        words = np.ascontiguousarray(x, np.int64).reshape(1, -1)
        return Fed(None, words, lengths) if are_within(words, self.embedding[2][0]) else None

    def run(
        self,
        theta: Float[Array, "1 P"],
        g: Float[Array, "1 P"],
        fed: Fed,
        head: Callable[[Float[Array, "B T H"]], Float[Array, "B T H"]],
    ) -> None:
        """Run forth, call ``head``, which returns ∂L/∂h from h, and run back: to the gradients of all in g."""
        dtype, num_rows, source = theta.dtype, self.all_rows.size, fed.source
        if self.embedding:
            first, last, shape = self.embedding
            source = theta[0, first:last].reshape(shape)
        h = zeros((num_rows, self.width), dtype)
        directions = [
            Direction(table, plan.table, plan.start, empty((size,), dtype))
            for table, plan, size in zip(self.tables, self.plans, self.sizes, strict=True)
        ]
        d_h: list[Array] = []

        def forth(direction: Direction) -> None:
            direction_forward(direction, theta, source, fed.rows, fed.lengths, h)

        def between() -> None:
            d_h.append(head(h.reshape(self.batch_size, self.num_steps, -1)).reshape(num_rows, -1))

        def back(direction: Direction) -> None:
            direction_backward(direction, fed.lengths, d_h[0], g)

        with announced("small cells over padded rows", "in", dtype):
            there_and_back(directions, forth, between, back, share_count(self.work))
            if self.embedding:
                first, last, shape = self.embedding
                d_x = zeros((num_rows, self.depth), dtype)
                for direction in directions:
                    add_d_x(direction, fed.lengths, d_x)
                g[0, first:last] = 0
                add_to_rows(fed.rows, d_x, g[0, first:last].reshape(shape))


def make_body(body: Network, places: Any, tree: Any, shape: tuple[int, ...], dtype: np.dtype) -> SmallBody | None:
    """Return the ``SmallBody`` of the layers below a head for x of this shape, ``None`` where they are others."""
    names, layers = [*body.layers], [*body.layers.values()]
    embedding: Any = layers[0] if type(layers[0]) is Embedding else None
    if len(layers) != (2 if embedding else 1) or type(layers[-1]) not in (RNN, Bidirectional):
        return None
    if len(shape) != (2 if embedding else 3) or 0 in shape:
        return None
    layer: Any = layers[-1]
    x_shape = shape[0], shape[1], embedding.embedding_size if embedding else shape[2]
    cells = {"": layer.cell} if type(layer) is RNN else {"fw": layer.cell_fw, "bw": layer.cell_bw}
    plans: list[Any] = [plan_of(cell, x_shape, dtype, False) if stays_finite(cell) else None for cell in cells.values()]
    if None in plans:
        return None
    wanted: Any = {names[0]: embedding.param_shapes()} if embedding else {}
    of_cells = {scope: cell.param_shapes(x_shape[2]) for scope, cell in cells.items()}
    wanted[names[-1]] = of_cells[""] if type(layer) is RNN else of_cells
    # The kernels read the parameters in the order in which the cells make them.
    have = {path: leaf.shape for path, leaf in named_leaves({name: tree.get(name, {}) for name in names})}
    if [*flat_shapes(wanted).items()] != [*have.items()]:
        return None
    firsts = [next(named_leaves_of(places[names[-1]], scope)) for scope in cells]
    place = places[names[0]]["embeddings"] if embedding else None
    return SmallBody(plans, firsts, place and tuple(place))


def named_leaves_of(places: Any, scope: str) -> Any:
    """Yield where the first parameter of a cell begins among all."""
    branch = places[scope] if scope else places
    while type(branch) is dict:
        branch = next(iter(branch.values()))
    yield branch.first


def stays_finite(cell: Cell) -> bool:
    """Return whether no step makes a state larger than its weights do, whatever comes past the end of a row.

    There 0 · ∞ would be NaN, in gradients that have to be 0.
    """
    return all(getattr(layer, "activation", None) == "tanh" for _, layer, _ in layers_of(cell, 1))


def is_body_of(x: Any, body: SmallBody, dtype: np.dtype) -> bool:
    """Return whether x are the words or the numbers that a body is for."""
    return is_plain(x) and (x.dtype.kind in "iu" if body.embedding else x.dtype == dtype)
