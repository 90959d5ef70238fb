"""The caller's arrays as the kernels take them: row-major, and as matrices."""

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from scratch.arrays import Array, Float, Int
from scratch.finite import quiet
from scratch.jit.machine.memory import empty
from scratch.jit.machine.threads import COPYING, run, share_count, shares
from scratch.jit.walk.layer import matrix
from scratch.jit.walk.rows import clear_ends
from scratch.jit.walk.schedule import strides


@dataclass(frozen=True)
class Batch:
    """What all layers of a run share: the lengths [B], their sum, and the layout of the caller's arrays."""

    lengths: Int[Array, " B"]
    num_tokens: int
    num_steps: int
    time_major: bool
    dtype: np.dtype
    keep_tape: bool

    @property
    def is_full(self) -> bool:
        return self.num_tokens == self.num_steps * len(self.lengths)

    @property
    def is_one_row(self) -> bool:
        """Whether there is one row, of which nothing is kept."""
        return len(self.lengths) == 1 and not self.keep_tape

    def shape(self, width: int) -> tuple[int, int, int]:
        """Return the shape of the caller's arrays of this width."""
        sizes = (self.num_steps, len(self.lengths)) if self.time_major else (len(self.lengths), self.num_steps)
        return *sizes, width

    def array(self, width: int) -> Float[Array, "_ _ width"]:
        """Return an array [B, T, width] or [T, B, width] with zeros past the end of each row, and anything before."""
        array = empty(self.shape(width), self.dtype)
        padding = self.num_steps * len(self.lengths) - self.num_tokens
        if padding:
            step_stride, row_stride = strides(len(self.lengths), self.num_steps, self.time_major)
            each = partial(clear_ends, self.lengths, step_stride, row_stride, matrix(array))
            run(each, shares(self.num_steps, share_count(COPYING * padding * width)))
        return array

    @quiet
    def add_live(self, array: Float[Array, "_ _ D"], other: Float[Array, "_ _ D"]) -> Float[Array, "_ _ D"]:
        """Return the sum of two such arrays, zeros past the end of each row."""
        total = self.array(array.shape[2])
        live = np.arange(self.num_steps)[:, None, None] < self.lengths[:, None]
        np.add(array, other, out=total, where=self.by_step(live))
        return total

    def by_step(self, array: Array) -> Array:
        """Return an array of the caller's layout as [T, B, …], or one of that as the caller's."""
        return array if self.time_major else array.swapaxes(0, 1)


@lru_cache(maxsize=64)
def full_batch(num_steps: int, batch_size: int, time_major: bool, dtype: np.dtype, keep_tape: bool) -> Batch:
    return Batch(np.full(batch_size, num_steps), num_steps * batch_size, num_steps, time_major, dtype, keep_tape)


def plain(array: Array) -> Array:
    """Return the array in row-major order and writable, copying if it is not: each other layout compiles anew."""
    return array if array.flags.carray else array.copy()
