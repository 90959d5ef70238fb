"""RMSProp with momentum (TensorFlow: RMSPropOptimizer).

    r ← ρ r + (1 − ρ) g²
    a ← μ a + η g / √(r + ε)
    θ ← θ − a

    params θ, gradients g, slots r and a: dicts of arrays with the same names and shapes   η, ρ, μ, ε: numbers

The new r is used in the same step, and ε stands below the root. The arrays that came in stay as they are.

Exercise 35 of 38; the lesson is docs/training/rmsprop.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/rmsprop.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def rmsprop_step(params, gradients, rms, momenta, options):
    """Take one step.

    - ``params``, ``gradients``, ``rms`` r, ``momenta`` a: dicts of arrays.
    - ``options``: a dict of the numbers ``learning_rate`` η, ``decay`` ρ, ``momentum`` μ and ``epsilon`` ε.

    Return ``(new_params, new_rms, new_momenta)``: three dicts like ``params``.
    """
    # r ← ρ r + (1 − ρ) g²
    # a ← μ a + η g / √(r + ε)
    # θ ← θ − a
    raise NotImplementedError
