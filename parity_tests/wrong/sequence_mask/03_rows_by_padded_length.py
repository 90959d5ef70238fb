# mistake: The rows are divided by T instead of by their own lengths.

import numpy as np


def sequence_mask(sequence_length, num_steps):
    return (np.arange(num_steps) < sequence_length[:, None]).astype(float)


def mean_of_rows(values, sequence_length):
    mask = np.arange(values.shape[1]) < sequence_length[:, None]
    return (mask * values).mean(axis=1)


def mean_of_steps(values, sequence_length):
    mask = np.arange(values.shape[1]) < sequence_length[:, None]
    return (mask * values).sum() / sequence_length.sum()
