"""Which steps are real (TensorFlow: sequence_mask), and two things that one counts with it.

    mask_{b,t} = 1 where t < T_b, and 0 elsewhere
    mean_b     = Σ_t mask_{b,t} values_{b,t} / T_b           0 for a row of no steps
    mean       = Σ_{b,t} mask_{b,t} values_{b,t} / Σ_b T_b

    mask, values [B, T]   mean_b [B]   mean: a number   T_b: sequence_length [B], integers from 0 to T

Exercise 22 of 38; the lesson is docs/inputs/padding.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/sequence_mask.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def sequence_mask(sequence_length, num_steps):
    """Say which steps are real.

    - ``sequence_length`` [B]. ``num_steps``: T.

    Return ``mask`` [B, T], of 0 and 1 or of Booleans.
    """
    # mask_{b,t} = 1 where t < T_b
    raise NotImplementedError


def mean_of_rows(values, sequence_length):
    """Average each row over its real steps.

    - ``values`` [B, T]. ``sequence_length`` [B].

    Return ``means`` [B], 0 for a row of no steps.
    """
    # mean_b = Σ_t mask_{b,t} values_{b,t} / T_b
    raise NotImplementedError


def mean_of_steps(values, sequence_length):
    """Average over all real steps of the batch.

    - ``values`` [B, T]. ``sequence_length`` [B].

    Return ``mean``, a number.
    """
    # mean = Σ_{b,t} mask_{b,t} values_{b,t} / Σ_b T_b
    raise NotImplementedError
