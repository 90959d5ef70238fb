# mistake: The rarest word comes first, because the counts are sorted upwards.

def vocabulary_of(sentences, least_count):
    counts = {}
    for sentence in sentences:
        for word in sentence:
            counts[word] = counts.get(word, 0) + 1
    pairs = sorted((count, word) for word, count in counts.items() if count >= least_count)
    return [word for _, word in pairs]


def numbers_of(words, vocabulary):
    return [vocabulary.index(word) + 2 if word in vocabulary else 1 for word in words]
