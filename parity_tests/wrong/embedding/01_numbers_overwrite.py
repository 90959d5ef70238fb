# mistake: A number that stands in several places overwrites its gradient instead of summing it.

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
    d_embeddings[numbers] = d_vectors
    return d_embeddings
