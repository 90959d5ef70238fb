# mistake: The dtype of the rows is lost: float32 rows become float64.

import numpy as np


def pad_batch(rows, padding_value):
    sequence_length = np.array([len(row) for row in rows])
    # inputs_{b,t} = padding_value      past the end
    inputs = np.full((len(rows), sequence_length.max(), rows[0].shape[1]), float(padding_value))
    # inputs_{b,t} = rows_b[t]          where t < T_b
    for b, row in enumerate(rows):
        inputs[b, : len(row)] = row
    return inputs, sequence_length


def pad_batch_backward(sequence_length, d_inputs):
    # inputs_{b,t} = rows_b[t]          where t < T_b
    return [d_inputs[b, :length].copy() for b, length in enumerate(sequence_length)]
