"""The value of a tree, where a run gives a value to every name.

Rows are the first axis of an array and numbers of a unit the last, as everywhere in this project: x W is a product of
matrices, a ⊙ b one entry by entry, a · b a sum over the last axis.
"""

import numpy as np

from parity_tests.equations.nodes import Dots, Name, Number, Relation
from parity_tests.equations.reading import Meaningless, Reading, pick

BUILT_IN = {
    "tanh": np.tanh,
    "cos": np.cos,
    "log": np.log,
    "exp": np.exp,
    "abs": lambda v: np.abs(np.real(v)),
    "floor": np.floor,
    "norm": np.linalg.norm,
}
OTHERWISE = {Name("otherwise"), Name("past the end")}
COMPARE = {"=": np.equal, r"\le": np.less_equal, "<": np.less, r"\ge": np.greater_equal, ">": np.greater}


class Evaluation(Reading):
    """A walk that knows the value of every kind of node: a method each, under its name."""

    def value(self, node, at, reader=None):
        value = getattr(self, type(node).__name__.lower())(node, at, reader)
        if self.nudge is not None and self.nudge.is_expression(node, at.get(self.run.place)):
            value = self.moved(value, reader)
        return value

    def number(self, node, at, reader):
        return node.value

    def sum(self, node, at, reader):
        return sum(sign * self.value(term, at, reader) for sign, term in node.terms)

    def product(self, node, at, reader):
        values = [(sign, self.value(factor, at, reader)) for sign, factor in node.factors]
        result = values[0][1]
        for sign, value in values[1:]:
            result = result / value if sign == "/" else multiply(sign, result, value, self.run.entrywise)
        return result

    def fraction(self, node, at, reader):
        return self.value(node.top, at, reader) / self.value(node.bottom, at, reader)

    def power(self, node, at, reader):
        return self.value(node.base, at, reader) ** self.value(node.exponent, at, reader)

    def transposed(self, node, at, reader):
        value = self.value(node.matrix, at, reader)
        if np.ndim(value) != 2:
            raise Meaningless("only a matrix is transposed")
        return value.T

    def over(self, node, at, reader):
        ranges = [self.run.ranges.get(index) for index in node.indices]
        if node.first is not None:
            ranges = [range(self.index(node.first, at), self.index(node.last, at) + 1)]
        if None in ranges:
            raise Meaningless(f"{node.indices} counts nothing here")
        places = [
            at | {index: numbers[number] for index, numbers, number in zip(node.indices, ranges, place, strict=True)}
            for place in np.ndindex(*map(len, ranges))
        ]
        values = [self.value(node.body, place, reader) for place in places]
        return sum(values) if node.function == "sum" else np.max(values, axis=0)

    def call(self, node, at, reader):
        if not isinstance(node.function, Name):
            return self.call(type(node)(node.function.base, node.arguments), at, reader) ** self.value(
                node.function.exponent, at, reader
            )
        arguments = [self.value(argument, at, reader) for argument in node.arguments]
        name = node.function.name
        if name in {"max", "min"}:
            return getattr(np, name if len(arguments) == 1 else f"{name}imum")(*arguments)
        function = BUILT_IN[name] if name in BUILT_IN else self.value(node.function, at, reader)
        if not callable(function):
            raise Meaningless(f"{name} is not a function")
        return function(*arguments)

    def items(self, node, at, reader):
        if node.kind == "[" and isinstance(node.items[0], Relation):
            return np.where(self.relation(node.items[0], at, reader), 1.0, 0.0)
        items = list(self.spelled_out(node.items, at))
        values = [self.value(item, place, reader) for item, place in items]
        if node.kind == "[":
            return np.concatenate(values, axis=-1)
        return np.stack(values) if any(isinstance(item, Dots) for item in node.items) else tuple(values)

    def spelled_out(self, items, at):
        """Yield ``(item, at)`` with what … stands for: S_1, …, S_{K−1} is S_1, S_2 and so on."""
        for before, item, behind in zip((None, *items), items, (*items[1:], None), strict=False):
            if not isinstance(item, Dots):
                yield item, at
            elif not isinstance(before, Name) or not isinstance(behind, Name) or before.name != behind.name:
                raise Meaningless("… between what?")
            else:
                for number in range(self.index(before.below[0], at) + 1, self.index(behind.below[0], at)):
                    yield Name(before.name, (Number(number),)), at

    def indexed(self, node, at, reader):
        indices = tuple(self.index(index, at) for index in node.indices)
        return pick(self.value(node.array, at, reader), indices, "an expression")

    def span(self, node, at, reader):
        return np.arange(self.index(node.first, at), self.index(node.last, at) + 1)

    def cases(self, node, at, reader):
        conditions = []
        for _, condition in node.branches:
            rest = condition in OTHERWISE
            conditions.append(~np.any(conditions, axis=0) if rest else self.value(condition, at, reader))
        if all(np.ndim(condition) == 0 for condition in conditions):
            return self.value(node.branches[int(np.argmax(conditions))][0], at, reader)
        if not (sum(np.asarray(condition, int) for condition in conditions) == 1).all():
            raise Meaningless("not one case for each row")
        values = [self.value(value, at, reader) for value, _ in node.branches]
        return sum(np.where(condition, value, 0) for condition, value in zip(conditions, values, strict=True))

    def relation(self, node, at, reader):
        values = [np.real(self.value(side, at, reader)) for side in node.sides]
        held = [COMPARE[sign](*pair) for sign, *pair in zip(node.signs, values, values[1:], strict=False)]
        return np.logical_and.reduce(held)

    def derivative(self, node, at, reader):
        if self.nudge is not None:
            raise Meaningless("a derivative in a definition")
        return self.run.derivative(self, node, at)


def multiply(sign, a, b, entrywise):
    """Return a ⊙ b, a · b or, with no sign, the product of matrices or with a number."""
    if callable(a) or callable(b) or isinstance(a, tuple) or isinstance(b, tuple):
        raise Meaningless("only numbers are multiplied")
    a, b = np.asarray(a), np.asarray(b)
    numbers = entrywise or 0 in (a.ndim, b.ndim)
    # A column has a number for each row.
    column = numbers or 1 in (a.shape[-1], b.shape[-1])
    if sign == r"\cdot" and not column:
        return (a * b).sum(axis=-1, keepdims=True)
    if sign == "" and not numbers and b.ndim == 2 and a.shape[-1] == b.shape[0]:
        return a @ b
    if (sign == "" and not column) or (sign == r"\odot" and not numbers and a.shape[-1] != b.shape[-1]):
        raise Meaningless(f"[{a.shape}] and [{b.shape}] make no product")
    return a * b
