"""Words as numbers.

    0 is padding, 1 is any unknown word, 2 and up are the words of the vocabulary, in its order
    the vocabulary: words that come at least least_count times, the commonest first, those that come equally often in
    the order of their letters

    sentences: a list of lists of words   vocabulary: a list of words   numbers: a list of integers

Exercise 25 of 38; the lesson is docs/inputs/vocabulary.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/vocabulary.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""

from collections import Counter


def vocabulary_of(sentences, least_count):
    """Collect the words.

    - ``sentences``: a list of lists of words. ``least_count``: an integer.

    Return ``vocabulary``, a list of words.
    """
    # words that come at least least_count times
    # the commonest first, those that come equally often in the order of their letters
    raise NotImplementedError


def numbers_of(words, vocabulary):
    """Turn words into numbers.

    - ``words``: a list of T words. ``vocabulary``: a list of words.

    Return ``numbers``, T integers.
    """
    # 0 is padding, 1 is any unknown word, 2 and up are the words of the vocabulary
    raise NotImplementedError
