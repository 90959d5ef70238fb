"""``examples/mnist_rows.py`` and ``mnist_pixels.py`` on scikit-learn's digits."""

import re

import mnist_common
import mnist_pixels
import mnist_rows
import numpy as np
import pytest

import scratch
from parity_tests.killed import run_until_killed
from parity_tests.test_examples import run
from scratch.tasks.mnist import MnistTrainer
from tf_impl.training.summaries import read_events

SMALL = ("--digits", "--engine", "numpy", "--units", 9, "--batch-size", 32, "--every", 20)
# Calls of functions in some 150 steps.
CALLS = 2_000_000
PICTURES = ["confusion.png", "gradients.png", "validation.png"]


@pytest.fixture
def undrawn(monkeypatch):
    """Programs that draw nothing: their pictures take most of the time."""
    for name in ("draw_validation", "draw_confusion", "draw_gradients", "save"):
        monkeypatch.setattr(mnist_common, name, lambda *_: None)


def call(example, *arguments):
    return example.main(list(map(str, arguments)))


def test_rows_are_learnt_and_drawn(tmp_path, capsys):
    assert call(mnist_rows, *SMALL, "--steps", 120, "--learning-rate", 0.02, "--out", tmp_path) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "jasdeep06's LSTM, on scikit-learn's 8 × 8 digits: 748 parameters" in said
    assert "first 128" in said
    assert "all 297" in said
    folder = tmp_path / "jasdeep06"
    assert sorted(path.name for path in folder.glob("*.png")) == PICTURES
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in PICTURES)
    # The last five, and the best of all.
    manager = scratch.CheckpointManager(folder / "numpy")
    assert list(manager.validations)[-5:] == [40, 60, 80, 100, 120]
    assert manager.validations[manager.best_step()] > 0.8


def test_permuted_pixels_with_another_cell_and_optimiser(tmp_path, capsys):
    changes = ("--cell", "rnn", "--optimizer", "gradient_descent", "--learning-rate", 0.1, "--clip", 0.5)
    assert call(mnist_pixels, *SMALL, "--permuted", *changes, "--steps", 3, "--out", tmp_path) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "permuted, BasicRNNCell(num_units=9, activation='tanh', use_bias=True), GradientDescentOptimizer" in said
    assert "batch 32, clip 0.5, float32, seed 0" in said
    assert sorted(path.name for path in (tmp_path / "lee4").glob("*.png")) == PICTURES


def test_all_engines_stay_together_and_tell_tensorboard_the_same(tmp_path, undrawn):
    options = (*SMALL, "--preset", "lee2", "--engine", "all", "--precision", "float64", "--steps", 21)
    assert call(mnist_rows, *options, "--out", tmp_path) == 0
    said = {}
    for engine in ("numpy", "numba", "tensorflow"):
        (path,) = (tmp_path / "lee2" / engine).glob("events.*")
        events = [(event.step, value) for event in read_events(path) for value in event.summary.value]
        said[engine] = {(value.tag, step): value.simple_value for step, value in events}
    assert said["numpy"].keys() == said["numba"].keys() == said["tensorflow"].keys()
    for key, value in said["tensorflow"].items():
        assert said["numpy"][key] == pytest.approx(value, rel=1e-6)
        assert said["numba"][key] == pytest.approx(value, rel=1e-6)
    # Scalars of every step; histograms after 20 steps and at the end.
    expected = {("loss", step) for step in range(1, 22)} | {("accuracy", step) for step in range(1, 22)}
    for step in (20, 21):
        expected |= {("validation/loss", step), ("validation/accuracy", step)}
        for name in ("rnn/lstm_cell/kernel", "rnn/lstm_cell/bias", "dense/kernel", "dense/bias"):
            expected |= {(f"raw/{name}", step), (f"clipped/{name}", step)}
        for name in ("gamma", "beta"):
            expected |= {(f"{kind}/batch_normalization/{name}", step) for kind in ("raw", "clipped")}
    assert said["numpy"].keys() == expected


def test_it_ends_non_zero_where_the_engines_part(tmp_path, capsys, monkeypatch, undrawn):
    def step_off(trainer, inputs, labels, honest=MnistTrainer.step):
        step = honest(trainer, inputs, labels)
        return step._replace(loss=step.loss + 2e-6)

    monkeypatch.setattr(MnistTrainer, "step", step_off)
    options = (*SMALL, "--engine", "all", "--precision", "float64", "--steps", 1)
    assert call(mnist_rows, *options, "--out", tmp_path) == 1
    assert "The curves part" in capsys.readouterr().out


def test_a_killed_run_goes_on_as_if_nothing_had_happened(tmp_path, undrawn):
    """Killed by SIGKILL at a random moment: weights, slots, generator, all that was seen, the last file bit for bit."""
    options = [*SMALL, "--preset", "lee2", "--steps", 400]
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    command = ["examples/mnist_rows.py", *options, "--out", killed]
    run_until_killed(np.random.default_rng().integers(CALLS), *command)
    left = scratch.load_checkpoint(scratch.latest_checkpoint(killed / "lee2/numpy"))
    assert 20 <= left["global_step"] < 400
    assert call(mnist_rows, *options, "--out", undisturbed) == 0
    done = run(*command, "--resume")
    assert done.returncode == 0, done.stderr
    names = [path.name for path in sorted((undisturbed / "lee2/numpy").glob("*.npz"))]
    assert "model.ckpt-400.npz" in names
    assert names == [path.name for path in sorted((killed / "lee2/numpy").glob("*.npz"))]
    for name in names:
        assert (killed / "lee2/numpy" / name).read_bytes() == (undisturbed / "lee2/numpy" / name).read_bytes()


