"""What the chief says at the end: how well the tagger tags, and the picture of its training."""

from functools import partial

from common import plt, save

import numpy as np
from peers.pictures import plain_log

from scratch.tasks import tagging
from scratch.variables import params_from_variables


def report(tagger, state, losses, corpus, arguments, console):
    """Print the accuracy on the sentences held out, draw the loss, and return the status to end with.

    The weights that TensorFlow trained are put to the test by NumPy.
    """
    template = tagger.init_params(np.random.default_rng(0), np.float64)
    trainer = tagging.TaggingTrainer(tagger, params_from_variables(template, state))
    alone = tagging.most_frequent_labels(corpus.training, tagger)
    confusions = [
        tagging.confusion_matrix(corpus.held_out, predicted, len(corpus.labels))
        for predicted in (tagging.tag(trainer, corpus.held_out), [alone[row[:, 0]] for row in corpus.held_out])
    ]
    tagged, baseline = (np.trace(confusion) / confusion.sum() for confusion in confusions)
    console.print(f"final loss {losses[-1]:.17g}")
    console.print(f"words held out: {tagged:.2%} right, {baseline:.2%} by the most frequent label of each")
    title = f"Tagging by several workers: {tagged:.2%} right, {baseline:.2%} by words alone"
    save(partial(draw, losses, title), arguments.out / "distributed.png", console)
    if tagged >= baseline:
        return 0
    console.print("[red]The tagger does worse than the words alone[/red]: more epochs or more sentences may help.")
    return 1


def draw(losses, title):
    """Return the loss of every step."""
    figure, axis = plt.subplots(figsize=(8, 4.5), layout="constrained")
    axis.plot(losses, linewidth=0.8, color="#8c2f7a")
    axis.set(xlabel="step", ylabel="mean cross-entropy of the batch", yscale="log", title=title)
    plain_log(axis.yaxis, plt)
    return figure
