"""Classes drawn from logits, as a language model writes: by temperature, and among the likeliest alone.

    p = softmax(y / temperature), of all classes or of the k likeliest

A temperature below 1 makes the likely likelier; near 0 the likeliest is all there is. The page is
``docs/tasks/char_lm.md``.
"""

from typing import Any

import numpy as np

from scratch.arrays import Array, Float
from scratch.checks import check_array
from scratch.finite import quiet
from scratch.initializers import check_generator
from scratch.options import check_count, check_positive
from scratch.training.losses import softmax


@quiet
def categorical(
    rng: np.random.Generator, logits: Float[Array, "*N C"], temperature: float = 1.0, top_k: int | None = None
) -> Any:
    """Return class numbers [...] drawn from logits [..., C], an independent one for each row.

    - ``temperature``: what the logits are divided by, above 0.
    - ``top_k``: draw among the k largest of each row alone; of equals the first ones. All where not given.

    Raises ``TypeError`` or ``ValueError``, by name, for other arguments. Source: ``tf.random.categorical``.
    """
    check_generator(rng)
    check_array("logits", logits, (..., "C"))
    if logits.dtype.kind == "c":
        raise TypeError(f"logits must be float32 or float64 to be drawn from, but is {logits.dtype}")
    temperature = check_positive("temperature", temperature)
    # p = softmax(y / temperature)
    p = softmax(logits if temperature == 1 else logits / temperature)
    if top_k is not None:
        top_k = check_count("top_k", top_k, most=p.shape[-1])
        kept = np.argsort(-p, axis=-1, kind="stable")[..., :top_k]
        mask = np.zeros(p.shape, bool)
        np.put_along_axis(mask, kept, True, axis=-1)
        p = np.where(mask, p, 0)
    # The first class at which the sum of the probabilities is above a number drawn from [0, their sum).
    total = np.cumsum(p, axis=-1, dtype=np.float64)
    drawn = rng.random(p.shape[:-1]) * total[..., -1]
    return (total <= drawn[..., None]).sum(axis=-1)