def test_what_cannot_be_resumed_is_refused(tmp_path, capsys, undrawn):
    options = (*SMALL, "--steps", 3, "--out", tmp_path)
    assert call(mnist_rows, *options) == 0
    with pytest.raises(SystemExit, match="model.ckpt-3.npz is of an earlier run: --resume it, or choose another --out"):
        call(mnist_rows, *options)
    with pytest.raises(SystemExit, match="is of a run with other settings: rows, BasicLSTMCell.*seed 0"):
        call(mnist_rows, *options, "--resume", "--seed", 1)
    # A smaller rate for the last steps is no other setting.
    assert call(mnist_rows, *options, "--resume", "--steps", 4, "--learning-rate", 0.0001) == 0
    assert "learning rate 0.0001 from step 4 on" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(SystemExit, match="is beyond the 3 steps to take"):
        call(mnist_rows, *options, "--resume")
    # What a killed run left unfinished is not looked at; a file cut afterwards is refused.
    path = tmp_path / "jasdeep06/numpy/model.ckpt-4.npz"
    whole = path.read_bytes()
    (path.parent / ".model.ckpt-5.7.partial.npz").write_bytes(whole[:-1])
    assert call(mnist_rows, *options, "--resume", "--steps", 4) == 0
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SystemExit, match="model.ckpt-4.npz must be a whole checkpoint, but cannot be read"):
        call(mnist_rows, *options, "--resume", "--steps", 4)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--steps", "0"), "--steps must be at least 1, but is 0"),
        (("--batch-size", "-3"), "--batch-size must be at least 1, but is -3"),
        (("--clip", "0"), "--clip must be greater than 0, but is 0.0"),
        (("--clip", "nan"), "--clip must be finite, but is nan"),
        (("--learning-rate", "inf"), "--learning-rate must be finite, but is inf"),
        (("--batch-size", str(2**62)), f"--batch-size must be at most 1000000000, but is {2**62}"),
        (("--learning-rate", "-1"), "learning_rate must be at least 0, but is -1.0"),
        (("--preset", "lee3"), "invalid choice: 'lee3'"),
    ],
)
def test_bad_arguments_are_refused(arguments, words, tmp_path, capsys):
    with pytest.raises(SystemExit) as refusal:
        call(mnist_rows, *arguments, "--out", tmp_path)
    assert refusal.value.code == 2
    assert words in capsys.readouterr().err


def test_data_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SystemExit, match="a batch of 1351 is more than the 1350 images there are"):
        call(mnist_rows, *SMALL, "--batch-size", 1351, "--out", tmp_path)
    with pytest.raises(FileNotFoundError, match="there is no MNIST in"):
        call(mnist_rows, "--data-dir", tmp_path, "--out", tmp_path)


def test_without_mnist_the_digits_say_who_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(mnist_common, "PLACES", (tmp_path,))
    arguments, _ = mnist_common.arguments_for("", "x", ("lee3",), "lee3", ["--out", str(tmp_path)])
    assert mnist_common.load_data(arguments, None).name == "scikit-learn's 8 × 8 digits"


def test_a_run_that_diverges_says_so(tmp_path):
    options = (*SMALL, "--preset", "damien", "--learning-rate", 3e38, "--precision", "float32", "--out", tmp_path)
    words = "the loss is (nan|inf) at step .*: try a smaller"
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match=words):
        call(mnist_rows, *options)


@pytest.mark.parametrize(
    ("quantity", "step", "kept"),
    [("the loss", 3, 2), ("gradients/dense/bias", 4, 2), ("weights/dense/bias", 4, 2), ("weights/dense/bias", 5, 4)],
)
def test_a_run_that_explodes_leaves_its_last_good_checkpoint(quantity, step, kept, tmp_path, monkeypatch):
    sound, taken = MnistTrainer.step, []

    def explode(trainer, *batch):
        taken.append(sound(trainer, *batch))
        if len(taken) != step:
            return taken[-1]
        if quantity == "the loss":
            return taken[-1]._replace(loss=np.nan)
        if quantity.startswith("gradients"):
            return taken[-1]._replace(clipped={"dense": {"bias": np.array([0, -np.inf])}})
        trainer.params = trainer.params | {"dense": trainer.params["dense"] | {"bias": np.full(10, np.inf, np.float32)}}
        return taken[-1]

    monkeypatch.setattr(MnistTrainer, "step", explode)
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError) as raised:
        call(mnist_rows, *SMALL, "--steps", 6, "--every", 2, "--out", tmp_path)
    # Of infinite weights between two checkpoints, the next loss or gradient tells.
    if step % 2 == 0 or not quantity.startswith("weights"):
        assert re.match(rf"{quantity} is (nan|-?inf) at step {step}: try a smaller", str(raised.value))
    last = max(tmp_path.rglob("model.ckpt-*.npz"))
    assert last.name == f"model.ckpt-{kept}.npz"
    for name, array in scratch.load_checkpoint(last).items():
        assert array.dtype.kind not in "fc" or np.isfinite(array).all(), name
