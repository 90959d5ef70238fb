"""A run: numbers of scratch under the names of a page, and the page's own forward pass to differentiate.

The equations of a page's forward pass define its names. Each must give the numbers that scratch has for them. Then a
derivative is a complex step: one entry of one name is moved by iε wherever it is read, and the imaginary part of the
loss, over ε, is its derivative. Where scratch returns a gradient, that is the one that counts, and a test holds it to
the complex step.
"""

import functools
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from parity_tests.equations.evaluate import Evaluation
from parity_tests.equations.nodes import Indexed, Items, Name, Product
from parity_tests.equations.reader import parse
from parity_tests.equations.reading import Meaningless, pick, plain
from parity_tests.equations.tokens import tokens
from scratch.tree import named_leaves

STEP = 1e-100


@dataclass(frozen=True)
class Definition:
    """``tree`` as the value of a name: all of it, its item ``item``, or of ``parts`` side by side the ``item``-th."""

    tree: Any
    index: str | None = None
    item: int | None = None
    parts: int | None = None

    def part(self, value):
        if self.item is None:
            return value
        return np.split(value, self.parts, axis=-1)[self.item] if self.parts else value[self.item]


@dataclass(frozen=True)
class Nudge:
    """Moves a name, (key, indices), or an expression at a place, by ``step``, for the readers of ``path``."""

    target: Any
    place: Any
    step: Any = 0.0
    path: Any = None

    def is_name(self, key, own):
        return self.target == key and self.place == own

    def is_expression(self, node, place):
        return node == self.target and (self.place is None or self.place == place)

    def through(self, reader):
        return self.path is None or self.path(reader)


