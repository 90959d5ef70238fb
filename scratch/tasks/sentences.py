"""Sentences with a label for every word: a language small enough to read, files of one's own, and records on disk.

    sentence  =  clause end  |  clause joined end  |  …        each time one of the alternatives, at random
    label     =  the class the word was drawn from

The language is made so that a word alone does not tell its label: "the old watch stopped", but "the old watch a boat";
"she saw her" and "she saw her dog". Some words are invented as they are needed, so that one meets them for the first
time in the held-out part, as one does in life. The page is ``docs/tasks/sentences.md``.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, Int
from scratch.files import open_file
from scratch.inputs.sequence_example import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    SequenceExample,
    read_sequence_examples,
)
from scratch.inputs.tfrecord import TFRecordWriter
from scratch.inputs.vocabulary import Vocabulary, vocabulary_of
from scratch.options import check_count

# On the right: a rule, a class of words, or word/LABEL. Alternatives are equally likely.
RULES = """
sentence = clause end | clause end | clause joined end | clause joined joined end | opening clause end
end      = ./END | ./END | ./END | !/END
joined   = ,/END and/CONJ clause | ,/END but/CONJ clause | while/CONJ clause | before/CONJ clause | after/CONJ clause
opening  = before/CONJ clause ,/END | after/CONJ clause ,/END | before/ADP thing ,/END | after/ADP thing ,/END
clause   = one past | one past | one past | one said | one modal do | many do
past     = DID | DID how | DID whom | DID whom where | DID whom to/PART do
said     = said/VERB that/CONJ clause | saw/VERB whom DO how | wanted/VERB to/PART do | was/AUX ADJ
modal    = can/AUX | will/AUX | must/AUX | may/AUX
do       = DO | DO how | DO where | DO whom | DO whom where
one      = NAME | she/PRON | he/PRON | that/PRON | thing | thing | thing where
many     = they/PRON | we/PRON | the/DET PEOPLE
whom     = NAME | her/PRON | him/PRON | that/PRON | thing | thing
thing    = DET NOUN | DET NOUN | DET ADJ NOUN | DET ADJ ADJ NOUN
where    = ADP thing | ADP NAME | to/ADP thing
how      = ADV | ADV | very/ADV ADV
"""
# A class of words, the label of its words, how often one is invented on the spot, and the words.
WORDS = """
NAME   NAME 0.5 anna omar lin ben
DET    DET  0   the the a a her his that this every my
NOUN   NOUN 0.1 watch light walk cook fish plant dance saw well can play ring boat river dog will square sweet cold
PEOPLE NOUN 0   old brave poor sick young
ADJ    ADJ  0.1 old light cold brave fast square green sweet early poor hard late
DO     VERB 0.1 watch walk cook fish plant dance play ring like light call follow read
DID    VERB 0.1 saw liked watched called left followed found painted walked heard
ADP    ADP  0   near by with like after before in round
ADV    ADV  0   fast early well hard late often home
"""
SHORTEST, LONGEST = 3, 40
# How a sentence stands in a record: its length once, the numbers of its words and labels step by step.
CONTEXT = {"length": FixedLenFeature((), np.int64)}
STEPS = {"words": FixedLenSequenceFeature((), np.int64), "labels": FixedLenSequenceFeature((), np.int64)}


class Sentence(NamedTuple):
    """The words of a sentence and the label of each, two lists of one length."""

    words: list[str]
    labels: list[str]


def make_sentences(rng: np.random.Generator, count: int) -> list[Sentence]:
    """Return ``count`` different sentences of 3 to 40 words, drawn by ``rng``, a ``numpy.random.Generator``."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, but is {type(rng).__name__}")
    count = check_count("count", count)
    found: dict[str, Sentence] = {}
    bodies = {name: body.split("|") for name, body in (line.split("=") for line in RULES.strip().splitlines())}
    rules = {name.strip(): [alternative.split() for alternative in body] for name, body in bodies.items()}
    words = {line.split()[0]: line.split()[1:] for line in WORDS.strip().splitlines()}
    while len(found) < count:
        pairs = expand("sentence", rules, words, rng)
        if SHORTEST <= len(pairs) <= LONGEST:
            sentence = as_sentence(pairs)
            found[" ".join(sentence.words)] = sentence
    return list(found.values())


def as_sentence(pairs: list[tuple[str, ...]]) -> Sentence:
    """Return the sentence of these pairs ``(word, label)``."""
    return Sentence([word for word, _ in pairs], [label for _, label in pairs])


def expand(
    symbol: str, rules: dict[str, list[list[str]]], words: dict[str, list[str]], rng: np.random.Generator
) -> list[tuple[str, ...]]:
    """Return the pairs ``(word, label)`` of a rule, a class of words, or a word/LABEL."""
    if symbol in rules:
        return [pair for part in pick(rng, rules[symbol]) for pair in expand(part, rules, words, rng)]
    if symbol in words:
        label, invented, *known = words[symbol]
        return [(invent(rng) if rng.random() < float(invented) else pick(rng, known), label)]
    return [tuple(symbol.rsplit("/", 1))]


