"""The value of a name: what of z_{f,b} is its name and what an index, and where its value comes from."""

import numpy as np

from parity_tests.equations.nodes import Name, Number, Span, children

# Who reads b in z_b: there it is a row, elsewhere the biases.
INDEX = ("an index", None)


class Meaningless(ValueError):
    """Readable, but no number comes of it: an unknown name, shapes that do not fit, an index past the end."""


class Reading:
    """One walk through the equations of a run; with a ``nudge``, one name or expression is moved wherever it is read.

    ``at`` holds the values of the indices, {"k": 2}, and ``reader`` the definition that asks, with its place. What the
    value of an expression is says ``Evaluation``.
    """

    def __init__(self, run, nudge=None, after=frozenset()):
        self.run, self.nudge, self.after = run, nudge, after
        self.memo, self.readers, self.pending = {}, [], set()

    def moved(self, value, reader):
        self.readers.append(reader)
        return value + self.nudge.step if self.nudge.through(reader) else value

    def name(self, node, at, reader):
        key, indices, exponent = self.resolve(node, at)
        value = self.read(key, indices, at, reader)
        return value if exponent is None else value ** self.value(exponent, at, reader)

    def resolve(self, node, at):
        """Return ``(key, indices, exponent)``: what of ``z_{f,b}`` is its name, z_f, and what an index."""
        key, indices, exponent = node.name, (), None
        if node.below:
            whole = f"{key}_{''.join(map(plain, node.below))}"
            if self.run.knows(whole):
                key = whole
            else:
                labels = [part for part in node.below if not self.is_index(part, at)]
                indices = tuple(self.index(part, at) for part in node.below if self.is_index(part, at))
                key = f"{key}_{''.join(map(plain, labels))}" if labels else key
        if self.run.is_local(key) and self.run.place in at and not any(self.says_place(part) for part in node.below):
            indices = (at[self.run.place], *indices)
        if node.above:
            labels = [part for part in node.above if not self.is_index(part, at)]
            family = f"{key}^{''.join(map(plain, labels))}"
            whole = f"{key}^{''.join(map(plain, node.above))}"
            if self.run.knows(whole):
                key = whole
            elif self.run.knows(family):
                key, indices = family, tuple(self.index(part, at) for part in node.above if self.is_index(part, at))
            else:
                exponent = node.above[0]
        return key, indices, exponent

    def is_index(self, part, at):
        if isinstance(part, Name) and part.below:
            counts = self.run.given.get(f"{part.name}[]", self.run.given.get(part.name))
            whole = isinstance(counts, np.ndarray) and counts.dtype.kind == "i"
            return whole and all(self.is_index(index, at) for index in part.below)
        if isinstance(part, Name):
            return part.name in at or self.run.is_size(part)
        return isinstance(part, Number | Span) or all(self.is_index(child, at) for child in children(part))

    def says_place(self, part):
        """Tell whether an index says which place is meant, as k, k − 1, 0 and K − 1 do, and b does not."""
        inside = {name.name for name in names(part) if not self.run.is_size(name)}
        return self.run.place in inside or (not inside and not isinstance(part, Name))

    def index(self, part, at):
        if isinstance(part, Span):
            return slice(self.index(part.first, at), self.index(part.last, at) + 1)
        return int(self.value(part, at, INDEX))

    def read(self, key, indices, at, reader):
        """Return the value of a name as ``reader`` sees it."""
        run = self.run
        if key in at and not indices and (reader is INDEX or not run.knows(key)):
            return at[key]
        key = f"{key}←" if key in self.after else key
        # n_b and n may be two names.
        key = f"{key}[]" if indices and f"{key}[]" in run.given else key
        depth = run.depth(key)
        if len(indices) < depth:
            return np.stack([self.read(key, (number,), at, reader) for number in run.span(key)])
        own, rest = indices[:depth], indices[depth:]
        value = self.origin(key, own)
        if self.nudge is not None and self.nudge.is_name(key, own):
            value = self.moved(value, reader)
        return pick(value, rest, key)

    def origin(self, key, own):
        """Return the value of a name: scratch's own, or in a walk with a nudge what its definition makes of it."""
        if (key, own) not in self.memo:
            run = self.run
            if (key, own) in run.constants:
                value = np.full_like(next(iter(run.known[key].values())), run.constants[key, own])
            elif key in run.given or (self.nudge is None and key in run.known):
                value = pick(run.given[key] if key in run.given else run.known[key], own, key)
            elif key in run.definitions:
                definition = run.definitions[key]
                if own and own[0] not in run.span(key):
                    raise Meaningless(f"{key} has no index {own[0]}")
                at = {definition.index: own[0]} if own else {}
                if (key, own) in self.pending:
                    raise Meaningless(f"{key} is defined by itself")
                self.pending.add((key, own))
                value = definition.part(self.value(definition.tree, at, (key, own[0] if own else None)))
            else:
                raise Meaningless(f"{key} is not known")
            self.memo[key, own] = value
        return self.memo[key, own]


def plain(part):
    """Return the text of a label at a symbol's foot."""
    if isinstance(part, Number):
        return f"{part.value:g}"
    if not isinstance(part, Name):
        return "?"
    return part.name + "".join(map(plain, part.below))


def pick(value, indices, name):
    """Return value[indices]; an index past either end is a mistake."""
    for index in indices:
        if isinstance(value, dict):
            if index not in value:
                raise Meaningless(f"{name} has no index {index}")
            value = value[index]
        elif callable(value):
            value = value(index)
        elif np.ndim(value) == 0 and not isinstance(value, list | tuple):
            raise Meaningless(f"{name} has no index")
        else:
            low, high = (index.start, index.stop) if isinstance(index, slice) else (index, index + 1)
            if not 0 <= low < high <= len(value):
                raise Meaningless(f"{name} has no index {index}")
            value = value[index]
    return value


def names(node):
    """Yield every name in a tree."""
    if isinstance(node, Name):
        yield node
    for child in children(node):
        yield from names(child)
