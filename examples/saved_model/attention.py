"""Keras's Attention (Luong et al., 2015) and AdditiveAttention (Bahdanau et al., 2015), without heads.

    scores [B, Tq, Tv] = q kᵀ, or Σ over the features of tanh(q + k)        y = softmax(scores) v

The inputs are the query, the value and, where it is not the value, the key.
"""

import numpy as np

from saved_model.activations import softmax
from saved_model.tensor import Tensor


def attention(layer, tensors, call):
    query, value, key = tensors[0], tensors[1], tensors[-1]
    scores = layer_scores(layer, query.value, key.value)
    if value.mask is not None:
        # A step that does not count is far below every other; where none counts, all are alike.
        scores = np.where(value.mask[:, None], scores, scores - np.float32(1e9))
    y = softmax(scores) @ value.value
    # The output of a query that does not count is 0.
    return Tensor(y if query.mask is None else y * query.mask[..., None], query.mask)


def layer_scores(layer, query, key):
    scale = layer.weights.get("scale", np.float32(1))
    if layer.kind == "Attention" and layer.options["score_mode"] == "dot":
        return query @ key.swapaxes(1, 2) * scale
    pairs = query[:, :, None] + key[:, None]
    if layer.kind == "AdditiveAttention":
        return (scale * np.tanh(pairs)).sum(axis=-1)
    return layer.weights["concat_score_weight"] * np.tanh(scale * pairs).sum(axis=-1)
