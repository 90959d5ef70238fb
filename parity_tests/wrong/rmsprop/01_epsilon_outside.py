# mistake: Epsilon stands outside of the root.

import numpy as np


def rmsprop_step(params, gradients, rms, momenta, options):
    eta, rho = options["learning_rate"], options["decay"]
    mu, epsilon = options["momentum"], options["epsilon"]
    new_params, new_rms, new_momenta = {}, {}, {}
    for name, g in gradients.items():
        r = rho * rms[name] + (1 - rho) * g**2
        a = mu * momenta[name] + eta * g / (np.sqrt(r) + epsilon)
        new_params[name] = params[name] - a
        new_rms[name], new_momenta[name] = r, a
    return new_params, new_rms, new_momenta
