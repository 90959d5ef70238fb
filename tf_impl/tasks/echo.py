"""The echo task as the tutorial wrote it: one graph, fed window by window, the state fetched and fed back."""

import numpy as np

import scratch.tasks.echo as description
from scratch.arrays import Array, Float, Int, Masks, Params, State
from scratch.training.losses import CrossEntropy, softmax
from scratch.tree import named_leaves
from tf_impl.training.trainer import Feeds, Trainer


class EchoTrainer:
    """The twin of ``scratch.tasks.echo.EchoTrainer``: built from the same part and weights, stepped the same way."""

    def __init__(self, part: description.EchoPart, params: Params) -> None:
        self.cell, shape = part.cell, (description.BATCH_SIZE, description.TRUNCATED_BACKPROP_LENGTH, 1)
        # Part 6, too, is unrolled statically here: inside a while_loop no session could feed it our masks.
        unroll = "static" if any(named_leaves(part.cell.mask_sizes(1))) else part.unroll
        feeds, optimizer = Feeds(shape, unroll), description.OPTIMIZER
        self.trainer = Trainer(part.network, params, CrossEntropy(), optimizer, feeds, carry_state=True)
        self.program, self.dtype = self.trainer.program, self.trainer.dtype

    def zero_state(self, batch_size: int) -> State:
        return self.cell.zero_state(batch_size, self.dtype)

    def draw_masks(self, rng: np.random.Generator, batch_size: int) -> Masks:
        return self.cell.draw_masks(rng, description.TRUNCATED_BACKPROP_LENGTH, batch_size, 1)

    def step(
        self, x: Int[Array, "B T"], labels: Int[Array, "B T"], state: State, masks: Masks
    ) -> tuple[float, Float[Array, "B T C"], State]:
        """Train on one window, x and labels [B, T], and return ``(loss, probabilities [B, T, 2], new_state)``."""
        self.trainer.state = {"rnn": state}
        step = self.trainer.step(x[:, :, None], labels, masks={"rnn": masks})
        return step.loss, softmax(step.y), self.trainer.state["rnn"]
