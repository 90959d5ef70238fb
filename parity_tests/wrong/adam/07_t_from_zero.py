# mistake: The steps are counted one too far: t + 1 is used in the correction.

import numpy as np


def adam_step(params, gradients, m, v, t, options):
    eta, epsilon = options["learning_rate"], options["epsilon"]
    beta1, beta2 = options["beta1"], options["beta2"]
    new_params, new_m, new_v = {}, {}, {}
    # η_t = η √(1 − β₂ᵗ) / (1 − β₁ᵗ)
    eta_t = eta * np.sqrt(1 - beta2 ** (t + 1)) / (1 - beta1 ** (t + 1))
    for name, g in gradients.items():
        # m ← β₁ m + (1 − β₁) g
        new_m[name] = beta1 * m[name] + (1 - beta1) * g
        # v ← β₂ v + (1 − β₂) g²
        new_v[name] = beta2 * v[name] + (1 - beta2) * g**2
        # θ ← θ − η_t m / (√v + ε)
        new_params[name] = params[name] - eta_t * new_m[name] / (np.sqrt(new_v[name]) + epsilon)
    return new_params, new_m, new_v
