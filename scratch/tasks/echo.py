"""The echo task: repeat each bit of a random series a few steps late (Hallström, "How to build a recurrent neural
network in TensorFlow", parts 1 to 6).

    x_t = 0 or 1, at random            label_t = x_{t − echo_step}, and 0 before the series began

The series of 50,000 bits is read as 5 rows of 10,000, window after window of 15 steps. The state is carried from
window to window and no gradient crosses, so what the network must hold, the last 3 bits, it must hold in its state.
The page is ``docs/tasks/echo.md``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from scratch.arrays import Array, DType, Float, Initializer, Int, Masks, Params, State
from scratch.cell import Cell
from scratch.cells.dropout import DropoutWrapper
from scratch.cells.lstm import BasicLSTMCell
from scratch.cells.multi import MultiRNNCell
from scratch.cells.rnn import BasicRNNCell
from scratch.engines import check_engine
from scratch.finite import check_finite
from scratch.initializers import glorot_uniform, uniform
from scratch.inputs.unstack import series_to_rows, stack, unstack
from scratch.options import check_count
from scratch.training.dense import Dense
from scratch.training.losses import (
    softmax_cross_entropy_with_logits_backward,
    sparse_softmax_cross_entropy_with_logits,
)
from scratch.training.optimizers import AdagradOptimizer
from scratch.unroll.dynamic import dynamic_rnn, dynamic_rnn_backward
from scratch.unroll.static import static_rnn, static_rnn_backward
from scratch.unroll.truncated import windows

TOTAL_SERIES_LENGTH = 50_000
TRUNCATED_BACKPROP_LENGTH = 15
BATCH_SIZE = 5
ECHO_STEP = 3
STATE_SIZE = 4
NUM_CLASSES = 2
LEARNING_RATE = 0.3


@dataclass(frozen=True)
class EchoPart:
    """One part of the series: its network, and how it is unrolled (``"static"`` or ``"dynamic"``)."""

    title: str
    cell: Cell
    unroll: str
    kernel_initializer: Initializer = glorot_uniform


def lstm_layers() -> MultiRNNCell:
    """Return three LSTM layers of ``STATE_SIZE`` units: three cells, since each layer has its own weights."""
    return MultiRNNCell([BasicLSTMCell(STATE_SIZE) for _ in range(3)])


def dropped(cell: MultiRNNCell) -> MultiRNNCell:
    """Return the layers of a ``MultiRNNCell``, each with half of its output dropped."""
    return MultiRNNCell([DropoutWrapper(layer, output_keep_prob=0.5) for layer in cell.cells])


PARTS = {
    1: EchoPart("vanilla RNN, weights in [0, 1)", BasicRNNCell(STATE_SIZE), "static", uniform),
    2: EchoPart("BasicRNNCell, static_rnn", BasicRNNCell(STATE_SIZE), "static"),
    3: EchoPart("BasicLSTMCell, static_rnn", BasicLSTMCell(STATE_SIZE), "static"),
    4: EchoPart("three LSTM layers, static_rnn", lstm_layers(), "static"),
    5: EchoPart("three LSTM layers, dynamic_rnn", lstm_layers(), "dynamic"),
    6: EchoPart("three LSTM layers with dropout, dynamic_rnn", dropped(lstm_layers()), "dynamic"),
}
OUTPUT_LAYER = Dense(NUM_CLASSES)
OPTIMIZER = AdagradOptimizer(LEARNING_RATE)


def init_params(part: EchoPart, rng: np.random.Generator, dtype: DType = np.float32) -> Params:
    """Return ``{"rnn": …, "dense": …}`` as the tutorial starts them: W2 uniform in [0, 1) and every bias zero."""
    return {
        "rnn": part.cell.init_params(rng, 1, dtype, part.kernel_initializer),
        "dense": OUTPUT_LAYER.init_params(rng, part.cell.output_size, dtype, uniform),
    }


def generate_data(
    rng: np.random.Generator,
    total_series_length: int = TOTAL_SERIES_LENGTH,
    echo_step: int = ECHO_STEP,
    batch_size: int = BATCH_SIZE,
) -> tuple[Int[Array, "B T"], Int[Array, "B T"]]:
    """Return ``(x, labels)``, integers [batch_size, total_series_length / batch_size]: bits and their echo.

    ``rng`` is a ``numpy.random.Generator``. Raises ``ValueError`` where the series does not divide into the rows.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, but is {type(rng).__name__}")
    echo_step = check_count("echo_step", echo_step)
    total_series_length = check_count("total_series_length", total_series_length)
    series_to_rows(np.empty(total_series_length), batch_size)  # Refuses what does not divide, before a bit is drawn.
    x = rng.integers(2, size=total_series_length)
    labels = np.roll(x, echo_step)
    labels[:echo_step] = 0
    return series_to_rows(x, batch_size), series_to_rows(labels, batch_size)


