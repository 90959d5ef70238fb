# mistake: Unknown words are left out, so that the list of numbers is shorter than the sentence.

from collections import Counter


def vocabulary_of(sentences, least_count):
    counts = Counter()
    for sentence in sentences:
        counts.update(sentence)
    ordered = sorted(counts)
    ordered.sort(key=counts.get, reverse=True)
    return [word for word in ordered if counts[word] >= least_count]


def numbers_of(words, vocabulary):
    return [vocabulary.index(word) + 2 for word in words if word in vocabulary]
