# mistake: The batches come out bucket by bucket and not in the order in which they become full.

import numpy as np


def bucket_of(lengths, boundaries):
    return np.sum(np.asarray(boundaries)[None, :] <= np.asarray(lengths)[:, None], axis=1)


def bucket_batches(lengths, boundaries, batch_size):
    buckets = bucket_of(lengths, boundaries)
    batches = []
    for bucket in range(len(boundaries) + 1):
        rows = [int(row) for row in np.flatnonzero(buckets == bucket)]
        for first in range(0, len(rows), batch_size):
            batches.append(rows[first : first + batch_size])
    return batches


def padding_steps(lengths, batches):
    total = 0
    for batch in batches:
        sizes = [lengths[row] for row in batch]
        total += max(sizes) * len(sizes) - sum(sizes)
    return total
