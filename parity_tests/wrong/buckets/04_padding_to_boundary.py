# mistake: The padding is counted up to the longest row of all, not of the batch.

import numpy as np


def bucket_of(lengths, boundaries):
    return np.searchsorted(boundaries, lengths, side="right")


def bucket_batches(lengths, boundaries, batch_size):
    buckets = bucket_of(lengths, boundaries)
    open_batches = {k: [] for k in range(len(boundaries) + 1)}
    done = []
    for row in range(len(lengths)):
        batch = open_batches[buckets[row]]
        batch.append(row)
        if len(batch) == batch_size:
            done.append(list(batch))
            batch.clear()
    done.extend(batch for batch in open_batches.values() if batch)
    return done


def padding_steps(lengths, batches):
    return sum(max(lengths) - lengths[row] for batch in batches for row in batch)
