# mistake: The mean over all steps is the mean of the rows' means, so that short rows count too much.

import numpy as np


def sequence_mask(sequence_length, num_steps):
    mask = np.zeros((len(sequence_length), num_steps), bool)
    for b, n in enumerate(sequence_length):
        mask[b, :n] = True
    return mask


def mean_of_rows(values, sequence_length):
    return np.array([v[:n].mean() if n else 0.0 for v, n in zip(values, sequence_length, strict=True)])


def mean_of_steps(values, sequence_length):
    return mean_of_rows(values, sequence_length)[sequence_length > 0].mean()
