# mistake: A row of no steps sends its gradient to the last column, because the index -1 is not caught.

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
        d_outputs[b, length - 1] = d_last[b]
    return d_outputs
