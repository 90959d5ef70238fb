"""The text book in another arithmetic: the very files of ``scratch/cells``, run on numbers that are no floats.

A NumPy array may hold objects, and ``@``, ``+``, ``np.split`` and the rest then call the objects' own operations. What
is left to replace are the functions of one number, and the checks, which take floats alone. So one file of equations
gives floats, 50 digits (``exact.py``), bounds of its own rounding error (``running.py``), and JAX's derivatives.
"""

import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from scratch.activations import ACTIVATIONS, Activations
from scratch.cells import attention, coupled_lstm, dropout, full_lstm, grid_lstm, gru, lstm, multi, residual, rnn

TEXT_BOOK = [attention, coupled_lstm, dropout, full_lstm, grid_lstm, gru, lstm, multi, residual, rnn]
TEXT_BOOK += [sys.modules[f"scratch.{name}"] for name in ("activations", "cell", "cells.time_freq_lstm")]
CHECKS = ("check_array", "check_state", "check_fit", "check_masks")


class Arithmetic(NamedTuple):
    """What takes the place of NumPy, and of σ and tanh, in the text book."""

    numpy: Any
    sigmoid: Callable
    tanh: Callable


class ObjectNumPy:
    """NumPy with exp and tanh of numbers of another kind."""

    def __init__(self, exp, tanh):
        self.exp, self.tanh = np.frompyfunc(exp, 1, 1), np.frompyfunc(tanh, 1, 1)

    def __getattr__(self, name):
        return getattr(np, name)


def arithmetic_of_objects(exp, tanh, sigmoid):
    """Return the ``Arithmetic`` of numbers that have these three functions, and the operators of Python."""
    numpy = ObjectNumPy(exp, tanh)
    return Arithmetic(numpy, np.frompyfunc(sigmoid, 1, 1), numpy.tanh)


@contextmanager
def text_book_in(arithmetic):
    """Let the text book compute in an ``Arithmetic``, checking nothing, until the block ends."""

    own = {"tanh": arithmetic.tanh, "sigmoid": arithmetic.sigmoid}
    found = {name: phi._replace(value=own.get(name, phi.value)) for name, phi in ACTIVATIONS.items()}
    names = {"np": arithmetic.numpy, "sigmoid": arithmetic.sigmoid, "ACTIVATIONS": Activations(found)}
    names |= dict.fromkeys(CHECKS, lambda *arguments: None)
    kept = [(module, name, vars(module)[name]) for module in TEXT_BOOK for name in names if name in vars(module)]
    try:
        for module, name, _ in kept:
            setattr(module, name, names[name])
        yield
    finally:
        for module, name, value in kept:
            setattr(module, name, value)
