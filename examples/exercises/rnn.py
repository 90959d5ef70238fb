"""One step of the vanilla recurrent network (TensorFlow: BasicRNNCell).

    z  = [x, h] W + b
    h' = tanh(z)

    x [B, D]   h, h', z [B, H]   W [D + H, H], the rows of x above those of h   b [H]

[x, h] is x and h side by side, [B, D + H]. The output of the step and its new state are both h'.

Exercise 2 of 38; the lesson is docs/cells/rnn.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/rnn.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def rnn_forward(params, x, h):
    """Compute one step forward.

    - ``params``: a dict of ``kernel`` W [D + H, H] and ``bias`` b [H].
    - ``x`` [B, D], ``h`` [B, H].

    Return ``h_new`` [B, H].
    """
    # z = [x, h] W + b
    # h' = tanh(z)
    raise NotImplementedError


def rnn_backward(params, x, h, h_new, d_output, d_h_new):
    """Compute one step backward.

    - ``params``, ``x``, ``h``: as in the forward step. ``h_new``: what the forward step returned.
    - ``d_output`` [B, H]: the gradient of the loss with respect to the output of this step.
    - ``d_h_new`` [B, H]: the gradient with respect to the state that goes to the next step.

    Return ``(d_x, d_h, d_params)``: [B, D], [B, H], and a dict with the names and shapes of ``params``.
    """
    # The output and the new state are one array, h'.
    # h' = tanh(z)
    # z = [x, h] W + b
    raise NotImplementedError
