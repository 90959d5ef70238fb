# mistake: A word is counted once for each sentence it stands in, however often.
# mistake: The numbers start at 0: nothing is kept for padding and the unknown word.

from collections import Counter


def vocabulary_of(sentences, least_count):
    counts = Counter(word for sentence in sentences for word in set(sentence))
    return sorted((w for w in counts if counts[w] >= least_count), key=lambda w: (-counts[w], w))


def numbers_of(words, vocabulary):
    numbers = {}
    for word in vocabulary:
        numbers[word] = len(numbers)
    return [numbers.get(word, 1) for word in words]
