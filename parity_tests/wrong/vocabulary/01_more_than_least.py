# mistake: Words that come exactly least_count times are dropped: > instead of >=.

from collections import Counter


def vocabulary_of(sentences, least_count):
    """Collect the words.

    - ``sentences``: a list of lists of words. ``least_count``: an integer.

    Return ``vocabulary``, a list of words.
    """
    counts = Counter(word for sentence in sentences for word in sentence)
    # words that come at least least_count times
    kept = [word for word in counts if counts[word] > least_count]
    # the commonest first, those that come equally often in the order of their letters
    return sorted(kept, key=lambda word: (-counts[word], word))


def numbers_of(words, vocabulary):
    """Turn words into numbers.

    - ``words``: a list of T words. ``vocabulary``: a list of words.

    Return ``numbers``, T integers.
    """
    # 0 is padding, 1 is any unknown word, 2 and up are the words of the vocabulary
    places = {word: 2 + place for place, word in enumerate(vocabulary)}
    return [places.get(word, 1) for word in words]
