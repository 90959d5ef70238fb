# mistake: The vectors come out with time first, [T, B, D].

import numpy as np


def embedding_forward(embeddings, numbers):
    return np.array([[embeddings[n] for n in column] for column in numbers.T])


def embedding_backward(embeddings, numbers, d_vectors):
    table = np.zeros(embeddings.shape)
    for n, d in zip(numbers.ravel(), d_vectors.reshape(-1, embeddings.shape[1]), strict=True):
        table[n] += d
    return table
