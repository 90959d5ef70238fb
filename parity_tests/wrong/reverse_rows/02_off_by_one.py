# mistake: The loop ends one step early, so that the last real step of a row is not replaced.

import numpy as np


def reverse_rows(inputs, sequence_length):
    turned = np.copy(inputs)
    for b, length in enumerate(sequence_length):
        for t in range(length - 1):
            turned[b, t] = inputs[b, length - 1 - t]
    return turned


def reverse_rows_backward(sequence_length, d_turned):
    d_inputs = d_turned.copy()
    for b, length in enumerate(sequence_length):
        d_inputs[b, :length] = d_turned[b, :length][::-1]
    return d_inputs
