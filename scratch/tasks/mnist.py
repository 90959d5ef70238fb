"""Sequential MNIST: an image read row by row, or pixel by pixel, and named at the end (jasdeep06; Damien; Choi; Lee).

    outputs = rnn(inputs)      inputs [B, T, D]: rows 28 × 28, pixels 784 × 1
    h = outputs_{T−1}          the last output, which has to remember the whole image
    h ← batch_norm(h)          in some of the programs
    y = h W + b                ten logits
    L = Σ losses / B           the mean softmax cross-entropy of the batch

No output but the last is ever looked at, so ∂L/∂outputs is 0 at every step but the last: what the network learns of the
first pixel has come back through all 784 steps. The page is ``docs/tasks/mnist.md``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from scratch.arrays import Array, DType, Float, Initializer, Int, Params
from scratch.cell import Cell
from scratch.cells.full_lstm import LSTMBlockCell
from scratch.cells.gru import GRUCell
from scratch.cells.lstm import BasicLSTMCell
from scratch.engines import check_engine
from scratch.initializers import cudnn_start, normal, orthogonal, rnn_start, zeros
from scratch.layer import Layer
from scratch.tasks.mnist_data import NUM_CLASSES
from scratch.training.adam import AdamOptimizer
from scratch.training.batch_norm import BatchNormalization
from scratch.training.clipping import Clipping
from scratch.training.dense import Dense
from scratch.training.layers import RNN, LastOutput
from scratch.training.losses import CrossEntropy
from scratch.training.network import Network
from scratch.training.optimizers import GradientDescentOptimizer, Optimizer
from scratch.training.rmsprop import RMSPropOptimizer
from scratch.training.trainer import Trainer

LOSS = CrossEntropy()


@dataclass(frozen=True)
class MnistProgram:
    """One tutorial's program: its network, how that starts, and how it is trained.

    - ``reading``: ``"rows"``, ``"pixels"`` or ``"permuted"``, pixels in an order drawn once for all images.
    - ``unroll``: ``"static"`` or ``"dynamic"``. TensorFlow's graphs differ, the numbers do not: NumPy has one loop.
    - ``hidden_units``: the width of a dense layer below the cell; ``batch_norm``: whether one is above it.
    - ``clip_norm``: the longest gradient a variable may have; the output layer's is left alone.
    - ``start``: a function of the cell, a generator, the input size and a dtype that returns the cell's parameters;
      ``dense_initializer`` and ``bias_initializer`` start the dense layers.
    """

    title: str
    reading: str
    cell: Cell
    optimizer: Optimizer
    batch_size: int
    num_steps: int
    unroll: str = "static"
    hidden_units: int | None = None
    batch_norm: bool = False
    clip_norm: float | None = None
    start: Callable[..., Params] = Cell.init_params
    dense_initializer: Initializer = normal
    bias_initializer: Initializer = normal

    @property
    def network(self) -> Network:
        """The network, its variables in TensorFlow's scopes."""
        dense = partial(Dense, kernel_initializer=self.dense_initializer, bias_initializer=self.bias_initializer)
        layers: dict[str, Layer] = {}
        if self.hidden_units is not None:
            layers["hidden"] = dense(self.hidden_units)
        layers["rnn"] = Network({self.cell.scope: RNN(self.cell, self.start)})
        layers["last_output"] = LastOutput()
        if self.batch_norm:
            layers["batch_normalization"] = BatchNormalization()
        return Network({**layers, "dense": dense(NUM_CLASSES)})

    @property
    def clipping(self) -> Clipping | None:
        return None if self.clip_norm is None else Clipping("norm", self.clip_norm, skip=("dense",))


# What Lee's models 2 to 4 have in common.
lee = partial(MnistProgram, unroll="dynamic", batch_norm=True, dense_initializer=orthogonal, bias_initializer=zeros)
BLOCK, GRU, ADAM = LSTMBlockCell(64), GRUCell(128, reset_after=True), AdamOptimizer(0.002, beta1=0.1)
PROGRAMS = {
    "jasdeep06": MnistProgram("jasdeep06's LSTM", "rows", BasicLSTMCell(128), AdamOptimizer(0.001), 128, 799),
    "damien": MnistProgram("Damien's LSTM", "rows", BasicLSTMCell(128), GradientDescentOptimizer(0.001), 128, 10_000),
    # Five epochs of as many whole batches as 55,000 images make.
    "choi": MnistProgram("Choi's LSTM", "rows", BasicLSTMCell(128), AdamOptimizer(), 128, 5 * 429, hidden_units=128),
    "lee1": MnistProgram("Lee's model 1", "rows", BasicLSTMCell(64), GradientDescentOptimizer(0.001), 128, 5000),
    "lee2": lee("Lee's model 2, row by row", "rows", BLOCK, RMSPropOptimizer(0.02), 32, 5000, clip_norm=2.0),
    "lee3": lee("Lee's model 3, pixel by pixel", "pixels", GRU, ADAM, 32, 5000, clip_norm=1.0, start=cudnn_start),
    "lee4": lee("Lee's model 4, permuted pixels", "permuted", GRU, ADAM, 32, 5000, clip_norm=1.0, start=cudnn_start),
}
# Not the tutorial's: the same network from another start, with smaller steps.
PROGRAMS["lee4_rnn"] = replace(
    PROGRAMS["lee4"],
    title="Lee's model 4, permuted pixels, started as an orthogonal RNN",
    start=rnn_start,
    optimizer=AdamOptimizer(0.0008),
)


def init_params(program: MnistProgram, rng: np.random.Generator, input_size: int, dtype: DType = np.float32) -> Params:
    """Return the network's parameters for inputs [B, T, input_size], nested under TensorFlow's variable names."""
    return program.network.init_params(rng, input_size, dtype)


class MnistTrainer(Trainer):
    """The ``Trainer`` of a program's network: ``step(inputs [B, T, D], labels [B])``.

    - ``params``: from ``init_params``; never changed, each step replaces ``trainer.params``.
    - ``engine``: ``"numpy"`` or ``"numba"``.
    """

    # As published, batch normalisation is not in training mode: the moving mean and variance stay 0 and 1.
    training = False

    def __init__(self, program: MnistProgram, params: Params, engine: str = "numpy") -> None:
        check_engine(engine)
        self.program = program
        super().__init__(program.network, params, LOSS, program.optimizer, clip=program.clipping, engine=engine)


def evaluate(
    trainer: Any, inputs: Float[Array, "N T D"], labels: Int[Array, " N"], batch_size: int = 256
) -> tuple[float, Int[Array, " N"]]:
    """Return ``(loss, predictions [N])`` of inputs [N, T, D] and labels [N]: forward only, batch after batch."""
    firsts = range(0, len(inputs), batch_size)
    logits = np.concatenate([trainer.logits(inputs[first : first + batch_size]) for first in firsts])
    return float(LOSS.forward(labels, logits)[0]), logits.argmax(axis=1)
