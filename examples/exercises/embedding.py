"""Words as vectors.

    x_{b,t} = E[n_{b,t}]          the row of E that the number names

    E [V, D]   numbers n [B, T], integers from 0 to V − 1; one number may stand in many places   x [B, T, D]

Exercise 26 of 38; the lesson is docs/training/embedding.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/embedding.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

import numpy as np


def embedding_forward(embeddings, numbers):
    """Look the vectors up.

    - ``embeddings`` E [V, D]. ``numbers`` [B, T].

    Return ``vectors`` [B, T, D].
    """
    # x_{b,t} = E[n_{b,t}]
    raise NotImplementedError


def embedding_backward(embeddings, numbers, d_vectors):
    """Compute the gradient of the table.

    - ``embeddings``, ``numbers``: as in the forward pass. ``d_vectors`` [B, T, D].

    Return ``d_embeddings`` [V, D].
    """
    # x_{b,t} = E[n_{b,t}]
    raise NotImplementedError
