"""A character language model: two LSTM layers that learn to say which character comes next in a text of one's own.

    x_t = E[character t]        h_t = lstm(x_t, h_{t−1})        y_t = h_t W + b        label_t = character t + 1

The text is read as B rows, window after window of T characters. The state is carried from window to window, as in
``scratch/tasks/echo.py``. What has been trained writes: each character drawn from the logits is the next input. The
page is ``docs/tasks/char_lm.md``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from scratch.arrays import Array, DType, FilePath, Int, Params
from scratch.cells.dropout import DropoutWrapper, without_dropout
from scratch.cells.lstm import BasicLSTMCell
from scratch.cells.multi import MultiRNNCell
from scratch.finite import check_finite
from scratch.generators import generator_state, restore_generator
from scratch.inputs.unstack import series_to_rows
from scratch.options import check_count, check_options, check_probability
from scratch.sampling import categorical
from scratch.training.adam import AdamOptimizer
from scratch.training.clipping import Clipping
from scratch.training.dense import Dense
from scratch.training.embedding import Embedding
from scratch.training.layers import RNN
from scratch.training.losses import CrossEntropy
from scratch.training.network import Network
from scratch.training.trainer import Trainer
from scratch.unroll.streaming import Stream
from scratch.unroll.truncated import windows

BATCH_SIZE, WIDTH = 32, 64
LOSS, OPTIMIZER, CLIP = CrossEntropy(), AdamOptimizer(0.002), Clipping("global_norm", 5.0)


@dataclass(frozen=True)
class CharModel:
    """The network for texts of these ``characters``, a string of different ones; it holds no weights.

    ``num_units`` is the width of the embedding and of both layers, ``keep_prob`` how much of a layer's output is kept
    in training. Raises ``ValueError`` or ``TypeError`` for characters that repeat, or an option that is none.
    """

    characters: str
    num_units: int = 128
    keep_prob: float = 0.9

    def __post_init__(self) -> None:
        check_options(self, num_units=check_count, keep_prob=check_probability)
        if not isinstance(self.characters, str) or not 0 < len(self.characters) == len(set(self.characters)):
            raise ValueError("characters must be a string of different characters, at least one")

    @property
    def network(self) -> Network:
        """The chain of the embedding, the two LSTM layers, each with dropout, and the output layer."""
        layer = DropoutWrapper(BasicLSTMCell(self.num_units), output_keep_prob=self.keep_prob)
        count, rnn = len(self.characters), RNN(MultiRNNCell([layer, layer]))
        return Network({"embedding": Embedding(count, self.num_units), "rnn": rnn, "dense": Dense(count)})

    def init_params(self, rng: np.random.Generator, dtype: DType = np.float32) -> Params:
        """Return freshly drawn weights from a ``numpy.random.Generator``."""
        return self.network.init_params(rng, len(self.characters), dtype)

    def numbers(self, text: str) -> Int[Array, " N"]:
        """Return the number of each character; raises ``ValueError`` for one that the model does not know."""
        if unknown := set(text) - set(self.characters):
            raise ValueError(f"text must be of the model's characters, but has {min(unknown)!r}")
        place = {character: number for number, character in enumerate(self.characters)}
        return np.array([place[character] for character in text], np.int64)


def model_of(text: str, num_units: int = 128, keep_prob: float = 0.9) -> CharModel:
    """Return the ``CharModel`` for the characters of a text."""
    return CharModel("".join(sorted(set(text))), num_units, keep_prob)


def make_trainer(model: CharModel, params: Params, engine: str = "numpy") -> Trainer:
    """Return the ``Trainer`` of a model: Adam, the gradients clipped by their global norm, the state carried."""
    return Trainer(model.network, params, LOSS, OPTIMIZER, clip=CLIP, carry_state=True, engine=engine)


def num_windows(numbers: Int[Array, " N"], batch_size: int = BATCH_SIZE, width: int = WIDTH) -> int:
    """Return how many windows of ``width`` steps the numbers of a text fill, read as ``batch_size`` rows."""
    return (len(numbers) - 1) // check_count("batch_size", batch_size) // check_count("width", width)


def train_epoch(
    trainer: Any, numbers: Int[Array, " N"], rng: np.random.Generator, batch_size: int = BATCH_SIZE, width: int = WIDTH
) -> Iterator[float]:
    """Train on the numbers of a text once, window by window, yielding the loss of each window.

    ``trainer`` is one of ``make_trainer``, or its twin in ``tf_impl``; ``rng`` draws the masks of dropout. What fills
    no last row or window is left out. Raises ``FloatingPointError``, which names the step, where a loss is infinite
    or NaN, and ``ValueError`` for a text too short for a window.
    """
    columns = num_windows(numbers, batch_size, width) * width
    if columns == 0:
        raise ValueError(f"the text must have at least {batch_size * width + 1} characters, but has {len(numbers)}")
    x, labels = (series_to_rows(numbers[i : i + batch_size * columns], batch_size) for i in (0, 1))
    trainer.state = None
    for number, window in enumerate(windows(columns, width)):
        masks = trainer.network.draw_masks(rng, (batch_size, width))
        loss = trainer.step(x[:, window], labels[:, window], masks=masks).loss
        check_finite(number + 1, {"the loss": loss})
        yield loss


def train(
    trainer: Any,
    numbers: Int[Array, " N"],
    rng: np.random.Generator,
    num_epochs: int,
    path: FilePath | None = None,
    resume: bool = False,
) -> Iterator[tuple[int, int, float]]:
    """Train for so many epochs, yielding ``(windows done, windows in all, loss)`` after each window.

    After each epoch all that training goes on from is saved in the file ``path``. With ``resume`` it goes on from that
    file as if it had never stopped; ``num_epochs`` counts the epochs before as well. Raises what ``train_epoch`` does.
    """
    epochs, first = check_count("num_epochs", num_epochs), 0
    if resume and path is not None:
        saved = trainer.restore(path)
        first = int(saved["epoch"])
        restore_generator(rng, saved["generator"])
    for epoch in range(first, epochs):
        start = trainer.global_step
        for loss in train_epoch(trainer, numbers, rng):
            total = start + (epochs - epoch) * num_windows(numbers)
            yield trainer.global_step, total, loss
        if path is not None:
            # What is saved is to be good to go on from.
            check_finite(trainer.global_step, {"weights": trainer.variables()})
            trainer.save(path, {"epoch": np.int64(epoch + 1), "generator": generator_state(rng)})


class Writer:
    """What has been trained, writing: ``"".join(itertools.islice(writer, 200))`` are 200 more characters.

    ``prompt`` is read before, at least one character; ``temperature`` and ``top_k`` are those of ``categorical``.
    """

    def __init__(
        self,
        model: CharModel,
        params: Params,
        rng: np.random.Generator,
        prompt: str,
        temperature: float = 1.0,
        top_k: int | None = None,
        engine: str = "numpy",
    ) -> None:
        self.model, self.params, self.rng, self.options = model, params, rng, (temperature, top_k)
        cell: Any = model.network.layers["rnn"]
        self.stream = Stream(without_dropout(cell.cell), params["rnn"], engine=engine)
        self.unread = list(model.numbers(prompt))
        if not self.unread:
            raise ValueError("prompt must have at least one character")

    def __iter__(self) -> "Writer":
        return self

    def __next__(self) -> str:
        for number in self.unread:
            h = self.stream.step(self.params["embedding"]["embeddings"][[number]])
        logits, _ = Dense(len(self.model.characters)).forward(self.params["dense"], h)
        (number,) = categorical(self.rng, logits, self.options[0], self.options[1])
        self.unread = [number]
        return self.model.characters[number]