def invent(rng: np.random.Generator) -> str:
    """Return a word of two or three syllables that is in no list, such as ``tokoge``."""
    return "".join(pick(rng, "bdfgklmnprstvz") + pick(rng, "aeiou") for _ in range(2 + rng.integers(2)))


def pick(rng: np.random.Generator, choices: Any) -> Any:
    return choices[rng.integers(len(choices))]


def read_sentences(path: str | Path) -> list[Sentence]:
    """Return the sentences of a UTF-8 text file: a word, a tab and its label a line; a sentence ends at an empty line.

    This is the format of the CoNLL shared tasks with two columns. Raises ``ValueError`` that names the file and the
    line for any other line and for a file with no sentence, ``OSError`` where there is none to read.
    """
    sentences: list[Sentence] = []
    pairs: list[tuple[str, ...]] = []
    with open_file(path) as file:
        lines = file.read().splitlines()
    for number, encoded in enumerate([*lines, b""], 1):
        try:
            # A byte order mark, which some editors put at the start, is no part of the first word.
            line = encoded.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}, line {number}: must be UTF-8, but byte {error.start + 1} is not") from error
        if not line.strip():
            sentences += [as_sentence(pairs)] if pairs else []
            pairs = []
            continue
        fields = [field.strip() for field in line.split("\t")]
        if len(fields) != 2 or not all(fields):
            raise ValueError(f"{path}, line {number}: must be a word, a tab and a label, but is {line[:60]!r}")
        pairs.append(tuple(fields))
    if not sentences:
        raise ValueError(f"{path} holds no sentence")
    return sentences


class Corpus(NamedTuple):
    """Sentences as numbers: what the numbers stand for, and rows [T_b, 2] to learn from and to be tested on."""

    vocabulary: Vocabulary
    labels: list[str]
    training: list[Array]
    held_out: list[Array]


def make_corpus(rng: np.random.Generator, sentences: list[Sentence]) -> Corpus:
    """Return the ``Corpus`` of a list of sentences, a tenth of them, chosen by ``rng``, held out.

    The words are those that come twice or more in what is left to learn from; all others are unknown, there as well.
    """
    training, held_out = hold_out(rng, sentences)
    vocabulary = vocabulary_of([sentence.words for sentence in training], least_count=2)
    labels = sorted({label for sentence in sentences for label in sentence.labels})
    return Corpus(vocabulary, labels, as_rows(training, vocabulary, labels), as_rows(held_out, vocabulary, labels))


def hold_out(
    rng: np.random.Generator, sentences: list[Sentence], share: float = 0.1
) -> tuple[list[Sentence], list[Sentence]]:
    """Return ``(training, held_out)``: a random part of the sentences, at least one of them, is kept for the test.

    Raises ``ValueError`` for fewer than two sentences, of which none would be left to train on.
    """
    if len(sentences) < 2:
        raise ValueError(f"sentences must be at least 2, one of them to be held out, but there are {len(sentences)}")
    order = rng.permutation(len(sentences))
    kept = max(1, round(share * len(sentences)))
    return [sentences[i] for i in order[kept:]], [sentences[i] for i in order[:kept]]


def as_rows(sentences: list[Sentence], vocabulary: Vocabulary, labels: list[str]) -> list[Int[Array, "_ 2"]]:
    """Return an int64 array [T_b, 2] for each sentence: the numbers of its words, and the places of its labels."""
    places = {label: place for place, label in enumerate(labels)}
    return [np.stack([vocabulary.numbers(words), [places[label] for label in own]], axis=1) for words, own in sentences]


def write_rows(folder: str | Path, name: str, rows: Sequence[Int[Array, "_ 2"]], num_shards: int = 1) -> list[Path]:
    """Write rows [T_b, 2] as TFRecords of SequenceExamples, dealt out like cards: row i goes to file i mod num_shards.

    Return the paths: ``train-00000-of-00003.tfrecord`` and so on. Each file is written whole or not at all.
    """
    paths = shard_paths(folder, name, num_shards)
    for shard, path in enumerate(paths):
        with TFRecordWriter(path) as writer:
            for words, labels in (row.T for row in rows[shard::num_shards]):
                steps = {"words": [[word] for word in words], "labels": [[label] for label in labels]}
                writer.write(SequenceExample({"length": [len(words)]}, steps).serialize())
    return paths


def shard_paths(folder: str | Path, name: str, num_shards: int) -> list[Path]:
    """Return the paths of ``num_shards`` files that hold one list of rows together."""
    num_shards = check_count("num_shards", num_shards)
    return [Path(folder) / f"{name}-{shard:05}-of-{num_shards:05}.tfrecord" for shard in range(num_shards)]


def read_rows(paths: Iterable[str | Path]) -> Iterator[Int[Array, "_ 2"]]:
    """Yield the rows [T_b, 2] of all these files in the order in which ``write_rows`` dealt them out.

    Raises ``ValueError`` for a damaged file, naming it. Of each file no more than a chunk is in memory.
    """
    files = (read_sequence_examples([path], CONTEXT, STEPS) for path in paths)
    for examples in zip_longest(*files):
        for _, steps in filter(None, examples):
            yield np.stack([steps["words"], steps["labels"]], axis=1)
