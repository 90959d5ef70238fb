"""A training step of small cells over padded rows: from words or numbers, through one direction or both, to the loss.

What such a network is made of is an embedding or none, an unrolled small cell or one from each end, and an output
layer. The directions share nothing that they write, so two threads take one each: the numbers are those of one thread.
"""

from itertools import accumulate
from typing import Any

import numpy as np

from scratch.arrays import Array, Float, Int, Lengths
from scratch.checks import is_plain
from scratch.compiling.compiler import announced
from scratch.fit import flat_shapes
from scratch.jit.batch import plain
from scratch.jit.machine.threads import called, run, share_count, shares
from scratch.jit.machine.tile import tile_code
from scratch.jit.machine.vector import padded
from scratch.jit.single.team import LINE
from scratch.jit.small.plan import SmallPlan, plan_of
from scratch.jit.training.body_share import GONE, Body, BodyLayout, Fed, body_share
from scratch.jit.training.change import Change
from scratch.jit.training.direction import DirectionLayout, Plans
from scratch.jit.training.head import HeadLayout, work_size
from scratch.jit.training.losses import are_within
from scratch.jit.training.padding import Padding, padding_of
from scratch.training.embedding import Embedding
from scratch.training.layers import RNN, Bidirectional
from scratch.training.network import Network
from scratch.tree import named_leaves

# Forward once, and back, which is about twice as much.
PASSES = 3


class SmallBody:
    """The layers of a network with an output layer, for x of one shape; ``plans`` of one direction or of two.

    - ``firsts``: where the parameters of the directions, and of the output layer, begin among all.
    - ``embedding``: where E begins and ends there, and its shape; ``None`` where x are numbers.
    """

    def __init__(self, plans: list[SmallPlan], firsts: list[int], num_classes: int, embedding: Any) -> None:
        self.dtype, self.embedding = plans[0].dtype, embedding
        self.batch_size, self.num_steps, depth = plans[0].input_shape
        num_rows, self.size = self.batch_size * self.num_steps, 0
        self.num_rows, self.depth, self.num_classes = num_rows, depth, num_classes
        self.width = sum([plan.output_shape[2] for plan in plans])
        of_head = HeadLayout(
            tile_code(self.dtype), num_rows, self.width, num_classes,
            padded(num_classes, self.dtype), padded(self.width, self.dtype),
        )  # fmt: skip
        layout = BodyLayout(
            batch_size=self.batch_size,
            num_steps=self.num_steps,
            depth=depth,
            width=self.width,
            num_directions=len(plans),
            embedding=embedding[0] if embedding else -1,
            num_words=embedding[2][0] if embedding else 0,
            of_head=firsts[-1],
            x=self.take(len(plans) * num_rows * depth),
            h=self.take(num_rows * self.width),
            shares=self.take(num_rows),
            head=self.take(work_size(of_head)),
            head_size=work_size(of_head),
        )
        directions = self.lay_out(plans, firsts)
        width = max(map(len, (layout, of_head, *directions)))
        table = [[*row, *[0] * (width - len(row))] for row in (layout, of_head, *directions)]
        self.layouts = np.array(table, np.int64)
        self.tables = np.concatenate([plan.table for plan in plans])
        self.start = np.concatenate([plan.start for plan in plans])[None]
        self.work = PASSES * num_rows * sum([plan.num_weights for plan in plans])

    def take(self, size: int) -> int:
        """Return where so many numbers of the arena begin, on a line of the cache."""
        first, self.size = self.size, self.size + padded(size, self.dtype)
        return first

    def lay_out(self, plans: list[SmallPlan], firsts: list[int]) -> list[DirectionLayout]:
        """Return the layouts of all directions."""
        columns, tables, starts = (
            [*accumulate(sizes, initial=0)]
            for sizes in zip(*[(plan.output_shape[2], len(plan.table), plan.start.size) for plan in plans], strict=True)
        )
        return [
            DirectionLayout(
                column=columns[number],
                width=plan.output_shape[2],
                first=firsts[number],
                num_weights=plan.num_weights,
                table=tables[number],
                num_rows=len(plan.table),
                start=starts[number],
                tape=self.take(plan.tape_size),
                tape_size=plan.tape_size,
                work=self.take(plan.work_size),
                work_size=plan.work_size,
                states=self.take(plan.num_states),
                num_states=plan.num_states,
                between=self.take(self.num_rows * plan.num_states),
            )
            for number, plan in enumerate(plans)
        ]

    def padding(self, sequence_length: Lengths, mean: str) -> Padding | None:
        """Return what follows from the lengths, ``None`` where the text book has to say what is wrong with them."""
        lengths = np.full(self.batch_size, self.num_steps) if sequence_length is None else np.asarray(sequence_length)
        if lengths.dtype.kind not in "iu" or lengths.shape != (self.batch_size,):
            return None
        lengths = np.ascontiguousarray(lengths, np.int64)
        if not are_within(lengths[None], self.num_steps + 1):
            return None
        return padding_of(lengths.tobytes(), self.num_steps, mean, self.dtype)

    def fed(self, x: Array, labels: Int[Array, "1 N"], sequence_length: Lengths, mean: str) -> Fed | None:
        """Return what a step is given, ``None`` where the text book has to say what is wrong with it."""
        padding = self.padding(sequence_length, mean)
        if padding is None:
            return None
        words, numbers = np.zeros((1, 0), np.int64), np.empty((0, self.depth), self.dtype)
        if self.embedding:
            words = np.ascontiguousarray(x, np.int64).reshape(1, -1)
            if not are_within(words, self.embedding[2][0]):
                return None
        else:
            numbers = plain(x).reshape(-1, self.depth)
        logits = np.empty((self.num_rows, self.num_classes), self.dtype)
        return Fed(
            numbers, words, labels, padding.lengths, padding.shares, padding.forwards, padding.backwards, logits
        )

    def run(self, fed: Fed, change: Change, arena: Float[Array, " n"]) -> float:
        """Take a step in the memory of ``size`` numbers or more, and return the loss before it."""
        count, losses = min(len(self.layouts) - 2, share_count(self.work)), [0.0, 0.0]
        body = Body(self.layouts, Plans(self.tables, self.start, arena))
        team = np.zeros(LINE * len(losses), np.int64)

        def share(first: int, last: int) -> None:
            try:
                losses[first] = body_share(body, fed, change, team, called, first, last)
            except BaseException:
                # Whatever happens to one, the other must not wait for it for ever.
                team[LINE * first + 1] = GONE
                raise

        with announced("small cells over padded rows", "in", self.dtype):
            run(share, shares(len(self.layouts) - 2, count), calls=True)
        return losses[0]


