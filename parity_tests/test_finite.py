"""A run that explodes is stopped by name."""

import numpy as np
import pytest

from scratch.finite import check_finite
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
