# mistake: The mean of each row includes the padding in the sum.
# mistake: The mean over all steps divides by B times T.

import numpy as np


def sequence_mask(sequence_length, num_steps):
    return (np.arange(num_steps) < sequence_length[:, None]).astype(float)


def mean_of_rows(values, sequence_length):
    return values.sum(axis=1) / np.maximum(sequence_length, 1)


def mean_of_steps(values, sequence_length):
    mask = np.arange(values.shape[1]) < sequence_length[:, None]
    return (mask * values).sum() / values.size
