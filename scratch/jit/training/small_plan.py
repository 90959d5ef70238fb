"""The compiled step of a small network for batches of one shape: its memory, and the arrays that a call hands over."""

import numpy as np

from scratch.arrays import Array, Float, Int, State
from scratch.compiling.compiler import announced
from scratch.jit.machine.memory import zeros
from scratch.jit.machine.tile import tile_code
from scratch.jit.machine.vector import padded
from scratch.jit.small.plan import SmallPlan
from scratch.jit.training.change import Change
from scratch.jit.training.head import HeadLayout, work_size
from scratch.jit.training.small_step import Fed, SmallMemory, small_step


class SmallStep:
    """The step of an unrolled small cell with an output layer, for x [B, T, D] of one shape."""

    def __init__(self, plan: SmallPlan, num_classes: int) -> None:
        dtype, (batch_size, num_steps, depth) = plan.dtype, plan.output_shape
        self.plan, self.batch_size, num_rows = plan, batch_size, batch_size * num_steps
        self.shown_shape = 2, batch_size, num_steps, num_classes
        layout = HeadLayout(
            tile_code(dtype), num_rows, depth, num_classes, padded(num_classes, dtype), padded(depth, dtype)
        )
        self.memory = SmallMemory(
            num_weights=plan.num_weights,
            table=plan.table,
            start=plan.start,
            tape=zeros((plan.tape_size,), dtype),
            work=zeros((plan.work_size,), dtype),
            no_gradient=plan.zeros,
            outputs=zeros((num_rows, depth), dtype),
            d_outputs=zeros((num_rows, depth), dtype),
            d_inputs=zeros(plan.input_shape, dtype),
            d_states=zeros((plan.num_states,), dtype),
            layouts=np.array([layout], np.int64),
            arena=zeros((work_size(layout),), dtype),
            shares=np.full((1, num_rows), 1 / num_rows, dtype),
        )
        # The final state of the last step, and its numbers: the next step mostly starts from it.
        self.last: tuple[State, Array] = plan.zero_state, plan.zeros

    def run(
        self, change: Change, x: Float[Array, "B T D"], labels: Int[Array, "1 N"], state: State
    ) -> tuple[float, Float[Array, "2 B T C"], State]:
        """Return ``(loss, logits and probabilities, the final state)``; parameters and slots change in place."""
        plan = self.plan
        # Whoever was handed that state may have written to it: its arrays are views of these numbers.
        states = self.last[1] if state is self.last[0] else plan.flat_state(state)
        final, shown = np.empty(plan.num_states, plan.dtype), np.empty(self.shown_shape, plan.dtype)
        fed = Fed(x, labels, states, final, shown.reshape(-1, self.shown_shape[3]))
        with announced("a training step", "in", plan.dtype):
            loss = small_step(self.memory, change, fed)
        self.last = plan.state_of(final), final
        return loss, shown, self.last[0]
