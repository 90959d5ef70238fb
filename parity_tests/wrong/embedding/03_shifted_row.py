# mistake: The row before the number is looked up: the numbers are taken to count from 1.

import numpy as np


def embedding_forward(embeddings, numbers):
    # x_{b,t} = E[n_{b,t}]
    return embeddings[numbers - 1]


def embedding_backward(embeddings, numbers, d_vectors):
    d_embeddings = np.zeros_like(embeddings)
    # x_{b,t} = E[n_{b,t}]
    np.add.at(d_embeddings, numbers, d_vectors)
    return d_embeddings
