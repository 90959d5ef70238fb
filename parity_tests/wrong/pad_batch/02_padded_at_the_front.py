# mistake: The rows are padded at the front: they stand at the end of the array.

import numpy as np


def pad_batch(rows, padding_value):
    """Put the rows into one array.

    - ``rows``: a list of B arrays [T_b, D]. ``padding_value``: a number.

    Return ``(inputs, sequence_length)``: [B, T, D], and the lengths [B], integers.
    """
    sequence_length = np.array([len(row) for row in rows])
    inputs = np.full((len(rows), sequence_length.max(), rows[0].shape[1]), padding_value, rows[0].dtype)
    for b, row in enumerate(rows):
        inputs[b, inputs.shape[1] - len(row) :] = row
    return inputs, sequence_length


def pad_batch_backward(sequence_length, d_inputs):
    """Compute the gradients of the rows.

    - ``sequence_length`` [B]. ``d_inputs`` [B, T, D]: the gradient of the padded inputs.

    Return ``d_rows``, a list of B arrays [T_b, D].
    """
    return [d_inputs[b, :length].copy() for b, length in enumerate(sequence_length)]
