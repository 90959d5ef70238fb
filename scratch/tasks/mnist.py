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
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, DType, Float, Initializer, Int, Params
from scratch.cell import Cell
from scratch.cells.full_lstm import LSTMBlockCell
from scratch.cells.gru import GRUCell
from scratch.cells.lstm import BasicLSTMCell
from scratch.engines import check_engine
from scratch.initializers import cudnn_start, draw_params, normal, orthogonal, rnn_start, zeros
from scratch.tasks.mnist_data import NUM_CLASSES, one_hot
from scratch.training.adam import AdamOptimizer
from scratch.training.batch_norm import BatchNormalization
from scratch.training.clipping import clip_by_norm
from scratch.training.dense import Dense
from scratch.training.losses import softmax_cross_entropy_with_logits, softmax_cross_entropy_with_logits_backward
from scratch.training.optimizers import GradientDescentOptimizer, Optimizer, slot_variables, slots_from_variables
from scratch.training.rmsprop import RMSPropOptimizer
from scratch.tree import named_leaves
from scratch.unroll.dynamic import dynamic_rnn, dynamic_rnn_backward
from scratch.variables import params_from_variables

OUTPUT_LAYER = Dense(NUM_CLASSES)
BATCH_NORM = BatchNormalization()


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

    def dense(width: int, units: int) -> Params:
        start: dict[str, Initializer] = {"kernel": program.dense_initializer, "bias": program.bias_initializer}
        return draw_params(Dense(units).param_shapes(width), start.__getitem__, rng, dtype)

    params: Params = {}
    width, cell = input_size, program.cell
    if program.hidden_units is not None:
        params["hidden"], width = dense(width, program.hidden_units), program.hidden_units
    params["rnn"] = {cell.scope: program.start(cell, rng, width, dtype)}
    if program.batch_norm:
        params["batch_normalization"] = BATCH_NORM.init_params(cell.output_size, dtype)
    params["dense"] = dense(cell.output_size, NUM_CLASSES)
    return params


class MnistStep(NamedTuple):
    """What one step of training showed, before the weights changed: gradients are nested like the parameters."""

    loss: float
    accuracy: float
    gradients: Params
    clipped: Params


