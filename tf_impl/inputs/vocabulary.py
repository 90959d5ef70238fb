"""TensorFlow's numbers of words: ``tf.keras.layers.StringLookup``, with the empty string for padding."""

from collections.abc import Iterable, Sequence
from typing import Any

from scratch.arrays import Array, Int
from tf_impl.tensorflow import tf


class Vocabulary:
    """The twin of ``scratch.Vocabulary``, from the same words."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = list(words)

    @property
    def size(self) -> int:
        return self.look_up().vocabulary_size()

    def numbers(self, words: Sequence[str]) -> Int[Array, " T"]:
        """Return the numbers [T] that ``StringLookup`` gives the words."""
        return self.look_up()(tf.constant(words, tf.string)).numpy()

    def words_at(self, numbers: Iterable[int]) -> list[str]:
        """Return the words that ``StringLookup(invert=True)`` gives the numbers [T]."""
        return [word.decode() for word in self.look_up(invert=True)(tf.constant(numbers)).numpy()]

    def look_up(self, **options: Any) -> Any:
        return tf.keras.layers.StringLookup(vocabulary=self.words, mask_token="", **options)


def vocabulary_of(sentences: Iterable[Iterable[str]]) -> list[str]:
    """Return the words that ``StringLookup.adapt`` finds, the commonest first."""
    layer = tf.keras.layers.StringLookup(mask_token="")
    layer.adapt(tf.constant([word for sentence in sentences for word in sentence]))
    return layer.get_vocabulary(include_special_tokens=False)
