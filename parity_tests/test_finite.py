"""A run that explodes is stopped by name."""

import numpy as np
import pytest

import scratch
from scratch.finite import check_finite, is_quiet, quiet
from scratch.tasks import echo, tagging


@pytest.mark.parametrize(
    ("quantities", "words"),
    [
        ({"the loss": np.nan}, "the loss is nan at step 7"),
        ({"the loss": 1.0, "weights": {"a": np.ones(2), "b": np.array([0, -np.inf])}}, "weights/b is -inf at step 7"),
        ({"state": (np.ones(2), np.array([[np.inf]], np.float32))}, "state[1] is inf at step 7"),
    ],
)
def test_what_is_not_finite(quantities, words):
    with pytest.raises(FloatingPointError) as raised:
        check_finite(7, quantities)
    assert str(raised.value) == words


def test_what_is_finite():
    check_finite(1, {"the loss": 1e308, "weights": {"a": np.zeros(0), "n": np.array([1])}})


@pytest.mark.parametrize(
    "compute",
    [
        lambda: scratch.BasicRNNCell(2).forward(LARGE, np.full((1, 1), 1e38, np.float32), np.ones((1, 2), np.float32)),
        lambda: scratch.Dense(2).forward(
            {"kernel": LARGE["kernel"][:1], "bias": LARGE["bias"]}, LARGE["kernel"][:, :1]
        ),
        lambda: scratch.dynamic_rnn(scratch.BasicRNNCell(2), LARGE, np.full((1, 2, 1), np.inf, np.float32)),
        lambda: scratch.clip_by_value({"a": LARGE["bias"]}, -1e300, 1e300),
    ],
    ids=["a cell", "a layer", "a loop", "clipping"],
)
def test_numpy_says_nothing_but_what_it_was_told_to_raise(compute):
    """A warning is an error while the tests run."""
    compute()
    assert not is_quiet.get()
    with np.errstate(all="raise"), pytest.raises(FloatingPointError, match="encountered in"):
        compute()
    assert not is_quiet.get()


LARGE = {"kernel": np.full((3, 2), 3e38, np.float32), "bias": np.full(2, -3e38, np.float32)}


def test_numpy_is_asked_once_in_many_steps(monkeypatch):
    asked, plain = [], np.geterr

    def note():
        asked.append(None)
        return plain()

    monkeypatch.setattr(np, "geterr", note)
    quiet(lambda: scratch.dynamic_rnn(scratch.BasicRNNCell(2), LARGE, np.zeros((1, 50, 1), np.float32)))()
    assert len(asked) == 1


@pytest.mark.parametrize(
    "make", [lambda v: scratch.AdamOptimizer(v), lambda v: scratch.BasicLSTMCell(2, forget_bias=v)]
)
def test_an_option_is_finite_in_float32(make):
    make(3.4028235e38)
    with pytest.raises(ValueError, match="must be finite in float32, but is -?3.4028236e"):
        make(3.4028236e38)


def test_a_rate_that_grows_without_end_is_infinite():
    assert scratch.ExponentialDecay(1.0, 1, 10.0)(2) == 100
    assert scratch.ExponentialDecay(1.0, 1, 10.0)(10**6) == np.inf


class Exploding:
    """A trainer of which the loss is infinite at its fifth step."""

    taken = 0

    def zero_state(self, batch_size):
        return ()

    def draw_masks(self, rng, batch_size):
        return ()

    def loss(self):
        self.taken += 1
        return np.inf if self.taken == 5 else 0.5


def test_echo():
    trainer = Exploding()
    trainer.step = lambda x, labels, state, masks: (trainer.loss(), np.zeros((*x.shape, 2)), state)
    seen = echo.train(trainer, np.random.default_rng(0), 3, total_series_length=5 * 15 * 2)
    # Two windows an epoch.
    assert [next(seen).loss for _ in range(4)] == [0.5] * 4
    with pytest.raises(FloatingPointError, match="^the loss is inf at step 5$"):
        next(seen)


def test_tagging():
    trainer = Exploding()
    trainer.step = lambda batch: trainer.loss()
    seen = tagging.train(trainer, [np.ones((3, 2), int)] * 6, np.random.default_rng(0), 3, batch_size=2)
    assert [next(seen) for _ in range(4)] == [0.5] * 4
    with pytest.raises(FloatingPointError, match="^the loss is inf at step 5$"):
        next(seen)
