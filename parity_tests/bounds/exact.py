"""The text book in 50 digits: what the results are, to the last digit of any float."""

from functools import partial

import mpmath
import numpy as np

from parity_tests.bounds import walk
from parity_tests.bounds.arithmetic import arithmetic_of_objects, text_book_in
from scratch.tree import map_tree

DIGITS = 50
# A context of its own: nobody else's precision is changed.
CONTEXT = mpmath.MPContext()
CONTEXT.dps = DIGITS


def sigmoid(z):
    return 1 / (1 + CONTEXT.exp(-z))


EXACT = arithmetic_of_objects(CONTEXT.exp, CONTEXT.tanh, sigmoid)


def exact_array(array):
    """Return floats as numbers of 50 digits, every bit as it was; Booleans, which are masks, stay what they are."""
    return array if array.dtype == bool else np.frompyfunc(lambda number: CONTEXT.mpf(float(number)), 1, 1)(array)


def rounded(array, dtype=np.float64):
    """Return numbers of 50 digits as floats, each the nearest there is."""
    return np.vectorize(float, otypes=[dtype])(array)


def run_exact(run, case, problem):
    """Return what ``run(backend, case, problem)`` returns, in 50 digits, an array of objects for each quantity."""
    with text_book_in(EXACT):
        return run(walk, case, map_tree(exact_array, problem))


def run_rounded(run, case, problem):
    """Return the same in float64, each number rounded once: equal on every machine, to the last bit."""
    return map_tree(partial(rounded, dtype=np.float64), run_exact(run, case, problem))
