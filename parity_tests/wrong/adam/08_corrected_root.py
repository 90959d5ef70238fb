# mistake: The root of v is corrected before epsilon is added (the form of the paper), so epsilon weighs differently.

import numpy as np


def adam_step(params, gradients, m, v, t, options):
    beta1, beta2 = options["beta1"], options["beta2"]
    new_params, new_m, new_v = {}, {}, {}
    for k in params:
        new_m[k] = beta1 * m[k] + (1 - beta1) * gradients[k]
        new_v[k] = beta2 * v[k] + (1 - beta2) * np.square(gradients[k])
        m_hat = new_m[k] / (1 - beta1**t)
        v_hat = new_v[k] / (1 - beta2**t)
        new_params[k] = params[k] - options["learning_rate"] * m_hat / (np.sqrt(v_hat) + options["epsilon"])
    return new_params, new_m, new_v
