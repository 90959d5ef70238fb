"""Adam (TensorFlow: AdamOptimizer).

    m ← β₁ m + (1 − β₁) g
    v ← β₂ v + (1 − β₂) g²
    η_t = η √(1 − β₂ᵗ) / (1 − β₁ᵗ)          t counts the steps from 1
    θ ← θ − η_t m / (√v + ε)

    params θ, gradients g, slots m and v: dicts of arrays with the same names and shapes   η, β₁, β₂, ε: numbers

ε stands outside the root, beside a √v that is not corrected. The arrays that came in stay as they are.

Exercise 36 of 38; the lesson is docs/training/adam.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/adam.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def adam_step(params, gradients, m, v, t, options):
    """Take step number t.

    - ``params``, ``gradients``, ``m``, ``v``: dicts of arrays. ``t``: an integer, 1 at the first step.
    - ``options``: a dict of the numbers ``learning_rate`` η, ``beta1`` β₁, ``beta2`` β₂ and ``epsilon`` ε.

    Return ``(new_params, new_m, new_v)``: three dicts like ``params``.
    """
    # η_t = η √(1 − β₂ᵗ) / (1 − β₁ᵗ)
    # m ← β₁ m + (1 − β₁) g
    # v ← β₂ v + (1 − β₂) g²
    # θ ← θ − η_t m / (√v + ε)
    raise NotImplementedError
