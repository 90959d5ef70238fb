"""Rows of unequal length in one array.

    inputs_{b,t} = rows_b[t]          where t < T_b
    inputs_{b,t} = padding_value      past the end

    rows: a list of B arrays [T_b, D], T_b ≥ 0   inputs [B, T, D], T the longest T_b   sequence_length [B]: every T_b
"""

import numpy as np


def pad_batch(rows, padding_value):
    """Put the rows into one array.

    - ``rows``: a list of B arrays [T_b, D]. ``padding_value``: a number.

    Return ``(inputs, sequence_length)``: [B, T, D] in the dtype of the rows, and the lengths [B], integers.
    """
    sequence_length = np.array([len(row) for row in rows])
    # inputs_{b,t} = padding_value      past the end
    inputs = np.full((len(rows), sequence_length.max(), rows[0].shape[1]), padding_value, rows[0].dtype)
    # inputs_{b,t} = rows_b[t]          where t < T_b
    for b, row in enumerate(rows):
        inputs[b, : len(row)] = row
    return inputs, sequence_length


def pad_batch_backward(sequence_length, d_inputs):
    """Compute the gradients of the rows.

    - ``sequence_length`` [B]. ``d_inputs`` [B, T, D]: the gradient of the padded inputs.

    Return ``d_rows``, a list of B arrays [T_b, D].
    """
    # inputs_{b,t} = rows_b[t]          where t < T_b
    return [d_inputs[b, :length].copy() for b, length in enumerate(sequence_length)]
