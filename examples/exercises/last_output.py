"""The output of the last real step of each row, for a classifier at the end of a sequence.

    last_b = outputs_{b, T_b − 1}   where T_b > 0          0 where the row has no steps

    outputs [B, T, H]   last [B, H]   T_b: sequence_length [B], integers from 0 to T

Exercise 15 of 38; the lesson is docs/unroll/dynamic.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/last_output.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def last_output(outputs, sequence_length):
    """Pick one step of each row.

    - ``outputs`` [B, T, H]. ``sequence_length`` [B].

    Return ``last`` [B, H].
    """
    # last_b = outputs_{b, T_b − 1}
    # 0 where the row has no steps
    raise NotImplementedError


def last_output_backward(outputs, sequence_length, d_last):
    """Compute the gradient of the outputs.

    - ``outputs`` [B, T, H]: only the shape matters here. ``sequence_length`` [B]. ``d_last`` [B, H].

    Return ``d_outputs`` [B, T, H].
    """
    # last_b = outputs_{b, T_b − 1}          0 where the row has no steps
    raise NotImplementedError
