# mistake: The index is off by one: T_b instead of T_b - 1.

import numpy as np


def last_output(outputs, sequence_length):
    # last_b = outputs_{b, T_b − 1}
    rows = np.arange(len(outputs))
    last = outputs[rows, np.minimum(sequence_length, outputs.shape[1] - 1)]
    # 0 where the row has no steps
    return np.where((sequence_length > 0)[:, None], last, 0)


def last_output_backward(outputs, sequence_length, d_last):
    d_outputs = np.zeros_like(outputs)
    # last_b = outputs_{b, T_b − 1}          0 where the row has no steps
    for b, length in enumerate(sequence_length):
        if length > 0:
            d_outputs[b, length - 1] = d_last[b]
    return d_outputs
