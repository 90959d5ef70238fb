"""What a tagger has learnt after a short run: which label is taken for which."""

import functools

import numpy as np

from figures.style import axes, blank, heat, picture, write
from scratch.tasks.sentences import make_corpus, make_sentences
from scratch.tasks.tagging import Tagger, TaggingTrainer, confusion_matrix, tag, train


@functools.cache
def run():
    """Return the labels, and the confusion matrix of held out sentences after a short training run."""
    rng = np.random.default_rng(0)
    corpus = make_corpus(rng, make_sentences(rng, 300))
    tagger = Tagger(corpus.vocabulary.size, len(corpus.labels))
    trainer = TaggingTrainer(tagger, tagger.init_params(rng))
    for _ in train(trainer, corpus.training, rng, 6):
        pass
    return corpus.labels, confusion_matrix(corpus.held_out, tag(trainer, corpus.held_out), len(corpus.labels))


@picture(
    "tasks/tagging",
    "Which label is taken for which",
    "A table of true labels by predicted labels, with the counts of words of held out sentences. Most "
    "counts stand on the diagonal; what is off it are mistakes.",
)
def confusion():
    labels, counts = run()
    size = len(labels)
    figure, axis = axes(5.4, 4.6)
    heat(blank(axis, size, size), counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), largest=1)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            write(axis, column + 0.5, row + 0.5, str(count), fontsize=9)
    for place, label in enumerate(labels):
        axis.text(-0.2, place + 0.5, label, ha="right", va="center", fontsize=9)
        axis.text(place + 0.5, size + 0.2, label, ha="center", va="top", rotation=60, fontsize=9)
    axis.set_title("rows: true; columns: predicted")
    return figure