def make_body(
    body: Network, head: str, places: Any, tree: Any, shape: tuple[int, ...], dtype: np.dtype
) -> SmallBody | None:
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
    plans: list[Any] = [plan_of(cell, x_shape, dtype, False) for cell in cells.values()]
    if None in plans:
        return None
    wanted: Any = {names[0]: embedding.param_shapes()} if embedding else {}
    of_cells = {scope: cell.param_shapes(x_shape[2]) for scope, cell in cells.items()}
    wanted[names[-1]] = of_cells[""] if type(layer) is RNN else of_cells
    # The kernels read the parameters in the order in which the cells make them.
    have = {path: leaf.shape for path, leaf in named_leaves({name: tree.get(name, {}) for name in names})}
    if [*flat_shapes(wanted).items()] != [*have.items()]:
        return None
    kernel = places[head]["kernel"]
    firsts = [*[first_of(places[names[-1]], scope) for scope in cells], kernel.first]
    made = SmallBody(plans, firsts, kernel.shape[1], embedding and tuple(places[names[0]]["embeddings"]))
    return made if made.width == kernel.shape[0] else None


def first_of(places: Any, scope: str) -> int:
    """Return where the first parameter of a cell begins among all."""
    branch = places[scope] if scope else places
    while type(branch) is dict:
        branch = next(iter(branch.values()))
    return branch.first


def is_body_of(x: Any, body: SmallBody, dtype: np.dtype) -> bool:
    """Return whether x are the words or the numbers that a body is for."""
    return is_plain(x) and (x.dtype.kind in "iu" if body.embedding else x.dtype == dtype)
