# mistake: The bias is added twice.
# mistake: The gradient of the bias is summed over all axes and is one number.

import numpy as np


def dense_forward(params, x):
    return x @ params["kernel"] + 2 * params["bias"]


def dense_backward(params, x, d_y):
    d_x = d_y @ params["kernel"].T
    d_kernel = np.einsum("btd,btc->dc", x, d_y)
    d_bias = d_y.sum()
    return d_x, {"kernel": d_kernel, "bias": d_bias}
