# mistake: The decay weighs the new square, and 1 - decay the old average.

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
        r = (1 - rho) * rms[name] + rho * g**2
        a = mu * momenta[name] + eta * g / np.sqrt(r + epsilon)
        new_params[name] = params[name] - a
        new_rms[name], new_momenta[name] = r, a
    return new_params, new_rms, new_momenta
