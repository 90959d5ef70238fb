"""The echo task: repeat each bit of a random series a few steps late (Hallström, "How to build a recurrent neural
network in TensorFlow", parts 1 to 6).

    x_t = 0 or 1, at random            label_t = x_{t − echo_step}, and 0 before the series began

The series of 50,000 bits is read as 5 rows of 10,000, window after window of 15 steps. The state is carried from
window to window and no gradient crosses, so what the network must hold, the last 3 bits, it must hold in its state.
The page is ``docs/tasks/echo.md``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
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
from scratch.inputs.unstack import series_to_rows
from scratch.options import check_count
from scratch.training.dense import Dense
from scratch.training.layers import RNN
from scratch.training.losses import CrossEntropy
from scratch.training.network import Network
from scratch.training.optimizers import AdagradOptimizer
from scratch.training.trainer import Trainer
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
    """One part of the series: its cell, and how the tutorial unrolls it (``"static"`` or ``"dynamic"``).

    TensorFlow's graphs differ, the numbers do not: NumPy has one loop.
    """

    title: str
    cell: Cell
    unroll: str
    kernel_initializer: Initializer = glorot_uniform

    @property
    def network(self) -> Network:
        """The network, its weights started as the tutorial starts them: W2 uniform in [0, 1) and every bias zero."""
        start = partial(type(self.cell).init_params, kernel_initializer=self.kernel_initializer)
        return Network({"rnn": RNN(self.cell, start), "dense": Dense(NUM_CLASSES, uniform)})


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
OPTIMIZER = AdagradOptimizer(LEARNING_RATE)


def init_params(part: EchoPart, rng: np.random.Generator, dtype: DType = np.float32) -> Params:
    """Return ``{"rnn": …, "dense": …}``, the parameters of the network of a part."""
    return part.network.init_params(rng, 1, dtype)


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
    """A ``Trainer`` of the network of one part, fed with windows of bits, the state handed from one to the next.

    - ``params``: from ``init_params``; never changed, each step replaces ``trainer.params``.
    - ``engine``: ``"numpy"`` or ``"numba"``.
    """

    def __init__(self, part: EchoPart, params: Params, engine: str = "numpy") -> None:
        check_engine(engine)
        self.part = part
        self.trainer = Trainer(part.network, params, CrossEntropy(), OPTIMIZER, carry_state=True, engine=engine)

    @property
    def params(self) -> Params:
        return self.trainer.params

    @property
    def slots(self) -> Params:
        return self.trainer.slots

    def zero_state(self, batch_size: int) -> State:
        return self.part.cell.zero_state(batch_size, self.trainer.dtype)

    def draw_masks(self, rng: np.random.Generator, batch_size: int) -> Masks:
        return self.part.cell.draw_masks(rng, TRUNCATED_BACKPROP_LENGTH, batch_size, 1)

    def step(
        self, x: Int[Array, "B T"], labels: Int[Array, "B T"], state: State, masks: Masks
    ) -> tuple[float, Float[Array, "B T C"], State]:
        """Train on one window, x and labels [B, T], and return ``(loss, probabilities [B, T, 2], new_state)``.

        ``loss`` is the mean over all B·T steps of the softmax cross-entropy, before the weights change; ``masks`` are
        those of the cell, for part 6.
        """
        # From the state that is given, and no gradient into it: this is the cut of truncated backpropagation.
        self.trainer.state = {"rnn": state}
        step = self.trainer.step(x.astype(self.trainer.dtype)[:, :, None], labels, masks={"rnn": masks})
        return step.loss, step.probabilities, self.trainer.state["rnn"]


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
