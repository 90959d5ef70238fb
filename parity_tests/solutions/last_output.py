"""The output of the last real step of each row, for a classifier at the end of a sequence.

    last_b = outputs_{b, T_b − 1}   where T_b > 0          0 where the row has no steps

    outputs [B, T, H]   last [B, H]   T_b: sequence_length [B], integers from 0 to T
"""

import numpy as np


def last_output(outputs, sequence_length):
    """Pick one step of each row.

    - ``outputs`` [B, T, H]. ``sequence_length`` [B].

    Return ``last`` [B, H].
    """
    # last_b = outputs_{b, T_b − 1}
    rows = np.arange(len(outputs))
    last = outputs[rows, np.maximum(sequence_length - 1, 0)]
    # 0 where the row has no steps
    return np.where((sequence_length > 0)[:, None], last, 0)


def last_output_backward(outputs, sequence_length, d_last):
    """Compute the gradient of the outputs.

    - ``outputs`` [B, T, H]: only the shape matters here. ``sequence_length`` [B]. ``d_last`` [B, H].

    Return ``d_outputs`` [B, T, H].
    """
    d_outputs = np.zeros_like(outputs)
    # last_b = outputs_{b, T_b − 1}          0 where the row has no steps
    for b, length in enumerate(sequence_length):
        if length > 0:
            d_outputs[b, length - 1] = d_last[b]
    return d_outputs
