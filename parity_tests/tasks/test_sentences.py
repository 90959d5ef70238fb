from collections import Counter

import numpy as np
import pytest

from scratch import vocabulary_of
from scratch.tasks.sentences import (
    Sentence,
    as_rows,
    hold_out,
    make_corpus,
    make_sentences,
    read_rows,
    read_sentences,
    write_rows,
)
from tf_impl.tasks import sentences as tf_sentences

LABELS = ["ADJ", "ADP", "ADV", "AUX", "CONJ", "DET", "END", "NAME", "NOUN", "PART", "PRON", "VERB"]


@pytest.fixture(scope="module")
def made():
    return make_sentences(np.random.default_rng(0), 500)


def test_made_sentences_are_what_they_promise(made):
    assert len({" ".join(sentence.words) for sentence in made}) == 500
    assert all(3 <= len(words) == len(labels) <= 40 for words, labels in made)
    assert sorted({label for sentence in made for label in sentence.labels}) == LABELS
    assert made == make_sentences(np.random.default_rng(0), 500)
    assert made != make_sentences(np.random.default_rng(1), 500)


def test_the_label_of_a_word_is_in_the_words_beside_it(made):
    labels_of, counts = {}, Counter(word for sentence in made for word in sentence.words)
    for words, labels in made:
        assert labels[-1] == "END"
        for word, label in zip(words, labels, strict=True):
            labels_of.setdefault(word, set()).add(label)
    assert labels_of["watch"] == {"NOUN", "VERB"}
    assert labels_of["that"] == {"CONJ", "DET", "PRON"}
    assert labels_of["to"] == {"ADP", "PART"}
    assert labels_of["old"] == {"ADJ", "NOUN"}
    # The last word of each class, too, is one that is drawn.
    assert {"ben", "my", "cold", "young", "hard", "read", "heard", "round", "home"} <= counts.keys()
    # Words that come once are invented: one in fifteen, and most of them names.
    assert 0.03 < np.mean([counts[word] == 1 for sentence in made for word in sentence.words]) < 0.1


def test_a_file_is_read_as_tensorflow_reads_it(tmp_path, made):
    path = tmp_path / "own.txt"
    blocks = ["\n".join(f"{word}\t{label}" for word, label in zip(*sentence, strict=True)) for sentence in made[:20]]
    path.write_text("\n\n\n".join(blocks) + "\n\nnaïve\tB-日本\r\n.\tO", encoding="utf-8")
    sentences = read_sentences(path)
    assert sentences == tf_sentences.read_sentences(path)
    assert sentences == [*made[:20], Sentence(["naïve", "."], ["B-日本", "O"])]
    path.write_bytes(b"\xef\xbb\xbfa\tX\n")
    assert read_sentences(path) == [Sentence(["a"], ["X"])]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"a\tX\nb X\n", "own.txt, line 2: must be a word, a tab and a label, but is 'b X'"),
        (b"a\tX\n\nb\tX\tY\n", "own.txt, line 3: must be a word, a tab and a label, but is 'b\\\\tX\\\\tY'"),
        (b"\tX\n", "own.txt, line 1: must be a word, a tab and a label, but is '\\\\tX'"),
        (b"a\t \n", "own.txt, line 1: must be a word, a tab and a label, but is 'a\\\\t '"),
        (b"a\tX\nb\xff\tX\n", "own.txt, line 2: must be UTF-8, but byte 2 is not"),
        (b" \n\n", "own.txt holds no sentence"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, text, words):
    (tmp_path / "own.txt").write_bytes(text)
    with pytest.raises(ValueError, match=words):
        read_sentences(tmp_path / "own.txt")


@pytest.mark.parametrize("num_shards", [1, 3, 7])
def test_records_come_back_in_their_order_from_both_readers(tmp_path, made, num_shards):
    """17 rows in 3 or in 7 files: the last files hold fewer."""
    vocabulary = vocabulary_of([sentence.words for sentence in made], least_count=2)
    rows = as_rows(made[:17], vocabulary, LABELS)
    paths = write_rows(tmp_path, "train", rows, num_shards)
    assert [path.name for path in paths] == sorted(path.name for path in tmp_path.iterdir())
    assert paths[-1].name == f"train-{num_shards - 1:05}-of-{num_shards:05}.tfrecord"
    for reader in (read_rows, tf_sentences.read_rows):
        for have, want in zip(reader(paths), rows, strict=True):
            np.testing.assert_array_equal(have, want, strict=True)
    for shard, path in enumerate(paths):
        for have, want in zip(read_rows([path]), rows[shard::num_shards], strict=True):
            np.testing.assert_array_equal(have, want, strict=True)


def test_rows_are_words_and_labels(made):
    vocabulary = vocabulary_of([sentence.words for sentence in made], least_count=2)
    row = as_rows([Sentence(["the", "zzz", "."], ["DET", "NOUN", "END"])], vocabulary, LABELS)[0]
    the, dot = vocabulary.numbers(["the", "."])
    np.testing.assert_array_equal(row, [[the, 5], [1, 8], [dot, 6]], strict=True)


def test_what_is_held_out_is_not_trained_on(made):
    training, held_out = hold_out(np.random.default_rng(0), made)
    assert (len(training), len(held_out)) == (450, 50)
    together = sorted(" ".join(sentence.words) for sentence in training + held_out)
    assert together == sorted(" ".join(sentence.words) for sentence in made)
    assert [len(part) for part in hold_out(np.random.default_rng(0), made[:2])] == [1, 1]


def test_a_corpus_knows_no_word_of_what_is_held_out(made):
    corpus = make_corpus(np.random.default_rng(0), made)
    training, held_out = hold_out(np.random.default_rng(0), made)
    assert corpus.labels == LABELS
    counts = Counter(word for sentence in training for word in sentence.words)
    assert set(corpus.vocabulary.words) == {word for word, count in counts.items() if count > 1}
    for rows, part in ((corpus.training, training), (corpus.held_out, held_out)):
        for have, want in zip(rows, as_rows(part, corpus.vocabulary, LABELS), strict=True):
            np.testing.assert_array_equal(have, want, strict=True)
    assert min((row[:, 0] == 1).mean() for row in corpus.training) == 0
    assert max((row[:, 0] == 1).mean() for row in corpus.held_out) > 0


def test_refusals(made):
    with pytest.raises(TypeError, match="rng must be a numpy.random.Generator, but is int"):
        make_sentences(0, 5)
    with pytest.raises(ValueError, match="count must be at least 1, but is 0"):
        make_sentences(np.random.default_rng(0), 0)
    with pytest.raises(ValueError, match="sentences must be at least 2"):
        hold_out(np.random.default_rng(0), made[:1])
    with pytest.raises(ValueError, match="num_shards must be at least 1, but is 0"):
        write_rows(".", "train", [], 0)
