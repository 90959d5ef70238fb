# mistake: The array is as long as the first row, and longer rows are cut.

import numpy as np


def pad_batch(rows, padding_value):
    lengths = np.array([row.shape[0] for row in rows])
    T = len(rows[0])
    inputs = np.empty((len(rows), T, rows[0].shape[1]), rows[0].dtype)
    for b, row in enumerate(rows):
        inputs[b] = padding_value
        inputs[b, : lengths[b]] = row[:T]
    return inputs, lengths


def pad_batch_backward(sequence_length, d_inputs):
    d_rows = []
    for d, n in zip(d_inputs, sequence_length, strict=True):
        d_rows.append(np.array(d[:n]))
    return d_rows
