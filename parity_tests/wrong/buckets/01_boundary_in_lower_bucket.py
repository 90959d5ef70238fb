# mistake: A row whose length equals a boundary is put into the lower bucket: < instead of <=.

import numpy as np


def bucket_of(lengths, boundaries):
    # bucket: the number of boundaries that are ≤ T_b
    return np.array([sum(boundary < length for boundary in boundaries) for length in lengths])


def bucket_batches(lengths, boundaries, batch_size):
    waiting = [[] for _ in range(len(boundaries) + 1)]
    batches = []
    for row, length in enumerate(lengths):
        # bucket: the number of boundaries that are ≤ T_b
        bucket = sum(boundary <= length for boundary in boundaries)
        waiting[bucket].append(row)
        if len(waiting[bucket]) == batch_size:
            batches.append(waiting[bucket])
            waiting[bucket] = []
    # At the end come the batches that are not full.
    return batches + [rows for rows in waiting if rows]


def padding_steps(lengths, batches):
    # padding of a batch = Σ_b (T − T_b)
    padding = 0
    for rows in batches:
        longest = max(lengths[row] for row in rows)
        padding += sum(longest - lengths[row] for row in rows)
    return padding
