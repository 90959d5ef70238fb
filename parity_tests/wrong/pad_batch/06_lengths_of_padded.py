# mistake: The lengths that are returned are all T, the padded length.

import numpy as np


def pad_batch(rows, padding_value):
    T = max(len(row) for row in rows)
    filled = [np.pad(row, ((0, T - len(row)), (0, 0)), constant_values=padding_value) for row in rows]
    inputs = np.stack(filled)
    return inputs, np.array([len(row) for row in filled])


def pad_batch_backward(sequence_length, d_inputs):
    return [d_inputs[b][: sequence_length[b]] for b in range(len(d_inputs))]
