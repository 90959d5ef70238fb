# mistake: Words that come equally often stay in the order in which they came.

from collections import Counter


def vocabulary_of(sentences, least_count):
    """Collect the words.

    - ``sentences``: a list of lists of words. ``least_count``: an integer.

    Return ``vocabulary``, a list of words.
    """
    counts = Counter(word for sentence in sentences for word in sentence)
    kept = [word for word in counts if counts[word] >= least_count]
    return sorted(kept, key=lambda word: -counts[word])


def numbers_of(words, vocabulary):
    """Turn words into numbers.

    - ``words``: a list of T words. ``vocabulary``: a list of words.

    Return ``numbers``, T integers.
    """
    places = {word: 2 + place for place, word in enumerate(vocabulary)}
    return [places.get(word, 1) for word in words]
