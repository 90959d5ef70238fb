"""The bounds of a case: its text book run on the numbers of ``running.py``."""

import numpy as np

from parity_tests.bounds import walk
from parity_tests.bounds.arithmetic import arithmetic_of_objects, text_book_in
from parity_tests.bounds.running import run_of
from scratch.tree import map_tree, named_leaves


def run_bounds(run, case, problem, dtype):
    """Return, for each number that ``run(backend, case, problem)`` returns, the bound of its error in ``dtype``.

    Raises ``KinkError`` where a number is so near to a kink that the derivative may be the one or the other.
    """
    # One error for each number of a state after each step, forward and back.
    states = sum(leaf.size for _, leaf in named_leaves(problem.initial_state))
    kind = run_of(dtype, 2 * states * problem.inputs.shape[1])

    def known(array):
        return array if array.dtype == bool else np.frompyfunc(kind.of, 1, 1)(array)

    arithmetic = arithmetic_of_objects(*(lambda z, name=name: getattr(kind.of(z), name)() for name in NAMES))
    with text_book_in(arithmetic):
        results = run(walk, case, map_tree(known, problem))
    return map_tree(np.vectorize(lambda number: ROUNDED_UP * kind.of(number).bound, otypes=[np.float64]), results)


# The values by which errors are multiplied are floats, right to 1e-15 or so. This makes up for them.
ROUNDED_UP = 1 + 1e-6
NAMES = ("exp", "tanh", "sigmoid")
