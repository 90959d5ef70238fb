# mistake: The padding is always 0; padding_value is not used.

import numpy as np


def pad_batch(rows, padding_value):
    sequence_length = np.array([len(row) for row in rows])
    # inputs_{b,t} = padding_value      past the end
    inputs = np.zeros((len(rows), sequence_length.max(), rows[0].shape[1]), rows[0].dtype)
    # inputs_{b,t} = rows_b[t]          where t < T_b
    for b, row in enumerate(rows):
        inputs[b, : len(row)] = row
    return inputs, sequence_length


def pad_batch_backward(sequence_length, d_inputs):
    # inputs_{b,t} = rows_b[t]          where t < T_b
    return [d_inputs[b, :length].copy() for b, length in enumerate(sequence_length)]
