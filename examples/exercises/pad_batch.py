"""Rows of unequal length in one array.

    inputs_{b,t} = rows_b[t]          where t < T_b
    inputs_{b,t} = padding_value      past the end

    rows: a list of B arrays [T_b, D], T_b ≥ 0   inputs [B, T, D], T the longest T_b   sequence_length [B]: every T_b

Exercise 21 of 38; the lesson is docs/inputs/padding.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/pad_batch.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def pad_batch(rows, padding_value):
    """Put the rows into one array.

    - ``rows``: a list of B arrays [T_b, D]. ``padding_value``: a number.

    Return ``(inputs, sequence_length)``: [B, T, D] in the dtype of the rows, and the lengths [B], integers.
    """
    # inputs_{b,t} = padding_value      past the end
    # inputs_{b,t} = rows_b[t]          where t < T_b
    raise NotImplementedError


def pad_batch_backward(sequence_length, d_inputs):
    """Compute the gradients of the rows.

    - ``sequence_length`` [B]. ``d_inputs`` [B, T, D]: the gradient of the padded inputs.

    Return ``d_rows``, a list of B arrays [T_b, D].
    """
    # inputs_{b,t} = rows_b[t]          where t < T_b
    raise NotImplementedError
