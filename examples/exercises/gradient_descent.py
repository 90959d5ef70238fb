"""Plain gradient descent, and a learning rate that falls in steps.

    θ ← θ − η g          for every parameter by itself
    η_s = η_0 · rate^(s // every)          s counts the steps from 0; // is division without remainder

    params θ and gradients g: dicts of arrays with the same names and shapes   η: a number

Exercise 32 of 38; the lesson is docs/training/optimizers.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/gradient_descent.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""


def gradient_descent(params, gradients, learning_rate):
    """Take one step. The arrays that came in stay as they are.

    - ``params``, ``gradients``: dicts of arrays. ``learning_rate``: η.

    Return ``new_params``, a dict like ``params``.
    """
    # θ ← θ − η g
    raise NotImplementedError


def staircase_rate(first_rate, rate, every, step):
    """Compute the learning rate of a step.

    - ``first_rate``: η_0. ``rate``: a number below 1. ``every``, ``step``: integers.

    Return ``learning_rate``, a number.
    """
    # η_s = η_0 · rate^(s // every)
    raise NotImplementedError
