"""RMSProp with momentum (TensorFlow: RMSPropOptimizer).

    r ← ρ r + (1 − ρ) g²
    a ← μ a + η g / √(r + ε)
    θ ← θ − a

    params θ, gradients g, slots r and a: dicts of arrays with the same names and shapes   η, ρ, μ, ε: numbers

The new r is used in the same step, and ε stands below the root. The arrays that came in stay as they are.
"""

import numpy as np


def rmsprop_step(params, gradients, rms, momenta, options):
    """Take one step.

    - ``params``, ``gradients``, ``rms`` r, ``momenta`` a: dicts of arrays.
    - ``options``: a dict of the numbers ``learning_rate`` η, ``decay`` ρ, ``momentum`` μ and ``epsilon`` ε.

    Return ``(new_params, new_rms, new_momenta)``: three dicts like ``params``.
    """
    eta, rho = options["learning_rate"], options["decay"]
    mu, epsilon = options["momentum"], options["epsilon"]
    new_params, new_rms, new_momenta = {}, {}, {}
    for name, g in gradients.items():
        # r ← ρ r + (1 − ρ) g²
        r = rho * rms[name] + (1 - rho) * g**2
        # a ← μ a + η g / √(r + ε)
        a = mu * momenta[name] + eta * g / np.sqrt(r + epsilon)
        # θ ← θ − a
        new_params[name] = params[name] - a
        new_rms[name], new_momenta[name] = r, a
    return new_params, new_rms, new_momenta
