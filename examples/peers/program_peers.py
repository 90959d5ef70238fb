"""Ours and TensorFlow's graphs on whole programs: the trainers of ``scratch.tasks`` and of ``tf_impl.tasks``.

Every peer of a program has ``train(x, labels, lengths)``, which returns the loss of a batch before its step.
"""

import itertools
from importlib import import_module

import numpy as np

from peers.programs import COMPARED, ECHO, MNIST, PART, TAGGER, TAGGING
from scratch import set_num_threads
from scratch.tasks import echo, mnist, tagging


class ProgramPeer:
    """A peer that takes the batches one by one, for ever."""

    def __init__(self, feed, threads):
        self.feed, self.losses = feed, []
        self.prepare(feed, threads)
        self.batches = itertools.cycle(self.handed_over(feed))

    def handed_over(self, feed):
        """Return the batches as the library wants them."""
        return feed.batches()

    def step(self):
        loss = float(self.train(*next(self.batches)))
        if len(self.losses) < COMPARED:
            self.losses.append(loss)

    def results(self):
        while len(self.losses) < COMPARED:
            self.step()
        return {"losses": np.array(self.losses[:COMPARED])}


class NumpyProgram(ProgramPeer):
    """The trainers of the tasks, as the programs in ``examples`` use them."""

    engine = "numpy"

    def prepare(self, feed, threads):
        if feed.name == ECHO:
            self.trainer = self.make(echo, "EchoTrainer", PART, feed.params)
            self.state = self.trainer.zero_state(feed.x.shape[1])
        elif feed.name == TAGGING:
            self.trainer = self.make(tagging, "TaggingTrainer", TAGGER, feed.params)
        else:
            self.trainer = self.make(mnist, "MnistTrainer", MNIST[feed.name], feed.params, feed.x.shape[2:])

    def make(self, module, name, description, params, input_shape=None):
        return getattr(module, name)(description, params, engine=self.engine)

    def handed_over(self, feed):
        if feed.name == ECHO:
            return [(x[..., 0].astype(np.int64), labels, lengths) for x, labels, lengths in feed.batches()]
        return feed.batches()

    def train(self, x, labels, lengths):
        if self.feed.name == ECHO:
            loss, _, self.state = self.trainer.step(x, labels, self.state, self.masks)
            return loss
        if self.feed.name == TAGGING:
            return self.trainer.step(tagging.TaggingBatch(x, labels, lengths))
        return self.trainer.step(x, labels).loss

    masks = PART.cell.draw_masks(np.random.default_rng(0), echo.TRUNCATED_BACKPROP_LENGTH, echo.BATCH_SIZE, 1)


class NumbaProgram(NumpyProgram):
    engine = "numba"

    def prepare(self, feed, threads):
        set_num_threads(threads)
        super().prepare(feed, threads)


class GraphProgram(NumpyProgram):
    """The same programs as TF1 graphs, the weights in variables."""

    def make(self, module, name, description, params, input_shape=None):
        twin = import_module(module.__name__.replace("scratch", "tf_impl"))
        arguments = () if input_shape is None else (input_shape,)
        return getattr(twin, name)(description, params, *arguments)
