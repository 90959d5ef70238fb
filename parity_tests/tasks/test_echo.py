import numpy as np
import pytest

from scratch.tasks.echo import (
    LEARNING_RATE,
    OPTIMIZER,
    PARTS,
    TOTAL_SERIES_LENGTH,
    EchoTrainer,
    generate_data,
    init_params,
    train,
)
from tf_impl.tasks import echo as tf_echo


def run(make_trainer, part, seed, dtype, num_epochs, total_series_length):
    """Return the windows of a training run, its weights and data drawn from ``seed``."""
    rng = np.random.default_rng(seed)
    params = init_params(part, rng, dtype)
    return list(train(make_trainer(part, params), rng, num_epochs, total_series_length))


@pytest.mark.parametrize("part", PARTS.values(), ids=[f"part {number}" for number in PARTS])
def test_training_runs_agree_with_tensorflow(part):
    """Two epochs of 60 windows: the loss, the probabilities and so the weights of every step."""
    args = part, 3, np.float64, 2, 4500
    expected = run(tf_echo.EchoTrainer, *args)
    assert len(expected) == 120
    for engine in ("numpy", "numba"):
        windows = run(lambda part, params, engine=engine: EchoTrainer(part, params, engine), *args)
        for actual, witness in zip(windows, expected, strict=True):
            assert actual.loss == pytest.approx(witness.loss, rel=0, abs=1e-12)
            np.testing.assert_allclose(actual.probabilities, witness.probabilities, rtol=0, atol=1e-12)


def test_float32_stays_float32():
    part = PARTS[5]
    for engine in ("numpy", "numba"):
        trainer = EchoTrainer(part, init_params(part, np.random.default_rng(3), np.float32), engine)
        (window, *_) = train(trainer, np.random.default_rng(0), 1, 4500)
        assert window.probabilities.dtype == np.float32
        assert trainer.params["rnn"]["cell_2"]["kernel"].dtype == np.float32
        assert trainer.slots["accumulator"]["dense"]["bias"].dtype == np.float32


def test_part_5_learns_to_echo():
    """The published result: near 0.7 at first, under 0.05 by the end of the second epoch, over 99 % right."""
    windows = run(
        lambda part, params: EchoTrainer(part, params, "numba"), PARTS[5], 3, np.float64, 2, TOTAL_SERIES_LENGTH
    )
    assert len(windows) == 1332
    losses = np.array([window.loss for window in windows])
    assert losses[:50].mean() > 0.65
    assert losses[-50:].mean() < 0.05
    assert np.mean([window.accuracy for window in windows[-600:]]) > 0.99


def test_the_label_is_the_bit_three_steps_earlier():
    x, labels = generate_data(np.random.default_rng(0), total_series_length=60)
    assert x.shape == labels.shape == (5, 12)
    series, echo = x.ravel(), labels.ravel()
    assert set(series) == {0, 1}
    np.testing.assert_array_equal(echo[3:], series[:-3])
    np.testing.assert_array_equal(echo[:3], 0)


def test_settings_are_the_tutorials():
    x, _ = generate_data(np.random.default_rng(0))
    assert x.shape == (5, 10_000)
    assert 0.49 < x.mean() < 0.51
    assert OPTIMIZER.learning_rate == LEARNING_RATE == 0.3
    assert OPTIMIZER.initial_accumulator_value == 0.1
    params = init_params(PARTS[1], np.random.default_rng(0), np.float64)
    assert params["rnn"]["kernel"].shape == (5, 4)
    assert params["rnn"]["kernel"].min() >= 0
    assert params["dense"]["kernel"].min() >= 0
    assert not params["dense"]["bias"].any()
    assert init_params(PARTS[2], np.random.default_rng(0), np.float64)["rnn"]["kernel"].min() < 0


class CountingTrainer:
    """A trainer whose state counts the windows that it was carried through, and that records all it is given."""

    def __init__(self):
        self.seen = []

    def zero_state(self, batch_size):
        return np.zeros(batch_size)

    def draw_masks(self, rng, batch_size):
        return ()

    def step(self, x, labels, state, masks):
        self.seen.append((x, labels, state))
        return 0.0, np.zeros((*x.shape, 2)), state + 1


def test_the_state_is_carried_through_an_epoch_and_every_epoch_has_new_data():
    trainer = CountingTrainer()
    windows = list(train(trainer, np.random.default_rng(0), num_epochs=3, total_series_length=240))
    # 48 columns: three windows of 15, and 3 columns that fill none.
    assert [(window.epoch, window.window) for window in windows] == [(e, w) for e in range(3) for w in range(3)]
    assert [state.tolist() for _, _, state in trainer.seen] == 3 * [[0.0] * 5, [1.0] * 5, [2.0] * 5]
    x, labels = generate_data(np.random.default_rng(0), total_series_length=240)
    np.testing.assert_array_equal(np.hstack([x for x, _, _ in trainer.seen[:3]]), x[:, :45])
    np.testing.assert_array_equal(np.hstack([labels for _, labels, _ in trainer.seen[:3]]), labels[:, :45])
    assert (windows[0].x != windows[3].x).any()


def test_refusals():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="engine must be one of 'numpy', 'numba', but is 'tensorflow'"):
        EchoTrainer(PARTS[5], init_params(PARTS[5], rng), "tensorflow")
    with pytest.raises(ValueError, match="echo_step must be at least 1, but is -3"):
        generate_data(rng, echo_step=-3)
    with pytest.raises(TypeError, match="rng must be a numpy.random.Generator, but is NoneType"):
        generate_data(None)
    with pytest.raises(ValueError, match="num_epochs must be at least 1, but is 0"):
        next(train(EchoTrainer(PARTS[5], init_params(PARTS[5], rng)), rng, 0))


def test_a_series_that_does_not_divide_is_refused():
    with pytest.raises(ValueError, match="series has 4501 steps, which do not divide into 5 rows"):
        generate_data(np.random.default_rng(0), total_series_length=4501)
