"""Words as vectors.

    x_{b,t} = E[n_{b,t}]          the row of E that the number names

    E [V, D]   numbers n [B, T], integers from 0 to V − 1; one number may stand in many places   x [B, T, D]
"""

import numpy as np


def embedding_forward(embeddings, numbers):
    """Look the vectors up.

    - ``embeddings`` E [V, D]. ``numbers`` [B, T].

    Return ``vectors`` [B, T, D].
    """
    # x_{b,t} = E[n_{b,t}]
    return embeddings[numbers]


def embedding_backward(embeddings, numbers, d_vectors):
    """Compute the gradient of the table.

    - ``embeddings``, ``numbers``: as in the forward pass. ``d_vectors`` [B, T, D].

    Return ``d_embeddings`` [V, D].
    """
    d_embeddings = np.zeros_like(embeddings)
    # x_{b,t} = E[n_{b,t}]
    np.add.at(d_embeddings, numbers, d_vectors)
    return d_embeddings
