# mistake: Past the end of a row stands 0 instead of the input.
# mistake: The gradient is not turned back at all.

import numpy as np


def reverse_rows(inputs, sequence_length):
    turned = np.zeros_like(inputs)
    for b, length in enumerate(sequence_length):
        for t in range(length):
            turned[b, t] = inputs[b, length - 1 - t]
    return turned


def reverse_rows_backward(sequence_length, d_turned):
    return d_turned.copy()
