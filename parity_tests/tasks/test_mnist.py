import re
from dataclasses import replace

import numpy as np
import pytest

from parity_tests.harness import assert_parity
from scratch.cells.full_lstm import LSTMBlockCell
from scratch.cells.gru import GRUCell
from scratch.cells.lstm import BasicLSTMCell
from scratch.tasks.mnist import PROGRAMS, MnistTrainer, evaluate, init_params
from scratch.tasks.mnist_data import read
from scratch.training.adam import AdamOptimizer
from scratch.training.optimizers import GradientDescentOptimizer
from scratch.training.rmsprop import RMSPropOptimizer
from scratch.tree import map_tree, named_leaves
from tf_impl.tasks import mnist as tf_mnist


def small(name):
    """Return a program with a cell of 7 units, and its inputs: 12 images of 4 × 4 pixels, all of another label."""
    program = PROGRAMS[name]
    program = replace(program, cell=replace(program.cell, num_units=7))
    if program.clip_norm is not None:
        # Short enough to clip something at every step.
        program = replace(program, clip_norm=0.0001)
    if program.hidden_units is not None:
        program = replace(program, hidden_units=5)
    rng = np.random.default_rng(4)
    return program, read(program.reading, rng.random((12, 16))), rng.permutation(np.arange(12) % 10)


def trainers(name, dtype=np.float64):
    """Return a program's trainers, one an engine and TensorFlow's last, and the inputs and labels to train on."""
    program, inputs, labels = small(name)
    inputs = inputs.astype(dtype)
    params = init_params(program, np.random.default_rng(1), inputs.shape[2], dtype)
    ours = [MnistTrainer(program, params, engine) for engine in ("numpy", "numba")]
    return [*ours, tf_mnist.MnistTrainer(program, params, inputs.shape[1:])], inputs, labels


@pytest.mark.parametrize("name", PROGRAMS)
def test_training_agrees_with_tensorflow(name):
    """Six steps: losses, gradients raw and clipped, then all that training goes on from, under the same names."""
    (*ours, theirs), inputs, labels = trainers(name)
    for first in (0, 3, 6, 1, 4, 7):
        batch = inputs[first : first + 5], labels[first : first + 5]
        expected = theirs.step(*batch)
        for trainer in ours:
            step = trainer.step(*batch)
            assert step.loss == pytest.approx(expected.loss, rel=1e-12)
            assert step.accuracy == pytest.approx(expected.accuracy)
            assert_parity((step.gradients, step.clipped), (expected.gradients, expected.clipped))
            if trainer.program.clip_norm is not None:
                for (path, raw), (_, clipped) in zip(
                    named_leaves(step.gradients), named_leaves(step.clipped), strict=True
                ):
                    assert path.startswith("dense/") == (raw == clipped).all()
    for trainer in ours:
        assert_parity(dict(sorted(trainer.variables().items())), dict(sorted(theirs.variables().items())))
        np.testing.assert_allclose(trainer.logits(inputs), theirs.logits(inputs), rtol=0, atol=1e-12)


