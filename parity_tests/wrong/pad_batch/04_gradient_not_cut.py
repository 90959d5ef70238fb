# mistake: The gradients of the rows are not cut to their lengths; they keep the padding.

import numpy as np


def pad_batch(rows, padding_value):
    sequence_length = np.array([len(row) for row in rows])
    inputs = np.full((len(rows), sequence_length.max(), rows[0].shape[1]), padding_value, rows[0].dtype)
    for b, row in enumerate(rows):
        inputs[b, : len(row)] = row
    return inputs, sequence_length


def pad_batch_backward(sequence_length, d_inputs):
    return [d_inputs[b].copy() for b in range(len(sequence_length))]
