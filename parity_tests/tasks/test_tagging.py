from types import SimpleNamespace

import numpy as np
import pytest

from parity_tests.harness import assert_parity
from scratch.gradient_check import complex_step, to_complex
from scratch.tasks.sentences import make_corpus, make_sentences
from scratch.tasks.tagging import (
    Tagger,
    TaggingBatch,
    TaggingTrainer,
    confusion_matrix,
    f1_scores,
    loss_and_gradients,
    make_batches,
    most_frequent_labels,
    tag,
    train,
)
from scratch.tree import map_tree
from tf_impl.tasks import tagging as tf_tagging

TAGGER = Tagger(vocabulary_size=7, num_labels=5, embedding_size=3, num_units=4)


def draw(dtype):
    """Return weights of which none is 0, and a batch of lengths unsorted, one of them 0, with labels 0 as well."""
    rng = np.random.default_rng(0)
    params = map_tree(
        lambda leaf: (leaf + 0.3 * rng.standard_normal(leaf.shape)).astype(dtype), TAGGER.init_params(rng, dtype)
    )
    lengths = np.array([6, 1, 0, 8, 3])
    real = np.arange(8) < lengths[:, None]
    words, labels = (np.where(real, rng.integers(n, size=real.shape), 0) for n in (7, 5))
    return params, TaggingBatch(words, labels, lengths)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_loss_and_gradients_agree_with_tensorflow(dtype):
    params, batch = draw(dtype)
    expected = tf_tagging.loss_and_gradients(TAGGER, params, batch)
    for engine in ("numpy", "numba"):
        assert_parity(loss_and_gradients(TAGGER, params, batch, engine), expected)


def test_gradients_agree_with_complex_steps():
    params, batch = draw(np.float64)

    def scalar(params):
        return loss_and_gradients(TAGGER, params, batch)[0]

    assert_parity(loss_and_gradients(TAGGER, params, batch)[1], complex_step(scalar, to_complex(params)))


def test_the_gradient_of_a_batch_is_that_of_its_parts_weighted_by_their_words():
    """What several machines add up; the mean of their means is something else."""
    params, batch = draw(np.float64)
    parts = [TaggingBatch(*(part[rows] for part in batch)) for rows in (slice(0, 3), slice(3, 5))]
    whole = loss_and_gradients(TAGGER, params, batch)
    first, second = (loss_and_gradients(TAGGER, params, part) for part in parts)
    assert_parity(map_tree(lambda a, b: (7 * a + 11 * b) / 18, first, second), whole)
    with pytest.raises(AssertionError, match="dense/bias +off by .* DIFFERS"):
        assert_parity(map_tree(lambda a, b: (a + b) / 2, first, second), whole)


@pytest.fixture(scope="module")
def task():
    """A tagger, its start, and the rows of 540 sentences to learn from and of 60 to be tested on."""
    rng = np.random.default_rng(0)
    corpus = make_corpus(rng, make_sentences(rng, 600))
    tagger = Tagger(corpus.vocabulary.size, len(corpus.labels))
    return tagger, tagger.init_params(rng, np.float64), corpus.training, corpus.held_out


def test_training_runs_agree_with_tensorflow_and_learn(task):
    """Four epochs: the loss of every step, and so all weights; then the labels of new sentences."""
    tagger, params, training, held_out = task
    theirs = tf_tagging.TaggingTrainer(tagger, params)
    expected = list(train(theirs, training, np.random.default_rng(1), 4))
    assert len(expected) > 60
    labels = tag(theirs, held_out)
    for engine in ("numpy", "numba"):
        trainer = TaggingTrainer(tagger, params, engine)
        losses = list(train(trainer, training, np.random.default_rng(1), 4))
        np.testing.assert_allclose(losses, expected, rtol=0, atol=1e-12)
        for have, want in zip(tag(trainer, held_out), labels, strict=True):
            np.testing.assert_array_equal(have, want, strict=True)
    confusion = confusion_matrix(held_out, labels, tagger.num_labels)
    alone = most_frequent_labels(training, tagger)
    baseline = confusion_matrix(held_out, [alone[row[:, 0]] for row in held_out], tagger.num_labels)
    assert np.diag(baseline).sum() / baseline.sum() < 0.82
    assert np.diag(confusion).sum() / confusion.sum() > 0.95


def test_float32_stays_float32(task):
    tagger, params, training, _ = task
    trainer = TaggingTrainer(tagger, map_tree(np.float32, params))
    trainer.step(make_batches(training)[0][0])
    assert trainer.params["embedding"]["embeddings"].dtype == np.float32
    assert trainer.slots["m"]["bidirectional_rnn"]["fw"]["kernel"].dtype == np.float32


def test_batches_hold_every_row_once_beside_rows_of_about_its_length(task):
    *_, training, _ = task
    batches, members = make_batches(training)
    assert sorted(np.concatenate(members)) == list(range(len(training)))
    for batch, rows in zip(batches, members, strict=True):
        for b, row in enumerate(rows):
            length = batch.sequence_length[b]
            np.testing.assert_array_equal(batch.words[b, :length], training[row][:, 0])
            np.testing.assert_array_equal(batch.labels[b, :length], training[row][:, 1])
            assert not batch.words[b, length:].any()
    padding = sum(batch.words.size - batch.sequence_length.sum() for batch in batches)
    assert padding / sum(batch.words.size for batch in batches) < 0.15
    # What is found goes back to the row that it was found for.
    same = SimpleNamespace(predict=lambda words, sequence_length: words)
    for labels, row in zip(tag(same, training), training, strict=True):
        np.testing.assert_array_equal(labels, row[:, 0], strict=True)


def test_scores():
    rows = [np.array([[2, 0], [3, 1]]), np.array([[2, 1], [2, 1], [4, 2]])]
    predicted = [np.array([0, 1]), np.array([1, 0, 0])]
    confusion = confusion_matrix(rows, predicted, 4)
    np.testing.assert_array_equal(confusion, [[1, 0, 0, 0], [1, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]], strict=True)
    np.testing.assert_array_equal(confusion, tf_tagging.confusion_matrix(rows, predicted, 4), strict=True)
    np.testing.assert_allclose(f1_scores(confusion), [2 / 4, 4 / 5, 0, 0])
    np.testing.assert_array_equal(most_frequent_labels(rows, Tagger(6, 4)), [1, 1, 1, 1, 2, 1])


def test_refusals():
    params, batch = draw(np.float64)
    with pytest.raises(ValueError, match="num_labels must be at least 1, but is 0"):
        Tagger(7, 0)
    with pytest.raises(ValueError, match="engine must be one of 'numpy', 'numba', but is 'torch'"):
        TaggingTrainer(TAGGER, params, "torch")
    with pytest.raises(ValueError, match="numbers\\[0, 0\\] is 9, but the table has rows 0 to 6"):
        TaggingTrainer(TAGGER, params).step(batch._replace(words=np.full_like(batch.words, 9)))
    with pytest.raises(ValueError, match="labels\\[0, 0\\] is .*, but the logits have classes 0 to 4"):
        TaggingTrainer(TAGGER, params).step(batch._replace(labels=batch.labels + 5))
    with pytest.raises(ValueError, match="sequence_length\\[3\\] is 9, but inputs have only 8 time steps"):
        TaggingTrainer(TAGGER, params).step(batch._replace(sequence_length=batch.sequence_length + 1))