class MnistTrainer:
    """A network in training: its weights, what its optimiser remembers, and one step of both.

    - ``params``: from ``init_params``; never changed, each step replaces ``trainer.params``.
    - ``engine``: ``"numpy"`` or ``"numba"``.
    """

    def __init__(self, program: MnistProgram, params: Params, engine: str = "numpy") -> None:
        self.program, self.params, self.engine = program, params, check_engine(engine)
        self.dtype = params["dense"]["kernel"].dtype
        self.slots = program.optimizer.init_slots(params)
        self.moving: Params = {}
        if program.batch_norm:
            self.moving["batch_normalization"] = BATCH_NORM.init_moving(program.cell.output_size, self.dtype)

    def step(self, inputs: Float[Array, "B T D"], labels: Int[Array, " B"]) -> MnistStep:
        """Train on inputs [B, T, D] and labels [B] from 0 to 9, and return an ``MnistStep``."""
        logits, caches = self.forward(inputs)
        losses, loss_cache = cross_entropy(labels, logits)
        # L = Σ losses / B
        d_logits = softmax_cross_entropy_with_logits_backward(loss_cache, np.full_like(losses, 1 / losses.size))
        gradients = clipped = self.backward(caches, d_logits)
        if self.program.clip_norm is not None:
            clipped = clip_by_norm(gradients, self.program.clip_norm, skip=("dense",))
        self.params, self.slots = self.program.optimizer.apply_gradients(self.params, clipped, self.slots)
        accuracy = (logits.argmax(axis=1) == labels).mean()
        return MnistStep(float(losses.mean()), float(accuracy), gradients, clipped)

    def logits(self, inputs: Float[Array, "B T D"]) -> Float[Array, "B C"]:
        """Return the logits [B, 10] of inputs [B, T, D], forward only."""
        return self.forward(inputs, keep_tape=False)[0]

    def variables(self) -> dict[str, Array]:
        """Return ``{name: array}``, all that training goes on from, under the names of TensorFlow's variables."""
        weights = dict(named_leaves(self.params)) | dict(named_leaves(self.moving))
        return weights | slot_variables(self.program.optimizer, self.slots)

    def restore(self, variables: dict[str, Array]) -> None:
        """Go on from ``variables``, which may hold more; refuse, by name, what does not fit this network."""
        # All of it first, so that what is refused changes nothing.
        params, moving = params_from_variables(self.params, variables), params_from_variables(self.moving, variables)
        slots = slots_from_variables(self.program.optimizer, self.params, variables)
        self.params, self.moving, self.slots = params, moving, slots

    def forward(
        self, inputs: Float[Array, "B T D"], keep_tape: bool = True
    ) -> tuple[Float[Array, "B C"], dict[str, Any]]:
        program, params = self.program, self.params
        caches: dict[str, Any] = {}
        if program.hidden_units is not None:
            inputs, caches["hidden"] = Dense(program.hidden_units).forward(params["hidden"], inputs)
        cell, weights = program.cell, params["rnn"][program.cell.scope]
        outputs, _, caches["rnn"] = dynamic_rnn(cell, weights, inputs, engine=self.engine, keep_tape=keep_tape)
        h = outputs[:, -1]
        if program.batch_norm:
            # As published, not in training mode: the moving mean and variance stay 0 and 1.
            weights, moving = params["batch_normalization"], self.moving["batch_normalization"]
            h, _, caches["batch_normalization"] = BATCH_NORM.forward(weights, moving, h, training=False)
        y, caches["dense"] = OUTPUT_LAYER.forward(params["dense"], h)
        return y, caches

    def backward(self, caches: dict[str, Any], d_logits: Float[Array, "B C"]) -> Params:
        """Return the gradients of the parameters, in their order."""
        program, params = self.program, self.params
        gradients: Params = {}
        d_h, gradients["dense"] = OUTPUT_LAYER.backward(params["dense"], caches["dense"], d_logits)
        if program.batch_norm:
            weights, cache = params["batch_normalization"], caches["batch_normalization"]
            d_h, gradients["batch_normalization"] = BATCH_NORM.backward(weights, cache, d_h)
        # h = outputs_{T−1}: no other output has a gradient.
        d_outputs = np.zeros(caches["rnn"].output_shape, self.dtype)
        d_outputs[:, -1] = d_h
        d_inputs, _, d_weights = dynamic_rnn_backward(caches["rnn"], d_outputs)
        gradients["rnn"] = {program.cell.scope: d_weights}
        if program.hidden_units is not None:
            hidden, weights = Dense(program.hidden_units), params["hidden"]
            _, gradients["hidden"] = hidden.backward(weights, caches["hidden"], d_inputs)
        return {name: gradients[name] for name in params}


def cross_entropy(labels: Int[Array, " B"], logits: Float[Array, "B C"]) -> tuple[Float[Array, " B"], Any]:
    """Return ``(losses [B], cache)`` of labels [B], made one-hot as in the tutorials, and logits [B, 10]."""
    return softmax_cross_entropy_with_logits(one_hot(labels, NUM_CLASSES, logits.dtype), logits)


def evaluate(
    trainer: Any, inputs: Float[Array, "N T D"], labels: Int[Array, " N"], batch_size: int = 256
) -> tuple[float, Int[Array, " N"]]:
    """Return ``(loss, predictions [N])`` of inputs [N, T, D] and labels [N]: forward only, batch after batch."""
    firsts = range(0, len(inputs), batch_size)
    logits = np.concatenate([trainer.logits(inputs[first : first + batch_size]) for first in firsts])
    return float(cross_entropy(labels, logits)[0].mean()), logits.argmax(axis=1)
