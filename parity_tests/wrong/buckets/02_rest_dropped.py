# mistake: The batches that are not full at the end are dropped.

import numpy as np


def bucket_of(lengths, boundaries):
    return np.array([sum(boundary <= length for boundary in boundaries) for length in lengths])


def bucket_batches(lengths, boundaries, batch_size):
    waiting = [[] for _ in range(len(boundaries) + 1)]
    batches = []
    for row, length in enumerate(lengths):
        bucket = sum(boundary <= length for boundary in boundaries)
        waiting[bucket].append(row)
        if len(waiting[bucket]) == batch_size:
            batches.append(waiting[bucket])
            waiting[bucket] = []
    return batches


def padding_steps(lengths, batches):
    padding = 0
    for rows in batches:
        longest = max(lengths[row] for row in rows)
        padding += sum(longest - lengths[row] for row in rows)
    return padding
