"""Which steps a row takes, and in which order: one direction backwards, and masks with holes.

    live_{b,t} = t < sequence_length_b and mask_{b,t}
    the k-th step that row b takes is order_{b,k}, for k < Σ_t live_{b,t}; the steps that it skips follow

A skipped step changes nothing, so a row with holes is a shorter row without: its live steps side by side, in the order
in which they are taken, run at the length that they have. Each step has one place there, and goes home afterwards. So
every engine that knows lengths runs masks with holes, and backwards, and the adjoint of a move is the move back.

The output at a skipped step is 0; or, on request, that of the last step taken before it, as Keras has it, and 0 where
there is none. What stands in many places gathers its gradient from all. The page is ``docs/unroll/dynamic.md``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from scratch.arguments import check_step_mask
from scratch.arrays import Array, Bool, Float, Int
from scratch.options import check_flag


@dataclass(frozen=True)
class Visits:
    """The steps of each row in the order in which they are taken.

    - ``order``: [B, T] the step that is taken k-th; from k = ``lengths[b]`` on, those that row b skips.
    - ``sources``: [B, T] the step whose output stands at each step, −1 for none; ``None`` where skipped steps have 0.
    - ``time_major``: the layout of the arrays that are moved. ``reverse``: whether the last step is taken first.
    """

    order: Int[Array, "B T"]
    lengths: Int[Array, " B"]
    sources: Int[Array, "B T"] | None
    time_major: bool
    reverse: bool

    def take(self, steps: Float[Array, "_ _ D"]) -> Float[Array, "_ _ D"]:
        """Return the steps in the order in which they are taken."""
        return move(steps, self.order, self.time_major)

    def put_back(self, steps: Float[Array, "_ _ D"]) -> Float[Array, "_ _ D"]:
        """Return steps that are in the order of ``take`` where they were before it."""
        return move(steps, np.argsort(self.order, axis=1), self.time_major)

    def outputs(self, outputs: Float[Array, "_ _ D"]) -> Float[Array, "_ _ D"]:
        """Return outputs in the order of the inputs, with what stands at skipped steps."""
        outputs = self.put_back(outputs)
        if self.sources is None:
            return outputs
        repeated = move(outputs, np.maximum(self.sources, 0), self.time_major)
        return np.where(self.in_layout(self.sources) >= 0, repeated, 0)

    def d_outputs(self, d_outputs: Float[Array, "_ _ D"]) -> Float[Array, "_ _ D"]:
        """Return the gradient of what ``outputs`` was given."""
        if self.sources is not None:
            # An output stands at its own step and at the skipped ones behind it: its gradients add.
            rows, steps = np.nonzero(self.sources >= 0)
            by_row = d_outputs.swapaxes(0, 1) if self.time_major else d_outputs
            total = np.zeros_like(by_row)
            np.add.at(total, (rows, self.sources[rows, steps]), by_row[rows, steps])
            d_outputs = total.swapaxes(0, 1) if self.time_major else total
        return self.take(d_outputs)

    def states(self, states: Float[Array, "T B H"], initial: Float[Array, "B H"]) -> Float[Array, "T B H"]:
        """Return states after each visit where the steps of the inputs are; a skipped step has that before it."""
        live = np.argsort(self.order, axis=1) < self.lengths[:, None]
        # How many steps a row has taken when it is past this one.
        taken = np.cumsum(live[:, ::-1], axis=1)[:, ::-1] if self.reverse else np.cumsum(live, axis=1)
        return move(np.concatenate([initial[None], states]), taken, time_major=True)

    def in_layout(self, by_row: Int[Array, "B T"]) -> Int[Array, "_ _ 1"]:
        return (by_row.T if self.time_major else by_row)[..., None]


def plan_visits(
    lengths: Int[Array, " B"] | None,
    mask: Any,
    reverse: Any,
    zero_output_for_mask: Any,
    sizes: tuple[int, int],
    time_major: bool,
) -> Visits | None:
    """Return the ``Visits`` of rows of these lengths, ``None`` where they are the steps in their order."""
    if mask is None and reverse is False and zero_output_for_mask is True:
        return None  # The usual case is decided first.
    num_steps, batch_size = sizes
    check_flag("reverse", reverse)
    check_flag("zero_output_for_mask", zero_output_for_mask)
    if mask is not None:
        check_step_mask(mask, batch_size, num_steps)
    if mask is None and not reverse and (zero_output_for_mask or lengths is None):
        return None
    live = np.ones((batch_size, num_steps), bool) if lengths is None else np.arange(num_steps) < lengths[:, None]
    return visits_of(live if mask is None else live & mask, reverse, not zero_output_for_mask, time_major)


def move(steps: Float[Array, "_ _ D"], sources: Int[Array, "B T"], time_major: bool) -> Float[Array, "_ _ D"]:
    """Return the steps of each row b that ``sources[b]`` names, in a new array of the same layout."""
    if time_major:
        return np.take_along_axis(steps, sources.T[..., None], axis=0)
    return np.take_along_axis(steps, sources[..., None], axis=1)


def visits_of(live: Bool[Array, "B T"], reverse: bool, repeat: bool, time_major: bool) -> Visits:
    """Return the ``Visits`` of rows that skip what is not ``live``, from the last step to the first with ``reverse``.

    ``repeat`` is whether the last output stands at skipped steps, and not 0.
    """
    num_steps = live.shape[1]
    t = np.arange(num_steps)
    # Stable: among those that are skipped, the order stays.
    order = np.argsort(np.where(live, -t if reverse else t, num_steps), axis=1, kind="stable")
    sources = last_live(live, reverse) if repeat else None
    return Visits(order, live.sum(axis=1), sources, time_major, reverse)


def last_live(live: Bool[Array, "B T"], reverse: bool) -> Int[Array, "B T"]:
    """Return, for each step, the last one that was taken up to it, itself where it is live; −1 where there is none."""
    num_steps = live.shape[1]
    if reverse:
        found = last_live(live[:, ::-1], False)[:, ::-1]
        return np.where(found >= 0, num_steps - 1 - found, -1)
    return np.maximum.accumulate(np.where(live, np.arange(num_steps), -1), axis=1)
