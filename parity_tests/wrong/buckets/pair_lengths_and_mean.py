# mistake: The batches hold the lengths of the rows instead of their numbers.
# mistake: The padding counts all steps, the real ones too.

import numpy as np


def bucket_of(lengths, boundaries):
    return np.array([sum(boundary <= length for boundary in boundaries) for length in lengths])


def bucket_batches(lengths, boundaries, batch_size):
    waiting = [[] for _ in range(len(boundaries) + 1)]
    batches = []
    for length in lengths:
        bucket = sum(boundary <= length for boundary in boundaries)
        waiting[bucket].append(length)
        if len(waiting[bucket]) == batch_size:
            batches.append(waiting[bucket])
            waiting[bucket] = []
    return batches + [rows for rows in waiting if rows]


def padding_steps(lengths, batches):
    padding = 0
    for rows in batches:
        longest = max(lengths[row] for row in rows)
        padding += longest * len(rows)
    return padding
