"""Sequences turned round: the first steps of every row in reverse order.

    reversed_{b,t} = steps_{b, lengths_b − 1 − t}   where t < lengths_b        steps_{b,t}   past the end

Each number goes to one place, and a second turn takes it home. So the function is its own inverse, and its own adjoint:
the gradient of what came out, turned round, is the gradient of what went in. It stands outside the wings because both
``scratch/unroll/bidirectional.py`` and ``scratch/inputs/padding.py`` are made of it.
"""

import numpy as np

from scratch.arrays import Array, Int, Shaped


def reverse_rows(steps: Shaped[Array, "B T ..."], lengths: Int[Array, " B"]) -> Shaped[Array, "B T ..."]:
    """Return steps [B, T, …] of any dtype with the first ``lengths[b]`` steps of each row b in reverse order.

    What lies past a row's length stays where it is. ``lengths`` is an array [B] of integers from 0 to T, as
    ``check_lengths`` returns it; the caller has checked both. The result is a new array.
    Source: ``tf.reverse_sequence``.
    """
    t, lengths = np.arange(steps.shape[1]), lengths[:, None]
    sources = np.where(t < lengths, lengths - 1 - t, t)  # [B, T]
    return np.take_along_axis(steps, sources.reshape(*sources.shape, *[1] * (steps.ndim - 2)), axis=1)
