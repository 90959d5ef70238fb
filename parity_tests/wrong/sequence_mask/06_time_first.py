# mistake: The mask comes out with time as its first axis, [T, B].

import numpy as np


def sequence_mask(sequence_length, num_steps):
    return np.array([[1.0 if t < n else 0.0 for n in sequence_length] for t in range(num_steps)])


def mean_of_rows(values, sequence_length):
    means = np.zeros(len(values))
    for b, n in enumerate(sequence_length):
        if n > 0:
            means[b] = values[b, :n].sum() / n
    return means


def mean_of_steps(values, sequence_length):
    real = [values[b, t] for b, n in enumerate(sequence_length) for t in range(n)]
    return sum(real) / len(real)
