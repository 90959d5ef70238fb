# mistake: The learning rate multiplies the whole a at the end instead of the new part only.

import numpy as np


def rmsprop_step(params, gradients, rms, momenta, options):
    eta, rho = options["learning_rate"], options["decay"]
    mu, epsilon = options["momentum"], options["epsilon"]
    new_params, new_rms, new_momenta = {}, {}, {}
    for name, g in gradients.items():
        # r ← ρ r + (1 − ρ) g²
        r = rho * rms[name] + (1 - rho) * g**2
        # a ← μ a + η g / √(r + ε)
        a = mu * momenta[name] + g / np.sqrt(r + epsilon)
        # θ ← θ − a
        new_params[name] = params[name] - eta * a
        new_rms[name], new_momenta[name] = r, a
    return new_params, new_rms, new_momenta
