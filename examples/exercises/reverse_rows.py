"""Sequences turned round, each within its own length (TensorFlow: reverse_sequence).

    reversed_{b,t} = inputs_{b, T_b − 1 − t}   where t < T_b
    reversed_{b,t} = inputs_{b,t}              past the end

    inputs, reversed [B, T, D]   T_b: sequence_length [B], integers from 0 to T

Exercise 23 of 38; the lesson is docs/inputs/padding.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/reverse_rows.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def reverse_rows(inputs, sequence_length):
    """Turn the first T_b steps of each row b round.

    - ``inputs`` [B, T, D]. ``sequence_length`` [B].

    Return ``turned`` [B, T, D], a new array.
    """
    # reversed_{b,t} = inputs_{b, T_b − 1 − t}
    raise NotImplementedError


def reverse_rows_backward(sequence_length, d_turned):
    """Compute the gradient of the inputs.

    - ``sequence_length`` [B]. ``d_turned`` [B, T, D]: the gradient of what ``reverse_rows`` returned.

    Return ``d_inputs`` [B, T, D].
    """
    # reversed_{b,t} = inputs_{b, T_b − 1 − t}
    raise NotImplementedError
