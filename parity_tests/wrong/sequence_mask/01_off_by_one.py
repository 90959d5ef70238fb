# mistake: The mask is off by one: step T_b counts as real (t <= T_b).

import numpy as np


def sequence_mask(sequence_length, num_steps):
    """Say which steps are real.

    - ``sequence_length`` [B]. ``num_steps``: T.

    Return ``mask`` [B, T], of 0 and 1 or of Booleans.
    """
    return (np.arange(num_steps) <= sequence_length[:, None]).astype(float)


def mean_of_rows(values, sequence_length):
    """Average each row over its real steps.

    - ``values`` [B, T]. ``sequence_length`` [B].

    Return ``means`` [B], 0 for a row of no steps.
    """
    mask = np.arange(values.shape[1]) < sequence_length[:, None]
    return (mask * values).sum(axis=1) / np.maximum(sequence_length, 1)


def mean_of_steps(values, sequence_length):
    """Average over all real steps of the batch.

    - ``values`` [B, T]. ``sequence_length`` [B].

    Return ``mean``, a number.
    """
    mask = np.arange(values.shape[1]) < sequence_length[:, None]
    return (mask * values).sum() / sequence_length.sum()