def test_float32_stays_float32():
    (*ours, _), inputs, labels = trainers("lee2", np.float32)
    for trainer in ours:
        trainer.step(inputs, labels)
        assert trainer.logits(inputs).dtype == np.float32
        assert {array.dtype for array in trainer.variables().values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", ["jasdeep06", "lee2", "lee3"])
def test_a_restored_trainer_goes_on_bit_for_bit(name):
    program, inputs, labels = small(name)
    steady, restored = (
        MnistTrainer(program, init_params(program, np.random.default_rng(seed), inputs.shape[2], np.float64))
        for seed in (1, 2)
    )
    for _ in range(2):
        steady.step(inputs, labels)
    restored.restore({**steady.variables(), "another": np.zeros(3)})
    for trainer in (steady, restored):
        trainer.step(inputs, labels)
    assert_parity(restored.variables(), steady.variables(), limit=0)


def test_one_engine_goes_on_from_what_another_left():
    (ours, _, theirs), inputs, labels = trainers("lee3")
    for _ in range(2):
        ours.step(inputs, labels)
    theirs.restore(ours.variables())
    assert theirs.step(inputs, labels).loss == pytest.approx(ours.step(inputs, labels).loss, rel=1e-12)


def test_evaluation_is_forward_only_in_batches_and_its_loss_the_mean_of_all():
    program, inputs, labels = small("lee2")
    trainer = MnistTrainer(program, init_params(program, np.random.default_rng(1), 4, np.float64), "numba")
    before = map_tree(np.copy, trainer.params)
    loss, predictions = evaluate(trainer, inputs, labels, batch_size=5)
    assert_parity(trainer.params, before, limit=0)
    np.testing.assert_array_equal(predictions, trainer.logits(inputs).argmax(axis=1))
    assert loss == pytest.approx(trainer.step(inputs, labels).loss, rel=1e-12)


def test_settings_are_the_tutorials():
    expected = {
        "jasdeep06": ("rows", BasicLSTMCell(128), AdamOptimizer(0.001), 128, 799, None),
        "damien": ("rows", BasicLSTMCell(128), GradientDescentOptimizer(0.001), 128, 10_000, None),
        "choi": ("rows", BasicLSTMCell(128), AdamOptimizer(0.001), 128, 5 * (55_000 // 128), None),
        "lee1": ("rows", BasicLSTMCell(64), GradientDescentOptimizer(0.001), 128, 5000, None),
        "lee2": ("rows", LSTMBlockCell(64), RMSPropOptimizer(0.02), 32, 5000, 2.0),
        "lee3": ("pixels", GRUCell(128, reset_after=True), AdamOptimizer(0.002, beta1=0.1), 32, 5000, 1.0),
        "lee4": ("permuted", GRUCell(128, reset_after=True), AdamOptimizer(0.002, beta1=0.1), 32, 5000, 1.0),
        "lee4_rnn": ("permuted", GRUCell(128, reset_after=True), AdamOptimizer(0.0008), 32, 5000, 1.0),
    }
    for name, program in PROGRAMS.items():
        settings = program.reading, program.cell, program.optimizer
        assert (*settings, program.batch_size, program.num_steps, program.clip_norm) == expected[name]
        assert program.title.lower().startswith(re.match("[a-z]+", name)[0])
        assert program.title.startswith(f"Lee's model {name[3]}") == name.startswith("lee")
        assert program.batch_norm == (name in ("lee2", "lee3", "lee4", "lee4_rnn"))
    params = init_params(PROGRAMS["lee2"], np.random.default_rng(0), 28)
    assert sum(leaf.size for _, leaf in named_leaves(params)) == 24_586
    hidden = init_params(PROGRAMS["choi"], np.random.default_rng(0), 28)["hidden"]
    assert hidden["kernel"].shape == (28, 128)


def test_weights_start_as_the_tutorials_start_them():
    jasdeep06 = init_params(PROGRAMS["jasdeep06"], np.random.default_rng(0), 28, np.float64)
    assert 0.9 < jasdeep06["dense"]["kernel"].std() < 1.1
    assert jasdeep06["dense"]["bias"].std() > 0.5
    assert abs(jasdeep06["rnn"]["basic_lstm_cell"]["kernel"]).max() <= np.sqrt(6 / (28 + 128 + 512))
    lee3 = init_params(PROGRAMS["lee3"], np.random.default_rng(0), 1, np.float64)
    np.testing.assert_allclose(lee3["dense"]["kernel"].T @ lee3["dense"]["kernel"], np.eye(10), atol=1e-12)
    cell = lee3["rnn"]["cudnn_compatible_gru_cell"]
    for kernel in (*np.split(cell["gates"]["kernel"], 2, axis=1), cell["candidate"]["hidden_projection"]["kernel"]):
        # Each gate's matrix by itself, as cuDNN keeps them.
        np.testing.assert_allclose(kernel[-128:].T @ kernel[-128:], np.eye(128), atol=1e-12)
        if len(kernel) > 128:
            assert np.linalg.norm(kernel[0]) == pytest.approx(1)
    for path, leaf in named_leaves(lee3):
        assert leaf.any() == (not path.endswith(("bias", "beta"))), path


def test_a_gru_may_start_as_an_orthogonal_rnn():
    """A step is nearly h' = tanh(x W_x + h W_h), but for what the gates still let through."""
    program = replace(PROGRAMS["lee4_rnn"], cell=replace(PROGRAMS["lee4_rnn"].cell, num_units=16))
    cell, params = program.cell, init_params(program, np.random.default_rng(0), 1, np.float64)["rnn"]
    (params,) = params.values()
    rng = np.random.default_rng(1)
    x, h = rng.random((50, 1)), rng.uniform(-0.5, 0.5, (50, 16))
    candidate = params["candidate"]
    w_x, w_h = candidate["input_projection"]["kernel"], candidate["hidden_projection"]["kernel"]
    np.testing.assert_allclose(w_h @ w_h.T, np.eye(16), atol=1e-12)
    for kernel in np.split(params["gates"]["kernel"][1:], 2, axis=1):
        np.testing.assert_allclose(kernel @ kernel.T, 0.09 * np.eye(16), atol=1e-12)
    h_new, _ = cell.forward(params, x, h)[:2]
    vanilla = np.tanh(x @ w_x + h @ w_h)
    assert np.linalg.norm(h_new - vanilla) < 0.1 * np.linalg.norm(vanilla)
    assert np.linalg.norm(h_new - h) > 0.5 * np.linalg.norm(vanilla)


def test_images_are_read_by_rows_by_pixels_and_in_lees_order():
    images = np.arange(2 * 784.0).reshape(2, 784)
    assert read("rows", images).shape == (2, 28, 28)
    np.testing.assert_array_equal(read("rows", images)[1, 3], images[1, 84:112])
    np.testing.assert_array_equal(read("pixels", images)[..., 0], images)
    order = np.random.RandomState(100).permutation(784)
    np.testing.assert_array_equal(read("permuted", images)[..., 0], images[:, order])


def test_refusals():
    program, *_ = small("lee2")
    params = init_params(program, np.random.default_rng(0), 4)
    with pytest.raises(ValueError, match="engine must be one of 'numpy', 'numba', but is 'tensorflow'"):
        MnistTrainer(program, params, "tensorflow")
    with pytest.raises(ValueError, match="reading must be one of 'rows', 'pixels', 'permuted', but is 'columns'"):
        read("columns", np.zeros((2, 16)))
    trainer = MnistTrainer(program, params)
    with pytest.raises(ValueError, match="variables has no 'rnn/lstm_cell/kernel'"):
        trainer.restore({})
    variables = trainer.variables()
    del variables["rnn/lstm_cell/kernel/RMSProp"]
    with pytest.raises(ValueError, match="has no 'rnn/lstm_cell/kernel/RMSProp'"):
        trainer.restore(variables)
    # What is refused has changed nothing.
    assert trainer.params is params
