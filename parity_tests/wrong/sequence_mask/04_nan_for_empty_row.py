# mistake: A row of no steps gives 0 / 0, which is NaN.

import numpy as np


def sequence_mask(sequence_length, num_steps):
    """Say which steps are real.

    - ``sequence_length`` [B]. ``num_steps``: T.

    Return ``mask`` [B, T], of 0 and 1 or of Booleans.
    """
    # mask_{b,t} = 1 where t < T_b
    return (np.arange(num_steps) < sequence_length[:, None]).astype(float)


def mean_of_rows(values, sequence_length):
    """Average each row over its real steps.

    - ``values`` [B, T]. ``sequence_length`` [B].

    Return ``means`` [B], 0 for a row of no steps.
    """
    mask = np.arange(values.shape[1]) < sequence_length[:, None]
    # mean_b = Σ_t mask_{b,t} values_{b,t} / T_b
    return (mask * values).sum(axis=1) / sequence_length


def mean_of_steps(values, sequence_length):
    """Average over all real steps of the batch.

    - ``values`` [B, T]. ``sequence_length`` [B].

    Return ``mean``, a number.
    """
    mask = np.arange(values.shape[1]) < sequence_length[:, None]
    # mean = Σ_{b,t} mask_{b,t} values_{b,t} / Σ_b T_b
    return (mask * values).sum() / sequence_length.sum()
