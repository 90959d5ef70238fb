"""The weighted cross-entropy of sequences (TensorFlow: tf.contrib.seq2seq.sequence_loss).

    p         = softmax of y over the classes
    ℓ_{b,t}   = − log p_{b,t, targets_{b,t}}
    loss      = Σ_{b,t} w_{b,t} ℓ_{b,t} / Σ_{b,t} w_{b,t}

    logits y [B, T, C]   targets [B, T], integers from 0 to C − 1   weights w [B, T], at least 0; 0 at padding

Exercise 31 of 38; the lesson is docs/training/sequence_loss.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/sequence_loss.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def log_softmax(logits):
    """Given: log p, along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def sequence_loss_forward(logits, targets, weights):
    """Compute the weighted mean of the losses of all steps, with ``log_softmax``.

    - ``logits`` [B, T, C]. ``targets`` and ``weights`` [B, T].

    Return ``loss``, a number.
    """
    # ℓ_{b,t} = − log p_{b,t, targets_{b,t}}
    # loss = Σ_{b,t} w_{b,t} ℓ_{b,t} / Σ_{b,t} w_{b,t}
    raise NotImplementedError


def sequence_loss_backward(logits, targets, weights, d_loss):
    """Compute the gradient of the logits.

    - ``logits``, ``targets``, ``weights``: as in the forward pass. ``d_loss``: a number, the gradient of the loss.

    Return ``d_logits`` [B, T, C], exactly 0 where the weight is 0.
    """
    # loss = Σ_{b,t} w_{b,t} ℓ_{b,t} / Σ_{b,t} w_{b,t}
    # ℓ_{b,t} = − log p_{b,t, targets_{b,t}}
    raise NotImplementedError
