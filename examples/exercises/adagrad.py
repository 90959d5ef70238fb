"""Adagrad (TensorFlow: AdagradOptimizer).

    a ← a + g²
    θ ← θ − η g / √a

    params θ, gradients g, slots a: dicts of arrays with the same names and shapes; a is greater than 0   η: a number

The new a is used in the same step. There is no ε. The arrays that came in stay as they are.

Exercise 33 of 38; the lesson is docs/training/optimizers.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/adagrad.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def adagrad_step(params, gradients, slots, learning_rate):
    """Take one step.

    - ``params``, ``gradients``, ``slots``: dicts of arrays. ``learning_rate``: η.

    Return ``(new_params, new_slots)``: two dicts like ``params``.
    """
    # a ← a + g²
    # θ ← θ − η g / √a
    raise NotImplementedError
