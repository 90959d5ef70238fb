# mistake: A row of no steps gives the last column of the array instead of 0.

import numpy as np


def last_output(outputs, sequence_length):
    """Pick one step of each row.

    - ``outputs`` [B, T, H]. ``sequence_length`` [B].

    Return ``last`` [B, H].
    """
    rows = np.arange(len(outputs))
    return outputs[rows, sequence_length - 1]


def last_output_backward(outputs, sequence_length, d_last):
    """Compute the gradient of the outputs.

    - ``outputs`` [B, T, H]: only the shape matters here. ``sequence_length`` [B]. ``d_last`` [B, H].

    Return ``d_outputs`` [B, T, H].
    """
    d_outputs = np.zeros_like(outputs)
    for b, length in enumerate(sequence_length):
        if length > 0:
            d_outputs[b, length - 1] = d_last[b]
    return d_outputs
