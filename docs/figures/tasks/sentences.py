"""Sentences of the grammar with their labels, and how they are dealt out to files."""

import numpy as np

from figures.style import picture, sheet, tile, write
from scratch.tasks.sentences import make_sentences

FILLS = {"NOUN": "soft blue", "VERB": "soft orange", "ADJ": "soft green", "DET": "soft grey"}


@picture(
    "tasks/sentences",
    "Sentences and their labels",
    "Four sentences of the grammar, a word in each cell and its label below. The same words, such as "
    "light, cook and watch, are noun, verb or adjective, by what stands around them.",
)
def labelled_sentences():
    sentences = [
        s for s in make_sentences(np.random.default_rng(0), 60) if len(s.words) <= 8 and len({*s.words} & CHANGING) >= 2
    ]
    figure, axis = sheet(22, 4 * 2.4 + 0.4)
    for row, sentence in enumerate(sentences[:4]):
        for place, (word, label) in enumerate(zip(sentence.words, sentence.labels, strict=True)):
            fill = FILLS.get(label, "none")
            tile(axis, 0.3 + 2.7 * place, 0.3 + 2.4 * row, word, fill, width=2.6, size=9.5)
            tile(axis, 0.3 + 2.7 * place, 1.3 + 2.4 * row, label, fill, width=2.6, height=0.8, size=7.5)
    return figure


CHANGING = set("watch light walk cook fish plant dance ring well square sweet cold fast hard early".split())


@picture(
    "tasks/sentences",
    "Sentences dealt out to three files and read back in their order",
    "Ten numbered sentences. They are dealt out like cards: file 0 gets 0, 3, 6 and 9, file 1 gets 1, 4 "
    "and 7, file 2 gets 2, 5 and 8. Read one from each file in turn, they come back in order.",
)
def dealt_out():
    figure, axis = sheet(22, 9)
    fills = ("soft blue", "soft orange", "soft green")
    for number in range(10):
        tile(axis, 6 + number, 0.6, number, fills[number % 3])
        tile(axis, 6 + number, 7.4, number, fills[number % 3])
        tile(axis, 6 + number // 3, 2.6 + 1.4 * (number % 3), number, fills[number % 3])
    write(axis, 5.4, 1.1, "sentences", ha="right")
    for shard in range(3):
        write(axis, 5.4, 3.1 + 1.4 * shard, f"file {shard} of 3", ha="right")
    write(axis, 5.4, 7.9, "read in turn", ha="right")
    return figure
