"""The end of a step of the LSTM with a projection (TensorFlow: LSTMCell with num_proj and proj_clip).

    m  = o ⊙ tanh(c')
    p  = m W_p
    h' = clip(p) = min(max(p, −limit), limit)

    c', o, m [B, H]   W_p [H, P]   p, h' [B, P]   limit: a positive number

The gates and c' are computed as in any LSTM and are given here. The gradient of the clipping is 1 where p lies within
±limit, and 0 where it was cut.

Exercise 7 of 38; the lesson is docs/cells/full_lstm.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/projected_lstm.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def project_forward(kernel, o, c_new, limit):
    """Compute h' from the output gate and the memory.

    - ``kernel`` W_p [H, P], ``o`` [B, H], ``c_new`` [B, H], ``limit``: a number.

    Return ``(h_new, m)``: [B, P] and [B, H].
    """
    # m = o ⊙ tanh(c')
    # p = m W_p
    # h' = min(max(p, −limit), limit)
    raise NotImplementedError


def project_backward(kernel, o, c_new, m, limit, d_h_new, d_c_new):
    """Compute the gradients of the same lines.

    - ``kernel``, ``o``, ``c_new``, ``limit``: as in the forward part. ``m`` [B, H]: what it returned.
    - ``d_h_new`` [B, P]: the gradient with respect to h'. ``d_c_new`` [B, H]: that of c' from the next step.

    Return ``(d_o, d_memory, d_kernel)``: the gradient of o [B, H], the whole gradient of c' [B, H], and [H, P].
    """
    # h' = min(max(p, −limit), limit)
    # p = m W_p
    # m = o ⊙ tanh(c')
    raise NotImplementedError
