import numpy as np
import pytest

import tf_impl
from scratch import BatchSource

IMAGES = np.random.default_rng(0).random((11, 3))
LABELS = np.arange(11)


def make_source(seed=0, size=11):
    return BatchSource(IMAGES[:size], LABELS[:size], np.random.default_rng(seed))


def test_batches_are_those_of_tensorflow():
    source = make_source()
    witness = tf_impl.BatchSource(IMAGES, LABELS, np.random.default_rng(0), 4)
    for _ in range(9):
        for ours, theirs in zip(source.next_batch(4), witness.next_batch(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_a_batch_across_the_boundary_joins_the_old_rest_with_the_new_start():
    source = make_source()
    taken, completed = [], []
    for _ in range(11):
        images, labels = source.next_batch(4)
        np.testing.assert_array_equal(images, IMAGES[labels])
        taken.extend(labels)
        completed.append(source.epochs_completed)
    epochs = np.reshape(taken, (4, 11))
    for epoch in epochs:
        assert sorted(epoch) == list(range(11))
    assert len({tuple(epoch) for epoch in epochs}) == 4
    # 11 is 4 + 4 + 3: the third batch of four begins the second epoch.
    assert completed == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_the_new_epoch_begins_with_the_batch_that_needs_it():
    source = make_source(size=8)
    orders = np.random.default_rng(0)
    first, second = orders.permutation(8), orders.permutation(8)
    for expected, completed in ((first[:4], 0), (first[4:], 0), (second[:4], 1)):
        np.testing.assert_array_equal(source.next_batch(4)[1], expected)
        assert source.epochs_completed == completed
    np.testing.assert_array_equal(make_source(size=8).next_batch(8)[1], first)


@pytest.mark.parametrize("batches_before", [0, 2, 3, 7])
def test_a_restored_source_continues_with_the_same_batches(batches_before):
    source = make_source()
    for _ in range(batches_before):
        source.next_batch(4)
    state = {name: np.array(array) for name, array in source.state().items()}
    other = make_source(seed=5)
    other.next_batch(9)
    other.restore(state)
    for _ in range(9):
        np.testing.assert_array_equal(source.next_batch(4)[1], other.next_batch(4)[1])
        assert source.epochs_completed == other.epochs_completed
    assert source.rng.random() == other.rng.random()


def test_refusals():
    source, rng = make_source(), np.random.default_rng(0)
    with pytest.raises(ValueError, match="batch_size must be at most 11, all examples, but is 12"):
        source.next_batch(12)
    with pytest.raises(ValueError, match="batch_size must be at least 1, but is 0"):
        source.next_batch(0)
    with pytest.raises(ValueError, match="must be as many, and at least one, but there are 10 for 11"):
        BatchSource(IMAGES, LABELS[1:], rng)
    with pytest.raises(ValueError, match="must be as many, and at least one, but there are 0 for 0"):
        BatchSource(IMAGES[:0], LABELS[:0], rng)
    with pytest.raises(TypeError, match="labels must be an array with an example in every row, but is list"):
        BatchSource(IMAGES, LABELS.tolist(), rng)
    with pytest.raises(TypeError, match="rng must be a numpy.random.Generator, but is int"):
        BatchSource(IMAGES, LABELS, 5)
    state = make_source(size=8).state()
    with pytest.raises(ValueError, match="state must be that of 11 examples, but has 8 at position 0"):
        source.restore(state)
    with pytest.raises(ValueError, match="state must be that of 11 examples, but has 11 at position 12"):
        source.restore({**source.state(), "position": np.int64(12)})
    del state["generator"], state["order"]
    with pytest.raises(ValueError, match="state has no generator, order"):
        source.restore(state)
    with pytest.raises(ValueError, match="state must be that of a PCG64, but is"):
        source.restore({**source.state(), "generator": np.array("{}")})
