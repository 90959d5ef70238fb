"""What follows from the lengths of a padded batch: which rows each direction runs when, and what each step counts."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from scratch.arrays import Array, DType, Float, Int
from scratch.jit.walk.schedule import Schedule, make_schedule
from scratch.training.losses import shares


class Padding(NamedTuple):
    """Of lengths [1, B] the schedules of both directions, and the ``shares`` [1, B] of a row's steps in a loss."""

    lengths: Int[Array, "1 B"]
    forwards: Schedule
    backwards: Schedule
    shares: Float[Array, "1 B"]


@lru_cache(maxsize=64)
def padding_of(numbers: bytes, num_steps: int, mean: str, dtype: DType) -> Padding:
    """Return what follows from lengths that are known by their bytes."""
    lengths = np.frombuffer(numbers, np.int64).copy()
    forwards = make_schedule(lengths, num_steps, False)
    # From a row's last step down.
    backwards = forwards._replace(offsets=forwards.offsets + lengths[forwards.rows] - 1, step_stride=-1)
    # All steps of a row count the same; one without steps has none that counts.
    share = shares(np.arange(num_steps) < lengths[:, None], mean, dtype).max(axis=1, initial=0)
    return Padding(lengths[None], forwards, backwards, share[None])
