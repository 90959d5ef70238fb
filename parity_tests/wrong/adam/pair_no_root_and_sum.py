# mistake: The root of v is not taken.
# mistake: m adds the whole gradient: the factor 1 - beta1 is missing.

import numpy as np


def adam_step(params, gradients, m, v, t, options):
    """Take step number t.

    - ``params``, ``gradients``, ``m``, ``v``: dicts of arrays. ``t``: an integer, 1 at the first step.
    - ``options``: a dict of the numbers ``learning_rate`` η, ``beta1`` β₁, ``beta2`` β₂ and ``epsilon`` ε.

    Return ``(new_params, new_m, new_v)``: three dicts like ``params``.
    """
    eta, epsilon = options["learning_rate"], options["epsilon"]
    beta1, beta2 = options["beta1"], options["beta2"]
    new_params, new_m, new_v = {}, {}, {}
    eta_t = eta * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    for name, g in gradients.items():
        new_m[name] = beta1 * m[name] + g
        new_v[name] = beta2 * v[name] + (1 - beta2) * g**2
        new_params[name] = params[name] - eta_t * new_m[name] / (new_v[name] + epsilon)
    return new_params, new_m, new_v
