# mistake: The words count from 1, so that the first word has the number of the unknown word.

from collections import Counter


def vocabulary_of(sentences, least_count):
    counts = Counter(word for sentence in sentences for word in sentence)
    kept = [word for word in counts if counts[word] >= least_count]
    return sorted(kept, key=lambda word: (-counts[word], word))


def numbers_of(words, vocabulary):
    places = {word: 1 + place for place, word in enumerate(vocabulary)}
    return [places.get(word, 1) for word in words]
