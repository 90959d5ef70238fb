"""Words to numbers and back, as ``tf.keras.layers.StringLookup`` counts them.

    0        padding: no word, what fills a row up past its end
    1        unknown: any word that is not in the vocabulary
    2 + i    the i-th word of the vocabulary

The page is ``docs/inputs/vocabulary.md``.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from scratch.arrays import Array, Int
from scratch.options import LARGEST, check_count
from scratch.shown import shown

PADDING, UNKNOWN, FIRST = 0, 1, 2


@dataclass(frozen=True)
class Vocabulary:
    """The words that have numbers of their own: ``words``, a tuple of different strings.

    Raises ``TypeError`` or ``ValueError`` for what is no string, an empty string, or a word that comes twice.
    """

    words: tuple[str, ...]
    numbers_of: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.words, list | tuple):
            raise TypeError(f"words must be a tuple of strings, but is {type(self.words).__name__}")
        numbers_of = {"": PADDING}
        for place, word in enumerate(self.words):
            if not isinstance(word, str):
                raise TypeError(f"words[{place}] must be a string, but is {shown(word)}")
            if not word:
                raise ValueError(f"words[{place}] is empty: that is how padding is written")
            if word in numbers_of:
                raise ValueError(f"words[{place}] is {shown(word)}, which words[{numbers_of[word] - FIRST}] is already")
            numbers_of[word] = FIRST + place
        object.__setattr__(self, "words", tuple(self.words))
        object.__setattr__(self, "numbers_of", numbers_of)

    @property
    def size(self) -> int:
        """How many numbers there are, padding and unknown among them: what an ``Embedding`` needs rows for."""
        return FIRST + len(self.words)

    def numbers(self, words: Sequence[str]) -> Int[Array, " T"]:
        """Return the int64 numbers [T] of a list of T words, 1 for each that is unknown."""
        return np.array([self.numbers_of.get(word, UNKNOWN) for word in listed_words("words", words)], np.int64)

    def words_at(self, numbers: Iterable[int]) -> list[str]:
        """Return the list of T words at the numbers [T]: ``""`` for padding and ``"[UNK]"`` for the unknown.

        Raises ``ValueError`` for a number that is no word's.
        """
        known, numbers = ("", "[UNK]", *self.words), listed("numbers", numbers, "integers")
        for place, number in enumerate(numbers):
            if not 0 <= check_count(f"numbers[{place}]", number, least=-LARGEST, most=LARGEST) < len(known):
                raise ValueError(f"numbers[{place}] is {number}, but the vocabulary has numbers 0 to {len(known) - 1}")
        return [known[number] for number in numbers]


def vocabulary_of(sentences: Iterable[Iterable[str]], least_count: int = 1) -> Vocabulary:
    """Return the ``Vocabulary`` of the words that come at least ``least_count`` times in a list of lists of words.

    The commonest stands first; those that come equally often stand in the order of their letters. With a
    ``least_count`` of 2, the words seen once become examples of what it is to be unknown, from which row 1 is trained.
    """
    check_count("least_count", least_count)
    rows = [
        listed_words(f"sentences[{row}]", sentence)
        for row, sentence in enumerate(listed("sentences", sentences, "lists of strings"))
    ]
    counts = Counter(word for words in rows for word in words)
    common = [word for word, count in counts.items() if count >= least_count]
    return Vocabulary(tuple(sorted(common, key=lambda word: (-counts[word], word))))


def listed(name: str, values: Any, kind: str) -> list[Any]:
    """Return what can be gone through as a list, refusing a text, of which each letter would count."""
    if isinstance(values, str | bytes):
        raise TypeError(f"{name} must be a list of {kind}, but is the string {shown(values)}")
    if not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a list of {kind}, but is {shown(values)}")
    return list(values)


def listed_words(name: str, words: Any) -> list[str]:
    """Return words as a list, refusing what is none."""
    words = listed(name, words, "strings")
    for place, word in enumerate(words):
        if not isinstance(word, str):
            raise TypeError(f"{name}[{place}] must be a string, but is {shown(word)}")
    return words
