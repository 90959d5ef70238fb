"""What the two programs that train a tagger share: where their sentences come from."""

from pathlib import Path

import numpy as np

from scratch.tasks.sentences import make_sentences, read_sentences

FEWEST = 20


def add_data(parser, sentences):
    """Add ``--sentences``, how many to make, and ``--data``, a file to read instead."""
    parser.add_argument(
        "--sentences", type=int, default=sentences, help=f"how many sentences to make (default {sentences})"
    )
    own = "a file of your own instead: UTF-8, a word, a tab and its label a line, an empty line between sentences"
    parser.add_argument("--data", type=Path, help=own)


def sentences_of(parser, arguments):
    """Return the sentences, refusing a file that does not hold any as one refuses an argument."""
    if arguments.sentences < FEWEST:
        parser.error(f"--sentences must be at least {FEWEST}, but is {arguments.sentences}")
    if arguments.data is None:
        return make_sentences(np.random.default_rng(arguments.seed), arguments.sentences)
    try:
        sentences = read_sentences(arguments.data)
    except ValueError as error:
        parser.error(f"--data {error}")
    except OSError as error:
        parser.error(f"--data {arguments.data} cannot be read: {error.strerror or error}")
    if len(sentences) < FEWEST:
        parser.error(f"--data {arguments.data} must hold at least {FEWEST} sentences, but holds {len(sentences)}")
    return sentences
