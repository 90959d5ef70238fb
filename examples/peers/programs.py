"""Whole training steps: the table of the programs, what they are fed, and where their weights start.

A step is what a user's loop does with a batch: forward, loss, backward, clipping, the optimiser, new weights. Everyone
starts from the same weights and is fed the same batches; what is compared is the loss of the first steps.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from peers.feed import Feed
from scratch.tasks import echo, mnist, tagging
from scratch.tree import named_leaves

# The steps whose losses are compared. Adam adds its ε at another place in each library, which in the end is seen.
COMPARED = 3
ECHO, ROWS, PIXELS, TAGGING = "echo", "rows", "pixels", "tagging"
MNIST = {ROWS: mnist.PROGRAMS["jasdeep06"], PIXELS: mnist.PROGRAMS["lee3"]}
PART = echo.PARTS[5]
# About as many words and labels as its sentences have.
TAGGER = tagging.Tagger(400, 12)


@dataclass(frozen=True)
class Program:
    """A program: ``B`` rows of ``T`` steps a batch, ``D`` numbers a step, and as many ``batches`` as make an epoch."""

    title: str
    name: str
    B: int
    T: int
    D: int
    batches: int
    # A loss says how long a step of it is: no table of products.
    limit: ClassVar[None] = None

    def describe(self):
        return f"{self.title}: a whole training step, B {self.B}, T {self.T}"


PROGRAMS = {
    "whole-echo": Program("the echo task, part 5, Adagrad", ECHO, 5, 15, 1, 600),
    "whole-rows": Program("MNIST by rows, LSTM 128, Adam", ROWS, 128, 28, 28, 20),
    "whole-pixels": Program("MNIST by pixels, GRU 128, batch norm, clipping, Adam", PIXELS, 32, 784, 1, 3),
    "whole-tagging": Program("tagging, embedding, LSTM 24 from both ends, padded, Adam", TAGGING, 32, 20, 16, 50),
}


def draw_feed(program, seed):
    """Return the ``Feed`` of a program: bits and their echo, or numbers and labels at random, weights as it starts."""
    rng = np.random.default_rng(seed)
    n, b, t = program.batches, program.B, program.T
    if program.name == ECHO:
        x, labels = echo.generate_data(rng, n * b * t)
        # Windows one after the other: the state goes from each to the next.
        x, labels = (part.reshape(b, n, t).swapaxes(0, 1).copy() for part in (x, labels))
        feed = Feed(program.name, x[..., None].astype(np.float32), labels, None, {})
        params = echo.init_params(PART, rng)
    elif program.name == TAGGING:
        # A bucket of sentences: none is shorter than the next one's longest.
        lengths = rng.integers(t - t // 4, t + 1, size=(n, b))
        live = np.arange(t) < lengths[..., None]
        x, labels = (
            np.where(live, rng.integers(1, most, size=(n, b, t)), 0)
            for most in (TAGGER.vocabulary_size, TAGGER.num_labels)
        )
        feed, params = Feed(program.name, x, labels, lengths, {}), TAGGER.init_params(rng)
    else:
        x = rng.standard_normal((n, b, t, program.D), np.float32)
        feed = Feed(program.name, x, rng.integers(10, size=(n, b)), None, {})
        params = mnist.init_params(MNIST[program.name], rng, program.D)
    return replace(feed, weights=dict(named_leaves(params)))
