# mistake: The gradient of a row is averaged over the places of its number instead of summed.

import numpy as np


def embedding_forward(embeddings, numbers):
    return np.eye(len(embeddings))[numbers] @ embeddings


def embedding_backward(embeddings, numbers, d_vectors):
    d_embeddings = np.zeros_like(embeddings)
    for word in range(len(embeddings)):
        here = numbers == word
        if here.any():
            d_embeddings[word] = d_vectors[here].mean(axis=0)
    return d_embeddings
