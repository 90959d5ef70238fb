# mistake: The last axis is turned round too: each vector is read from behind.

import numpy as np


def reverse_rows(inputs, sequence_length):
    turned = np.array(inputs)
    for b in range(len(inputs)):
        n = sequence_length[b]
        turned[b, :n] = np.flip(inputs[b, :n])
    return turned


def reverse_rows_backward(sequence_length, d_turned):
    d_inputs = np.array(d_turned)
    for b in range(len(d_turned)):
        n = sequence_length[b]
        for t in range(n):
            d_inputs[b, n - 1 - t] = d_turned[b, t]
    return d_inputs