@dataclass
class Run:
    """What the names of a page are in one run of scratch.

    - ``given``: what the equations start from; functions too. A dict or list is a name with one index more.
    - ``known``: what scratch made of it, under the names that the equations define.
    - ``gradients``: what scratch's backward pass returned, ``{"L/W": …}``.
    - ``loss``: for each name that the loss L reads, the gradient that the backward pass was given: L is their product.
    - ``ranges``: what each index runs over. ``place``: the index whose names may be written without it.
    - ``paths``: for a label at the foot of a bar, the names through which alone a derivative goes.
    - ``entrywise``: every symbol stands for one entry of an array, so that any product is one of numbers.
    - ``group``: an equation must hold in all runs of a group; a run without is a group of its own.
    - ``meant``: beginnings of the statements that this run alone is about.
    """

    given: dict
    equations: tuple = ()
    known: dict = field(default_factory=dict)
    gradients: dict = field(default_factory=dict)
    loss: dict = field(default_factory=dict)
    ranges: dict = field(default_factory=dict)
    place: str | None = None
    paths: dict = field(default_factory=dict)
    entrywise: bool = False
    group: Any = None
    meant: tuple = ()

    def __post_init__(self):
        self.definitions, self.constants, self.found = {}, {}, {}
        self.define_all(self.equations)

    def define_all(self, equations):
        for equation in equations:
            self.define(parse(tokens(equation)))

    def define(self, relation):
        """Take ``name = tree``; with several names before the =, each is an item or a part of it."""
        target, tree = relation.sides
        if isinstance(target, Items):
            letters = {item.name for item in target.items}
            parts = len(target.items) if target.kind == "[" else None
            # z_i, z_j side by side are z.
            whole = letters.pop() if parts and len(letters) == 1 else ""
            if whole:
                self.definitions.setdefault(whole, Definition(tree, self.place))
                tree = Name(whole)
            for number, item in enumerate(target.items):
                self.add(item, tree, number, parts)
        else:
            self.add(target, tree)

    def add(self, target, tree, item=None, parts=None):
        names = [part for part in target.below if isinstance(part, Name)]
        index = next((part.name for part in names if part.name in self.ranges), self.place)
        labels = "".join(plain(part) for part in names if part.name not in self.ranges)
        key = f"{target.name}_{labels}" if labels else target.name
        key += "".join(f"^{plain(part)}" for part in target.above)
        if len(names) < len(target.below):
            number = int(Evaluation(self).value(target.below[0], {}))
            self.constants[key, (number,)] = tree.value
        elif key not in self.given:
            self.definitions.setdefault(key, Definition(tree, index, item, parts))

    # What a name is

    def knows(self, key):
        bottoms = (name.partition("/")[2].partition("|")[0] for name in self.gradients)
        return key in self.given or key in self.known or key in self.definitions or key in bottoms

    def is_size(self, name):
        return not name.below and not name.above and isinstance(self.given.get(name.name), int)

    def depth(self, key):
        """Return how many indices belong to a name: 1 where each place has one of its own."""
        indexed = key in self.definitions and self.definitions[key].index
        return 1 if indexed or isinstance(self.given.get(key), dict) else 0

    def is_local(self, key):
        return key in self.definitions and self.definitions[key].index == self.place is not None

    def span(self, key):
        return self.ranges[self.definitions[key].index] if key in self.definitions else list(self.given[key])

    def is_idle(self, key):
        """Tell whether a name is defined and nothing that scratch has numbers for is made of it."""
        return key in self.definitions and key not in self.known and key not in self.used

    @functools.cached_property
    def used(self):
        """The names that the numbers of scratch are made of, by the definitions."""
        walk = Evaluation(self, Nudge(None, None))
        for key in set(self.known) & set(self.definitions):
            walk.read(key, (), {}, None)
        return {key for key, _ in walk.memo}

    # Derivatives

    def derivative(self, evaluation, node, at):
        """Return the value of a ``Derivative``: scratch's, or else that of a complex step."""
        top, tops, _ = evaluation.resolve(node.top, at)
        label, more, path = self.path(evaluation, node.path, at)
        target, own, rest = self.target(evaluation, node.bottom, at)
        known = self.gradients.get(f"{top}/{target}{label}")
        if known is not None:
            return pick(known, (*tops, *own, *rest, *more), f"the gradient of {target}")
        if tops or not (top in self.definitions or (top == "L" and self.loss)):
            raise Meaningless(f"no gradient of {top} with respect to {target}")
        key = top, target, own, label, more
        if key not in self.found:
            self.found[key] = self.step(target, own, path, top)
        return pick(self.found[key], rest, f"the gradient of {target}")

    def target(self, evaluation, node, at):
        """Return ``(name or expression, its place, what else it is indexed by)`` for what a derivative is taken by."""
        more = ()
        if isinstance(node, Indexed):
            node, more = node.array, tuple(evaluation.index(index, at) for index in node.indices)
        if not isinstance(node, Name):
            return node, at.get(self.place), more
        key, indices, exponent = evaluation.resolve(node, at)
        if exponent is not None:
            raise Meaningless(f"the derivative by a power of {key}")
        depth = self.depth(key)
        return key, indices[:depth], (*indices[depth:], *more)

    def path(self, evaluation, node, at):
        """Return ``(label, indices, condition on the reader)`` of what stands at the foot of a bar."""
        if node is None:
            return "", (), None
        if isinstance(node, Product):
            parts = [evaluation.resolve(factor, at) for _, factor in node.factors]
            return "|" + " ".join(key for key, _, _ in parts), sum((indices for _, indices, _ in parts), ()), None
        if isinstance(node, Name) and node.name in self.paths:
            return f"|{node.name}", (), lambda reader: reader[0] in self.paths[node.name]
        if not evaluation.is_index(node, at):
            raise Meaningless("a derivative through what?")
        place = evaluation.index(node, at)
        return "|", (place,), lambda reader: reader[1] == place

    def total(self, evaluation, top="L"):
        """Return L, or another number that is to be differentiated."""
        if top != "L":
            return evaluation.read(top, (), {}, (top, None))
        read = {key: evaluation.read(key, (), {}, ("L", None)) for key in self.loss}
        pairs = zip(named_leaves(self.loss), named_leaves(read), strict=True)
        return sum((weight * value).sum() for (_, weight), (_, value) in pairs)

    def step(self, target, own, path=None, top="L"):
        """Return the gradient of L, or of another number, by complex steps."""
        plain_walk = Evaluation(self)
        if isinstance(target, str):
            value = plain_walk.read(target, own, {}, None)
        else:
            value = plain_walk.value(target, {} if own is None else {self.place: own})
        gradient = np.zeros(np.shape(value))
        for index in np.ndindex(gradient.shape):
            direction = np.zeros(gradient.shape)
            direction[index] = 1
            gradient[index] = self.slope(target, own, direction, path, top)
        return gradient

    def slope(self, target, own, direction, path=None, top="L"):
        """Return the derivative of L along a direction in which a name or an expression is moved."""
        walk = Evaluation(self, Nudge(target, own, STEP * 1j * direction, path))
        slope = np.imag(self.total(walk, top)) / STEP
        if not walk.readers:
            raise Meaningless(f"nothing reads {target}")
        return slope

    def pieces(self, node, at):
        """Return what a gradient is the sum of: one array for each definition that reads the name."""
        target, own, rest = self.target(Evaluation(self), node.bottom, at)
        if ("pieces", target, own) not in self.found:
            walk = Evaluation(self, Nudge(target, own))
            self.total(walk)
            readers = {reader[0] for reader in walk.readers}
            self.found["pieces", target, own] = [
                self.step(target, own, lambda reader, name=name: reader[0] == name) for name in sorted(readers)
            ]
        return [pick(piece, rest, target) for piece in self.found["pieces", target, own]]
