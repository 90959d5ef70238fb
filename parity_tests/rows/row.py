"""What a row is, and how it is called."""

import functools
import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

import scratch


class Row(NamedTuple):
    """``call(**arguments)`` returns results.

    - ``takes``: ``{path of a value: how the names of the unusual values begin that may be taken}``.
    - ``called``: what a refusal may call an argument beside its name.
    - ``optional``: parts of arguments that may be ``None``; an argument may be where that is its default.
    """

    call: Any
    arguments: dict
    takes: Mapping = MappingProxyType({})
    called: Mapping = MappingProxyType({})
    optional: tuple = ()


# Any tree of weights goes, and so does one with more in it, or less.
ANY_TREE = ["axis", "an axis", "more", "less", "empty", "no array but a dict"]
# Arrays are handed on as they are, whatever is in them.
ANY_ARRAY = ["other", "half", "long", "complex", "whole", "Boolean", "text", "byte-swapped", "NaN", "infinity"]


class Generator:
    """Stands for a new ``numpy.random.Generator`` in each call."""


GENERATOR = Generator()


def fresh(value):
    """Return arguments of their own for one call: with new generators, and lists and dicts that nobody else has."""
    if isinstance(value, Generator):
        return np.random.default_rng(5)
    if isinstance(value, dict):
        return {key: fresh(part) for key, part in value.items()}
    if isinstance(value, list):
        return [fresh(part) for part in value]
    if type(value) is tuple:
        return tuple(map(fresh, value))
    return value


def normal(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def integers(most, *shape, seed=0):
    return np.random.default_rng([seed, *shape]).integers(most, size=shape)


def function_of(label):
    """Return the public function, class or method that a label begins with the name of."""
    found = scratch
    for part in label.partition(" ")[0].split("."):
        found = getattr(found, part)
    return found


@functools.cache
def parameters_of(label):
    """Return ``{name: default}`` of what a label names, without ``self``; a ``**options`` brings those of the loop."""
    parameters = inspect.signature(function_of(label)).parameters.values()
    own = {p.name: p.default for p in parameters if p.name != "self" and p.kind is not p.VAR_KEYWORD}
    if any(p.kind is p.VAR_KEYWORD for p in parameters) and "engine" not in own:
        own["engine"] = "numpy"
    return own
