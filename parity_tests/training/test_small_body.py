"""Steps of small cells over padded rows with ``engine="numba"``, of one direction and of both: the text book's."""

import numba
import numpy as np
import pytest

from parity_tests.harness import assert_parity
from parity_tests.training.test_compiled import all_of, assert_steps_agree
from scratch import AdamOptimizer, BasicLSTMCell, CrossEntropy, Dense, Embedding, GRUCell, MultiRNNCell, Trainer
from scratch.jit.training.step import plans
from scratch.jit.training.turns import there_and_back
from scratch.training.layers import RNN, Bidirectional
from scratch.training.network import Network

B, T, D, WORDS = 5, 6, 3, 7
LENGTHS = np.array([6, 1, 0, 4, 3])
BOTH = Bidirectional(BasicLSTMCell(4), GRUCell(2))
NETWORKS = {
    "words": Network({"embedding": Embedding(WORDS, D), "both": BOTH, "dense": Dense(5)}),
    "numbers": Network({"both": BOTH, "dense": Dense(5)}),
    "one direction": Network({"rnn": RNN(MultiRNNCell([BasicLSTMCell(4), GRUCell(9)])), "dense": Dense(5)}),
}


def trainers(network, dtype=np.float64, **options):
    params = network.init_params(np.random.default_rng(0), WORDS if "embedding" in network.layers else D, dtype)
    return [
        Trainer(network, params, CrossEntropy(), AdamOptimizer(0.1), engine=engine, **options)
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


def test_full_rows_and_lengths_in_a_list():
    network = NETWORKS["words"]
    expected, actual = trainers(network)
    for lengths in (None, LENGTHS.tolist(), np.zeros(B, int)):
        assert_steps_agree(expected, actual, batches(network, lengths=lengths, count=1))


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


@pytest.mark.parametrize("fails", ["forth 0", "forth 1", "between", "back 0", "back 1"])
def test_whoever_fails_nobody_waits_for_ever(fails):
    called = []

    def call(what):
        called.append(what)
        if what == fails:
            raise ZeroDivisionError(what)

    def run(num_threads):
        called.clear()
        there_and_back(
            [0, 1], lambda n: call(f"forth {n}"), lambda: call("between"), lambda n: call(f"back {n}"), num_threads
        )

    for num_threads in (1, 2):
        with pytest.raises(ZeroDivisionError, match=fails):
            run(num_threads)
        assert not fails.startswith("forth") or "between" not in called


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


def test_what_could_overflow_past_the_end_of_a_row_is_left_to_other_kernels():
    network = Network({"rnn": RNN(BasicLSTMCell(4, activation="relu")), "dense": Dense(5)})
    expected, actual = trainers(network)
    assert_steps_agree(expected, actual, batches(network, count=1))
    assert list(plans[actual].bodies.values()) == [None]


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
