# mistake: The gradient of the table is collected in an array of integers.

import numpy as np


def embedding_forward(embeddings, numbers):
    B, T = numbers.shape
    vectors = np.empty((B, T, embeddings.shape[1]))
    for b in range(B):
        vectors[b] = embeddings[numbers[b]]
    return vectors


def embedding_backward(embeddings, numbers, d_vectors):
    d_table = np.full(embeddings.shape, 0)
    for b, row in enumerate(numbers):
        for t, number in enumerate(row):
            d_table[number] = d_table[number] + d_vectors[b, t]
    return d_table
