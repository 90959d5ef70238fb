# mistake: The last column of the array is taken for every row, whatever its length.

import numpy as np


def last_output(outputs, sequence_length):
    return outputs[:, -1] * (sequence_length > 0)[:, None]


def last_output_backward(outputs, sequence_length, d_last):
    T = outputs.shape[1]
    here = np.arange(T)[None, :] == sequence_length[:, None] - 1
    return here[:, :, None] * d_last[:, None, :]
