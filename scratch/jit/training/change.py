"""The end of a training step, compiled: gradients are clipped, and become new parameters."""

from typing import NamedTuple

from scratch.arrays import Array, Float
from scratch.compiling.compiler import kernel
from scratch.jit.machine.view import copy_row
from scratch.jit.training.clipping import clip_all, clip_norms, clip_values
from scratch.jit.training.updates import update

NOT_CLIPPED, BY_VALUE, BY_NORM, BY_GLOBAL_NORM = range(4)


class Change(NamedTuple):
    """Parameters ``theta``, gradients ``g`` and slots, all laid out alike, and what is done with them.

    ``clipping``, ``kind``: of clipping and of the optimiser; ``clip_numbers`` and ``bounds``, ``numbers``: what each
    takes. ``clipped`` is where the clipped gradients go, and ``g`` itself where they are not clipped.
    """

    clipping: int
    kind: int
    clip_numbers: Float[Array, "1 3"]
    bounds: Array
    numbers: Float[Array, "1 n"]
    theta: Float[Array, "1 P"]
    g: Float[Array, "1 P"]
    clipped: Float[Array, "1 P"]
    rows: Float[Array, "S P"]


@kernel
def clip_gradients(this: Change) -> None:
    """g ← clip(g), the gradients before it left as they are."""
    if this.clipping != NOT_CLIPPED:
        copy_row(this.g, 0, 0, this.clipped, 0, 0, this.g.shape[1])
    if this.clipping == BY_VALUE:
        clip_values(this.clip_numbers, this.clipped)
    elif this.clipping == BY_NORM:
        clip_norms(this.clip_numbers, this.clipped, this.bounds)
    elif this.clipping == BY_GLOBAL_NORM:
        clip_all(this.clip_numbers, this.clipped)


@kernel
def change(this: Change) -> None:
    """Clip the gradients, and take the step of the optimiser."""
    clip_gradients(this)
    update(this.kind, this.numbers, this.theta, this.clipped, this.rows, 0, this.theta.shape[1])
