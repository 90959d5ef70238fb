# The corrected means of the paper, with the ε that gives the same numbers.
import numpy as np


def adam_step(params, gradients, m, v, t, options):
    b1, b2 = options["beta1"], options["beta2"]
    new_m = {k: m[k] + (1 - b1) * (gradients[k] - m[k]) for k in params}
    new_v = {k: v[k] + (1 - b2) * (np.square(gradients[k]) - v[k]) for k in params}
    right = np.sqrt(1 - b2**t)
    new = {}
    for k, theta in params.items():
        m_hat, v_hat = new_m[k] / (1 - b1**t), new_v[k] / right**2
        new[k] = theta - options["learning_rate"] * m_hat / (np.sqrt(v_hat) + options["epsilon"] / right)
    return new, new_m, new_v
