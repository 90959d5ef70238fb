# mistake: The mask is 1 at the padding and 0 at the real steps.

import numpy as np


def sequence_mask(sequence_length, num_steps):
    # mask_{b,t} = 1 where t < T_b
    return (np.arange(num_steps) >= sequence_length[:, None]).astype(float)


def mean_of_rows(values, sequence_length):
    mask = np.arange(values.shape[1]) < sequence_length[:, None]
    # mean_b = Σ_t mask_{b,t} values_{b,t} / T_b
    return (mask * values).sum(axis=1) / np.maximum(sequence_length, 1)


def mean_of_steps(values, sequence_length):
    mask = np.arange(values.shape[1]) < sequence_length[:, None]
    # mean = Σ_{b,t} mask_{b,t} values_{b,t} / Σ_b T_b
    return (mask * values).sum() / sequence_length.sum()
