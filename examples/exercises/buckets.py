"""Batches of rows of about one length (TensorFlow: bucket_by_sequence_length).

    bucket of a row with T_b steps: the number of boundaries that are ≤ T_b
    padding of a batch = Σ_b (T − T_b), T the longest of its rows

    lengths [N], integers   boundaries: a list of rising integers, so there is one bucket more than boundaries

Exercise 24 of 38; the lesson is docs/inputs/padding.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/buckets.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def bucket_of(lengths, boundaries):
    """Say which bucket each row belongs to.

    - ``lengths`` [N]. ``boundaries``: a list.

    Return ``buckets`` [N], integers from 0.
    """
    # bucket: the number of boundaries that are ≤ T_b
    raise NotImplementedError


def bucket_batches(lengths, boundaries, batch_size):
    """Go through the rows in order. A batch comes out as soon as its bucket holds ``batch_size`` rows.

    - ``lengths`` [N]. ``boundaries``: a list. ``batch_size``: an integer.

    At the end come the batches that are not full, the bucket of the shortest rows first; empty buckets give none.

    Return ``batches``: a list of lists of row numbers.
    """
    # bucket: the number of boundaries that are ≤ T_b
    # At the end come the batches that are not full.
    raise NotImplementedError


def padding_steps(lengths, batches):
    """Count the steps of padding in all batches together.

    - ``lengths`` [N]. ``batches``: a list of lists of row numbers.

    Return ``padding``, an integer.
    """
    # padding of a batch = Σ_b (T − T_b)
    raise NotImplementedError
