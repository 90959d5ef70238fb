"""What goes from layer to layer, and what a layer is made of and run with."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Tensor(NamedTuple):
    """An array, and the mask that Keras would hand on with it: Booleans, or ``None`` where every step counts."""

    value: np.ndarray
    mask: np.ndarray | None = None


class Layer(NamedTuple):
    """A layer as the description has it. ``parts``: the layers inside it, such as the two of a Bidirectional.

    ``run(layer, tensors, call)`` takes a list of its inputs and returns its output, or a list of several.
    """

    kind: str
    name: str
    path: str
    options: dict
    weights: dict
    parts: dict
    run: Callable


class Call(NamedTuple):
    """What a layer is run with besides its inputs: the engine, the states that layers keep, and what it is given."""

    engine: str
    states: dict
    initial_state: list | tuple = ()
    mask_given: bool = False


def plain(function):
    """Return the ``run`` of a layer that computes arrays from arrays; the first mask goes on where Keras lets it."""

    def run(layer, tensors, call):
        y = function(layer, *[tensor.value for tensor in tensors])
        return Tensor(y, tensors[0].mask if layer.options["masking"] else None)

    return run