class EchoTrainer:
    """The network of one part in training: its weights, what its optimiser remembers, and one step of both.

    - ``params``: from ``init_params``; never changed, each step replaces ``trainer.params``.
    - ``engine``: ``"numpy"`` or ``"numba"``. The compiled loop knows no static unrolling: it runs every part the same.
    """

    def __init__(self, part: EchoPart, params: Params, engine: str = "numpy") -> None:
        self.part, self.params, self.engine = part, params, check_engine(engine)
        self.dtype = params["dense"]["kernel"].dtype
        self.slots = OPTIMIZER.init_slots(params)

    def zero_state(self, batch_size: int) -> State:
        return self.part.cell.zero_state(batch_size, self.dtype)

    def draw_masks(self, rng: np.random.Generator, batch_size: int) -> Masks:
        return self.part.cell.draw_masks(rng, TRUNCATED_BACKPROP_LENGTH, batch_size, 1)

    def step(
        self, x: Int[Array, "B T"], labels: Int[Array, "B T"], state: State, masks: Masks
    ) -> tuple[Any, Float[Array, "B T C"], State]:
        """Train on one window, x and labels [B, T], and return ``(loss, probabilities [B, T, 2], new_state)``.

        ``loss`` is the mean over all B·T steps of the softmax cross-entropy, before the weights change; ``masks`` are
        those of the cell, for part 6.
        """
        inputs = x.astype(self.dtype)[:, :, None]
        outputs, new_state, rnn_tape = self.unroll(inputs, state, masks)
        logits, dense_cache = OUTPUT_LAYER.forward(self.params["dense"], outputs)
        losses, loss_cache = sparse_softmax_cross_entropy_with_logits(labels, logits)

        # loss = Σ losses / (B·T)
        d_losses = np.full_like(losses, 1 / losses.size)
        d_logits = softmax_cross_entropy_with_logits_backward(loss_cache, d_losses)
        d_outputs, d_dense = OUTPUT_LAYER.backward(self.params["dense"], dense_cache, d_logits)
        # No d_final_state: this is the cut of truncated backpropagation.
        d_rnn = self.unroll_backward(rnn_tape, d_outputs)
        gradients = {"rnn": d_rnn, "dense": d_dense}
        self.params, self.slots = OPTIMIZER.apply_gradients(self.params, gradients, self.slots)
        return losses.mean(), loss_cache.p, new_state

    def unroll(
        self, inputs: Float[Array, "B T D"], state: State, masks: Masks
    ) -> tuple[Float[Array, "B T H"], State, Any]:
        cell, params = self.part.cell, self.params["rnn"]
        if self.part.unroll == "static" and self.engine == "numpy":
            outputs, new_state, tape = static_rnn(cell, params, unstack(inputs), state, masks=masks)
            return stack(outputs), new_state, tape
        return dynamic_rnn(cell, params, inputs, initial_state=state, engine=self.engine, masks=masks)

    def unroll_backward(self, tape: Any, d_outputs: Float[Array, "B T H"]) -> Params:
        if self.part.unroll == "static" and self.engine == "numpy":
            return static_rnn_backward(tape, unstack(d_outputs))[2]
        return dynamic_rnn_backward(tape, d_outputs)[2]


@dataclass(frozen=True)
class EchoWindow:
    """What one window of training showed: labels [B, T] and the network's probabilities [B, T, 2], before its step."""

    epoch: int
    window: int
    x: Int[Array, "B T"]
    labels: Int[Array, "B T"]
    loss: float
    probabilities: Float[Array, "B T C"]

    @property
    def accuracy(self) -> Any:
        """The fraction of steps at which the likelier class is the label."""
        return (self.probabilities.argmax(axis=-1) == self.labels).mean()


def train(
    trainer: Any, rng: np.random.Generator, num_epochs: int, total_series_length: int = TOTAL_SERIES_LENGTH
) -> Iterator[EchoWindow]:
    """Train window by window, yielding an ``EchoWindow`` after each; every epoch has new data and starts from zeros.

    ``trainer`` is an ``EchoTrainer``, or its twin in ``tf_impl``; ``rng`` a ``numpy.random.Generator`` for the data and
    for the masks of part 6. Columns that do not fill a last window are left out, as in the tutorial.
    Raises ``FloatingPointError``, which names the step, where the loss is infinite or NaN.
    """
    for epoch in range(check_count("num_epochs", num_epochs)):
        x, labels = generate_data(rng, total_series_length)
        state = trainer.zero_state(len(x))
        whole = x.shape[1] // TRUNCATED_BACKPROP_LENGTH * TRUNCATED_BACKPROP_LENGTH
        for number, window in enumerate(windows(whole, TRUNCATED_BACKPROP_LENGTH)):
            masks = trainer.draw_masks(rng, len(x))
            loss, probabilities, state = trainer.step(x[:, window], labels[:, window], state, masks)
            check_finite(epoch * (whole // TRUNCATED_BACKPROP_LENGTH) + number + 1, {"the loss": loss})
            yield EchoWindow(epoch, number, x[:, window], labels[:, window], float(loss), probabilities)
