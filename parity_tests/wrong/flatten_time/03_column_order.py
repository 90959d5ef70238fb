# mistake: The flat array is put back in column order, order='F'.

import numpy as np


def flatten_time(outputs):
    """Make one batch of all steps of all rows.

    - ``outputs`` [B, T, H].

    Return ``flat`` [B·T, H].
    """
    return outputs.reshape(-1, outputs.shape[2])


def unflatten_time(flat, batch_size):
    """Undo it: also the backward pass of ``flatten_time``.

    - ``flat`` [B·T, H]. ``batch_size``: B.

    Return ``outputs`` [B, T, H].
    """
    return flat.reshape((batch_size, -1, flat.shape[1]), order="F")


def time_major(inputs):
    """Put time first.

    - ``inputs`` [B, T, D].

    Return ``swapped`` [T, B, D]: swapped_{t,b} = inputs_{b,t}.
    """
    return np.swapaxes(inputs, 0, 1)
