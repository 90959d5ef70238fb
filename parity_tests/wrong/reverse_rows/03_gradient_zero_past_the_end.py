# mistake: The gradient past the end of a row is 0 instead of being passed on.

import numpy as np


def reverse_rows(inputs, sequence_length):
    turned = np.copy(inputs)
    # reversed_{b,t} = inputs_{b, T_b − 1 − t}
    for b, length in enumerate(sequence_length):
        turned[b, :length] = inputs[b, :length][::-1]
    return turned


def reverse_rows_backward(sequence_length, d_turned):
    # reversed_{b,t} = inputs_{b, T_b − 1 − t}
    d_inputs = np.zeros_like(d_turned)
    for b, length in enumerate(sequence_length):
        d_inputs[b, :length] = d_turned[b, :length][::-1]
    return d_inputs
