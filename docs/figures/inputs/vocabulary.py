"""Words as numbers: a real vocabulary, a sentence with an unknown word, and padding."""

from figures.style import picture, sheet, tile, write
from scratch import vocabulary_of

SENTENCES = ["the cat ate the rat".split(), "the dog saw the cat".split()]


@picture(
    "inputs/vocabulary",
    "Words as numbers",
    "A vocabulary made of two sentences: 0 is padding, 1 is unknown, then the words, the commonest first. "
    "Below, the sentence the bird ate becomes 2, 1, 4 and a padding 0, because bird is unknown.",
)
def words_as_numbers():
    vocabulary = vocabulary_of(SENTENCES)
    figure, axis = sheet(22, 8.2)
    write(axis, 0.5, 0.7, "the vocabulary", ha="left")
    for number in range(vocabulary.size):
        (word,) = vocabulary.words_at([number])
        fill = "soft grey" if number == 0 else "soft orange" if number == 1 else "soft blue"
        tile(axis, 0.5 + 2.6 * number, 1.3, number, fill, width=2.6)
        tile(axis, 0.5 + 2.6 * number, 2.3, word or "padding", fill, width=2.6, size=9.5)
    sentence = ["the", "bird", "ate"]
    write(axis, 0.5, 4.7, "a sentence that is padded to four words", ha="left")
    for place, (word, number) in enumerate(zip([*sentence, ""], [*vocabulary.numbers(sentence), 0], strict=True)):
        fill = "soft grey" if number == 0 else "soft orange" if number == 1 else "soft blue"
        tile(axis, 0.5 + 2.6 * place, 5.3, word, fill, width=2.6)
        tile(axis, 0.5 + 2.6 * place, 6.3, number, fill, width=2.6)
    return figure
