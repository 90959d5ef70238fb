from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest

from parity_tests.harness import assert_parity
from scratch.sampling import categorical
from scratch.tasks import char_lm
from scratch.tasks.char_lm import CharModel, Writer, make_trainer, model_of, train, train_epoch
from scratch.training.clipping import global_norm
from scratch.training.losses import softmax
from scratch.training.trainer import Step
from tf_impl.tasks import char_lm as tf_char_lm
from tf_impl.training import losses as tf_losses

TEXT = "the cat sat on the mat, and the rat ran to the other end of the barn. " * 3
MODEL = model_of(TEXT, num_units=4, keep_prob=0.7)


def test_losses_agree_with_tensorflow():
    """Two epochs of seven windows, with dropout, clipping and the state carried: the loss of each window."""
    rng, sizes = np.random.default_rng(0), {"batch_size": 4, "width": 7}
    params, numbers = MODEL.init_params(rng, np.float64), MODEL.numbers(TEXT)
    runs = []
    for trainer in (
        tf_char_lm.make_trainer(MODEL, params, **sizes),
        make_trainer(MODEL, params),
        make_trainer(MODEL, params, "numba"),
    ):
        rng = np.random.default_rng(1)
        runs.append([loss for _ in range(2) for loss in train_epoch(trainer, numbers, rng, **sizes)])
    assert len(runs[0]) == 14
    for run in runs[1:]:
        np.testing.assert_allclose(run, runs[0], rtol=0, atol=1e-12)


class Recorder:
    """A trainer that learns nothing, and keeps what it is given and the state it has by then."""

    def __init__(self, network):
        self.network, self.state, self.windows = network, "of the text before", []

    def step(self, x, labels, masks):
        self.windows.append((self.state, x, labels))
        self.state = len(self.windows)
        return Step(0.0, x, labels, {}, {})


def test_each_label_is_the_next_character_and_a_state_is_of_the_same_row():
    recorder, numbers = Recorder(MODEL.network), MODEL.numbers(TEXT)
    for _ in range(2):
        assert len(list(train_epoch(recorder, numbers, np.random.default_rng(0), batch_size=4, width=7))) == 7
    assert [state for state, *_ in recorder.windows] == [None, *range(1, 7), None, *range(8, 14)]
    x, labels = (np.concatenate(arrays, axis=1) for arrays in list(zip(*recorder.windows[:7], strict=True))[1:])
    np.testing.assert_array_equal(x, numbers[: 4 * 49].reshape(4, 49))
    np.testing.assert_array_equal(labels, numbers[1 : 4 * 49 + 1].reshape(4, 49))


def test_a_gradient_that_is_too_long_is_clipped():
    rng = np.random.default_rng(0)
    params = MODEL.init_params(rng, np.float64)
    params["dense"]["kernel"] *= 1000
    trainer = make_trainer(MODEL, params)
    list(train_epoch(trainer, MODEL.numbers(TEXT[:9]), rng, batch_size=1, width=8))
    # Adam's first moment after one step: (1 − β₁) g.
    assert global_norm(trainer.slots["m"]) == pytest.approx(0.1 * 5)


def test_a_run_that_was_stopped_goes_on_bit_for_bit(tmp_path):
    numbers = MODEL.numbers(TEXT * 20)

    def run(epochs, seed, **options):
        rng = np.random.default_rng(seed)
        trainer = make_trainer(MODEL, MODEL.init_params(rng))
        return trainer, [loss for *_, loss in train(trainer, numbers, rng, epochs, **options)], rng

    whole, losses, rng = run(3, 0)
    run(2, 0, path=tmp_path / "run.npz")
    resumed, last, same = run(3, 5, path=tmp_path / "run.npz", resume=True)
    assert last == losses[-len(last) :]
    assert len(losses) == 3 * len(last) == 6
    assert_parity(resumed.variables(), whole.variables(), limit=0)
    assert same.random() == rng.random()


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_what_is_written_is_what_the_network_says(engine):
    """With the likeliest character alone, each is the largest logit of the network for all that was before."""
    params = MODEL.init_params(np.random.default_rng(0), np.float64)
    trainer = make_trainer(MODEL, params)
    written = "".join(islice(Writer(MODEL, params, np.random.default_rng(1), "the ", top_k=1, engine=engine), 12))
    logits = trainer.logits(MODEL.numbers("the " + written)[None])[0]
    assert written == "".join(MODEL.characters[number] for number in logits[3:-1].argmax(axis=-1))


def test_classes_are_drawn_as_often_as_their_probabilities_say():
    rng, logits = np.random.default_rng(0), np.array([[0.5, -1.0, 2.0, 0.0], [0.0, 3.0, 0.0, 1.0]])
    np.testing.assert_allclose(softmax(logits), tf_losses.softmax(logits), rtol=1e-14)
    many = np.repeat(logits[None], 20_000, axis=0)
    for temperature in (1.0, 0.5, 3.0):
        drawn = categorical(rng, many, temperature)
        assert drawn.shape == (20_000, 2)
        for row in range(2):
            p = softmax(logits[row] / temperature)
            # Four standard deviations of a mean of so many.
            share = np.bincount(drawn[:, row], minlength=4) / 20_000
            assert (abs(share - p) <= 4 * np.sqrt(p * (1 - p) / 20_000)).all()
    two = categorical(rng, many, top_k=2)
    assert set(two[:, 0]) == {0, 2}
    # Of the three that are equal, the first.
    assert set(categorical(rng, np.array([[3.0, 1, 1, 1]] * 500), top_k=2)) == {0, 1}
    assert (categorical(rng, many, top_k=1) == logits.argmax(axis=1)).all()


def test_refusals():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="characters must be a string of different characters"):
        CharModel("aa")
    with pytest.raises(ValueError, match="text must be of the model's characters, but has 'X'"):
        MODEL.numbers("teXt")
    with pytest.raises(ValueError, match="the text must have at least 2049 characters, but has 20"):
        next(train_epoch(make_trainer(MODEL, MODEL.init_params(rng)), MODEL.numbers(TEXT[:20]), rng))
    with pytest.raises(ValueError, match="prompt must have at least one character"):
        Writer(MODEL, MODEL.init_params(rng), rng, "")
    with pytest.raises(ValueError, match="temperature must be greater than 0, but is 0.0"):
        categorical(rng, np.zeros((1, 3)), 0.0)
    with pytest.raises(ValueError, match="top_k must be at most 3, but is 4"):
        categorical(rng, np.zeros((1, 3)), top_k=4)


def test_what_is_saved_is_good_to_go_on_from(tmp_path):
    """The loss of an epoch's last window is finite; the weights after its step are not."""

    class Exploding:
        state, global_step = None, 0

        def __init__(self):
            self.network = SimpleNamespace(draw_masks=lambda rng, shape: ())

        def step(self, x, labels, masks):
            self.global_step += 1
            return SimpleNamespace(loss=1.0)

        def variables(self):
            return {"dense/kernel": np.array([1.0 if self.global_step == 1 else np.inf])}

        def save(self, path, others):
            saved.append(self.global_step)

    numbers, saved = np.zeros(char_lm.BATCH_SIZE * char_lm.WIDTH + 1, np.int64), []
    seen = char_lm.train(Exploding(), numbers, np.random.default_rng(0), 3, tmp_path / "run.npz")
    assert [next(seen)[2], next(seen)[2]] == [1.0, 1.0]
    with pytest.raises(FloatingPointError, match="^weights/dense/kernel is inf at step 2$"):
        next(seen)
    assert saved == [1]
