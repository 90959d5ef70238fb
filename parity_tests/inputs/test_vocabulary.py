from dataclasses import FrozenInstanceError

import numpy as np
import pytest

import tf_impl
from scratch import Vocabulary, vocabulary_of

SENTENCES = [["the", "cat", "saw", "the", "dog"], ["a", "dog", "saw", "naïve", "the"], ["日本", "dog", "the"]]


def test_numbers_and_words_are_tensorflows():
    words = ("the", "naïve", "日本", "dog", "a b")
    ours, theirs = Vocabulary(words), tf_impl.Vocabulary(words)
    assert ours.size == theirs.size == 7
    asked = ["dog", "", "cat", "the", "naïve", "日本", "Dog", "a b"]
    numbers = ours.numbers(asked)
    np.testing.assert_array_equal(numbers, theirs.numbers(asked), strict=True)
    np.testing.assert_array_equal(numbers, [5, 0, 1, 2, 3, 4, 1, 6])
    assert ours.words_at(numbers) == theirs.words_at(numbers)
    assert ours.words_at(np.array([0, 1, 6])) == ["", "[UNK]", "a b"]
    np.testing.assert_array_equal(ours.numbers([]), np.zeros(0, np.int64), strict=True)


def test_the_commonest_words_come_first_as_in_tensorflow():
    words = vocabulary_of(SENTENCES).words
    assert words == ("the", "dog", "saw", "a", "cat", "naïve", "日本")
    # Those that come once have no order of their own, here or there.
    theirs = tf_impl.vocabulary_of(SENTENCES)
    assert words[:3] == tuple(theirs[:3])
    assert set(words) == set(theirs)


def test_words_that_come_too_seldom_are_unknown():
    vocabulary = vocabulary_of(SENTENCES, least_count=2)
    assert vocabulary.words == ("the", "dog", "saw")
    np.testing.assert_array_equal(vocabulary.numbers(SENTENCES[1]), [1, 3, 4, 1, 2])
    assert vocabulary_of([]).words == ()


def test_a_vocabulary_is_a_value():
    words = ["the", "dog"]
    vocabulary = Vocabulary(words)
    words.append("cat")
    assert vocabulary.words == ("the", "dog")
    assert vocabulary == Vocabulary(("the", "dog"))
    assert hash(vocabulary) == hash(Vocabulary(("the", "dog")))
    assert repr(vocabulary) == "Vocabulary(words=('the', 'dog'))"
    with pytest.raises(FrozenInstanceError):
        vocabulary.words = ()


def test_refusals():
    with pytest.raises(TypeError, match="words must be a tuple of strings, but is str"):
        Vocabulary("abc")
    with pytest.raises(TypeError, match="words\\[1\\] must be a string, but is 5"):
        Vocabulary(("a", 5))
    with pytest.raises(ValueError, match="words\\[1\\] is empty"):
        Vocabulary(("a", ""))
    with pytest.raises(ValueError, match="words\\[2\\] is 'a', which words\\[0\\] is already"):
        Vocabulary(("a", "b", "a"))
    with pytest.raises(TypeError, match="words must be a list of strings, but is the string 'ab'"):
        Vocabulary(("a", "b")).numbers("ab")
    for wrong in (4, -1):
        with pytest.raises(ValueError, match=f"numbers\\[1\\] is {wrong}, but the vocabulary has numbers 0 to 3"):
            Vocabulary(("a", "b")).words_at(np.array([0, wrong]))
    with pytest.raises(ValueError, match="least_count must be at least 1, but is 0"):
        vocabulary_of(SENTENCES, least_count=0)
