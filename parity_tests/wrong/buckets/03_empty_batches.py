# mistake: At the end the empty buckets give empty batches.

import numpy as np


def bucket_of(lengths, boundaries):
    """Say which bucket each row belongs to.

    - ``lengths`` [N]. ``boundaries``: a list.

    Return ``buckets`` [N], integers from 0.
    """
    # bucket: the number of boundaries that are ≤ T_b
    return np.array([sum(boundary <= length for boundary in boundaries) for length in lengths])


def bucket_batches(lengths, boundaries, batch_size):
    """Go through the rows in order. A batch comes out as soon as its bucket holds ``batch_size`` rows.

    - ``lengths`` [N]. ``boundaries``: a list. ``batch_size``: an integer.

    At the end come the batches that are not full, the bucket of the shortest rows first; empty buckets give none.

    Return ``batches``: a list of lists of row numbers.
    """
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
    return batches + list(waiting)


def padding_steps(lengths, batches):
    """Count the steps of padding in all batches together.

    - ``lengths`` [N]. ``batches``: a list of lists of row numbers.

    Return ``padding``, an integer.
    """
    # padding of a batch = Σ_b (T − T_b)
    padding = 0
    for rows in batches:
        longest = max(lengths[row] for row in rows)
        padding += sum(longest - lengths[row] for row in rows)
    return padding
