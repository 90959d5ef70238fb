"""Steps of small cells over padded rows with ``engine="numba"``, of one direction and of both: the text book's."""

import numba
import numpy as np
import pytest

from parity_tests.harness import assert_parity
from parity_tests.training.test_compiled import all_of, assert_steps_agree
from scratch import AdamOptimizer, BasicLSTMCell, CrossEntropy, Dense, Embedding, GRUCell, MultiRNNCell, Trainer
from scratch.jit.training.body_share import body_share
from scratch.jit.training.step import plans
from scratch.training.layers import RNN, Bidirectional
from scratch.training.network import Network

B, T, D, WORDS = 5, 6, 3, 7
LENGTHS = np.array([6, 1, 0, 4, 3])
LOSS = CrossEntropy()
BOTH = Bidirectional(BasicLSTMCell(4), GRUCell(2))
NETWORKS = {
    "words": Network({"embedding": Embedding(WORDS, D), "both": BOTH, "dense": Dense(5)}),
    "numbers": Network({"both": BOTH, "dense": Dense(5)}),
    "steps that could overflow": Network({"rnn": RNN(BasicLSTMCell(4, activation="relu")), "dense": Dense(5)}),
    "one direction": Network({"rnn": RNN(MultiRNNCell([BasicLSTMCell(4), GRUCell(9)])), "dense": Dense(5)}),
}


def trainers(network, dtype=np.float64, loss=LOSS, **options):
    params = network.init_params(np.random.default_rng(0), WORDS if "embedding" in network.layers else D, dtype)
    return [
        Trainer(network, params, loss, AdamOptimizer(0.1), engine=engine, **options)
        for engine in ("numpy", "numba")
    ]


def batches(network, dtype=np.float64, lengths=LENGTHS, count=3):
    rng = np.random.default_rng(1)
    for _ in range(count):
        x = rng.standard_normal((B, T, D)).astype(dtype)
        if "embedding" in network.layers:
            x = rng.integers(WORDS, size=(B, T))
        yield x, rng.integers(5, size=(B, T)), lengths


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", NETWORKS)
def test_agrees_with_the_text_book(name, dtype):
    network = NETWORKS[name]
    expected, actual = trainers(network, dtype)
    assert_steps_agree(expected, actual, batches(network, dtype))
    assert [body is not None for body in plans[actual].bodies.values()] == [True]


@pytest.mark.parametrize("loss", [LOSS, CrossEntropy("examples")], ids=str)
def test_full_rows_and_lengths_in_a_list(loss):
    network = NETWORKS["words"]
    expected, actual = trainers(network, loss=loss)
    for lengths in (None, LENGTHS.tolist(), np.zeros(B, int)):
        assert_steps_agree(expected, actual, batches(network, lengths=lengths, count=1))
    assert [body is not None for body in plans[actual].bodies.values()] == [True]


@pytest.mark.parametrize("name", NETWORKS)
def test_what_the_padding_holds_is_never_looked_at(name):
    network = NETWORKS[name]
    given = list(batches(network))
    spoilt = [(x.copy(), *others) for x, *others in given]
    for x, *_ in spoilt:
        for row, length in enumerate(LENGTHS):
            x[row, length:] = np.nan if x.dtype.kind == "f" else (x[row, length:] + 1) % WORDS
    _, first = trainers(network)
    _, second = trainers(network)
    for some, others in zip(given, spoilt, strict=True):
        assert_parity(tuple(second.step(*others)), tuple(first.step(*some)), limit=0)


def test_any_number_of_threads_gives_the_same_bits(monkeypatch):
    network, found = NETWORKS["words"], []
    for count in (1, 2):
        monkeypatch.setattr("scratch.jit.training.small_body.share_count", lambda work, count=count: count)
        _, trainer = trainers(network)
        for batch in batches(network):
            trainer.step(*batch)
        found.append(all_of(trainer))
    assert_parity(*found, limit=0)


@pytest.mark.parametrize("fails", [0, 1])
def test_whoever_fails_nobody_waits_for_ever_and_nothing_changes(fails, monkeypatch):
    network = NETWORKS["words"]
    _, trainer = trainers(network)
    batch, before = next(batches(network)), all_of(trainer)

    def share(*given):
        if given[-2] == fails:
            raise ZeroDivisionError(fails)
        return body_share(*given)

    monkeypatch.setattr("scratch.jit.training.small_body.share_count", lambda work: 2)
    monkeypatch.setattr("scratch.jit.training.small_body.body_share", share)
    with pytest.raises(ZeroDivisionError, match=str(fails)):
        trainer.step(*batch)
    assert_parity(all_of(trainer), before, limit=0)
    monkeypatch.undo()
    assert np.isfinite(trainer.step(*batch).loss)


def test_what_is_wrong_the_text_book_says():
    network = NETWORKS["words"]
    x, labels, lengths = next(batches(network))
    wrong = x.copy()
    wrong[1, 2] = WORDS
    _, trainer = trainers(network)
    before = all_of(trainer)
    for given, words in (
        ((wrong, labels, lengths), "numbers\\[1, 2\\] is 7, but the table has rows 0 to 6"),
        ((x.astype(float), labels, lengths), "numbers must be an array of integers"),
        ((x, labels, lengths + 1), "sequence_length\\[0\\] is 7"),
        ((x, labels, lengths[:4]), "sequence_length"),
    ):
        with pytest.raises((TypeError, ValueError), match=words):
            trainer.step(*given)
    assert_parity(all_of(trainer), before, limit=0)


def test_a_state_that_is_carried_is_left_to_other_kernels():
    network = NETWORKS["one direction"]
    expected, actual = trainers(network, carry_state=True)
    assert_steps_agree(expected, actual, batches(network))
    assert not plans[actual].bodies


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")
def test_shapes_that_are_many_are_not_all_kept(monkeypatch):
    monkeypatch.setattr("scratch.jit.training.step.MOST_SHAPES", 2)
    _, trainer = trainers(NETWORKS["words"])
    for num_steps in (2, 3, 4):
        trainer.step(*[part[:, :num_steps] for part in next(batches(NETWORKS["words"]))[:2]], np.full(B, num_steps))
    assert len(plans[trainer].bodies) == 1
