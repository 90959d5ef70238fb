"""What the tree of an equation is made of. A node is compared by what it says, so two equal expressions are equal."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Name:
    """A symbol: z with ``below`` (f,) for z_f, "hat c" for ĉ, "c'" for c', the words of a ``\\text``."""

    name: str
    below: tuple = ()
    above: tuple = ()


@dataclass(frozen=True)
class Sum:
    """Terms with the signs +1 and −1."""

    terms: tuple


@dataclass(frozen=True)
class Product:
    """Factors, and before each the sign of its product: ``\\odot``, ``\\cdot``, ``/``, or nothing."""

    factors: tuple


@dataclass(frozen=True)
class Fraction:
    top: Any
    bottom: Any


@dataclass(frozen=True)
class Power:
    base: Any
    exponent: Any


@dataclass(frozen=True)
class Transposed:
    matrix: Any


@dataclass(frozen=True)
class Over:
    """Σ or max over indices: those of ``indices``, or from ``first`` to ``last``."""

    function: str
    indices: tuple
    first: Any
    last: Any
    body: Any


@dataclass(frozen=True)
class Derivative:
    """∂top / ∂bottom; ``path``, what stands at the foot of a bar behind it, says through what alone."""

    top: Any
    bottom: Any
    path: Any = None


@dataclass(frozen=True)
class Call:
    function: Any
    arguments: tuple


@dataclass(frozen=True)
class Items:
    """(a, b) with ``kind`` "(", and [a, b], which stands for a and b side by side, with "["."""

    kind: str
    items: tuple


@dataclass(frozen=True)
class Indexed:
    """An expression with an index: R(x)_{b,t}."""

    array: Any
    indices: tuple


@dataclass(frozen=True)
class Span:
    """first … last, both included."""

    first: Any
    last: Any


@dataclass(frozen=True)
class Dots:
    """… between terms or items."""


@dataclass(frozen=True)
class Cases:
    """Pairs of an expression and the condition under which it counts."""

    branches: tuple


@dataclass(frozen=True)
class Relation:
    """Sides with a sign between each two: a = b = c, t < T."""

    sides: tuple
    signs: tuple


def children(node):
    """Yield the nodes of which a node is made."""
    parts = node if isinstance(node, tuple) else [getattr(node, name) for name in node.__dataclass_fields__]
    for part in parts:
        if isinstance(part, tuple):
            yield from children(part)
        elif hasattr(part, "__dataclass_fields__"):
            yield part
