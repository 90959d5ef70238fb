"""One engine's training on MNIST: steps, validation, TensorBoard, and checkpoints from which a killed run goes on."""

import time
from contextlib import nullcontext
from dataclasses import fields

from common import left_out

import numpy as np

import scratch
from scratch.finite import check_finite
from scratch.tasks.mnist import MnistTrainer, evaluate, init_params
from scratch.tasks.mnist_data import read
from scratch.tree import map_tree, named_leaves

VALIDATION_IMAGES = 1000
# By size, four buckets to every power of ten.
COUNT_LIMITS = 10 ** np.arange(-8, 2.01, 0.25)


class Run:
    """The training of one engine: all that the next step depends on, and what the steps so far have shown."""

    def __init__(self, engine, program, data, arguments):
        rng, dtype = np.random.default_rng(arguments.seed), np.dtype(arguments.precision)
        self.engine, self.program, self.data, self.dtype = engine, program, data, dtype
        self.settings = (
            f"{program.reading}, {program.cell}, {without_rate(program.optimizer)}, batch {program.batch_size}, clip "
            f"{program.clip_norm}, {dtype}, seed {arguments.seed}, {data.name}"
        )
        size = len(data.train.labels)
        if program.batch_size > size:
            raise ValueError(f"a batch of {program.batch_size} is more than the {size} images there are")
        _, *input_shape = self.read(data.test.images[:1]).shape
        params = init_params(program, rng, input_shape[1], dtype)
        self.num_parameters = sum(leaf.size for _, leaf in named_leaves(params))
        self.parameters = [path for path, _ in named_leaves(params)]
        self.trainer = make_trainer(engine, program, params, input_shape)
        self.batches = scratch.BatchSource(data.train.images, data.train.labels, rng)
        self.losses, self.validations, self.counts, self.seconds = [], [], [], []
        self.folder = arguments.out / arguments.preset / engine
        self.manager = scratch.CheckpointManager(self.folder)
        latest = scratch.latest_checkpoint(self.folder)
        if latest and not arguments.resume:
            raise ValueError(f"{latest} is of an earlier run: --resume it, or choose another --out")
        if latest:
            self.restore(latest)

    def read(self, images):
        return read(self.program.reading, images.astype(self.dtype, copy=False))

    def step(self):
        images, labels = self.batches.next_batch(self.program.batch_size)
        inputs, started = self.read(images), time.perf_counter()
        step = self.trainer.step(inputs, labels)
        self.seconds.append(time.perf_counter() - started)
        self.losses.append(step.loss)
        return step

    def is_due(self, every):
        """Return whether this step is one to validate and save after."""
        return len(self.losses) % every == 0 or len(self.losses) == self.program.num_steps

    def validate(self, step, summaries):
        """Record how the network does on images it is not trained on, and how long its gradients are; save it all."""
        number, (images, labels) = len(self.losses), self.data.validation
        labels = labels[:VALIDATION_IMAGES]
        loss, predictions = evaluate(self.trainer, self.read(images[:VALIDATION_IMAGES]), labels)
        accuracy = float((predictions == labels).mean())
        self.validations.append((number, loss, accuracy))
        summaries.scalar("validation/loss", loss, number)
        summaries.scalar("validation/accuracy", accuracy, number)
        for kind, gradients in (("raw", step.gradients), ("clipped", step.clipped)):
            for name, gradient in named_leaves(gradients):
                summaries.histogram(f"{kind}/{name}", gradient, number)
        self.counts.append([[count(g) for _, g in named_leaves(tree)] for tree in (step.gradients, step.clipped)])
        summaries.flush()
        self.manager.save(number, self.state(), accuracy)

    def state(self):
        seen = {"losses": self.losses, "validations": self.validations, "counts": self.counts}
        seen = map_tree(np.asarray, seen)
        return {**self.trainer.variables(), "batches": self.batches.state(), "seen": seen, "settings": self.settings}

    def restore(self, path):
        """Go on from a checkpoint, refusing one of other settings: with them it would be neither run."""
        variables = scratch.load_checkpoint(path)
        if str(variables.get("settings")) != self.settings:
            raise ValueError(f"{path} is of a run with other settings: {variables.get('settings')}")
        self.trainer.restore(variables)
        self.batches.restore(scratch.variables_below("batches", variables))
        seen = scratch.variables_below("seen", variables)
        for name, array in seen.items():
            setattr(self, name, array.tolist())
        if len(self.losses) > self.program.num_steps:
            raise ValueError(f"{path} is beyond the {self.program.num_steps} steps to take")

    def load_weights(self, step):
        """Put the network where it stood at a step whose checkpoint is kept, such as the best on validation."""
        self.trainer.restore(scratch.load_checkpoint(self.folder / f"model.ckpt-{step}.npz"))

    def test(self):
        """Return the network's class for every test image."""
        images, labels = self.data.test
        return evaluate(self.trainer, self.read(images), labels)[1]


def without_rate(optimizer):
    """Return what to call an optimiser whose learning rate may change while it runs."""
    options = {field.name: getattr(optimizer, field.name) for field in fields(optimizer)}
    del options["learning_rate"]
    return f"{type(optimizer).__name__}({', '.join(f'{name}={value!r}' for name, value in options.items())})"


def count(gradient):
    """Return how many entries of a gradient lie between each two of ``COUNT_LIMITS``, by size; zeros lie below all."""
    return np.histogram(np.abs(gradient), COUNT_LIMITS)[0]


def make_trainer(engine, program, params, input_shape):
    """Return a trainer for the engine."""
    if engine != "tensorflow":
        return MnistTrainer(program, params, engine)
    # Only this engine needs TensorFlow, which takes seconds to import and is in an extra.
    from tf_impl.tasks import mnist as tf_mnist

    return tf_mnist.MnistTrainer(program, params, input_shape)


def train(run, every, progress):
    """Take the steps that are left, validating after every so many and after the last."""
    total = run.program.num_steps
    bar = progress.add_task(run.engine, total=total, **shown(run))
    with summaries_of(run, progress.console) as summaries:
        while len(run.losses) < total:
            step = run.step()
            number = len(run.losses)
            try:
                check_finite(number, {"the loss": step.loss, "gradients": step.clipped})
                # What is saved is to be good to go on from.
                check_finite(number, {"weights": run.trainer.variables()} if run.is_due(every) else {})
            except FloatingPointError as error:
                raise FloatingPointError(f"{error}: try a smaller --learning-rate, or --clip") from None
            summaries.scalar("loss", step.loss, number)
            summaries.scalar("accuracy", step.accuracy, number)
            if run.is_due(every):
                run.validate(step, summaries)
            progress.update(bar, **shown(run))


class NoSummaries(nullcontext):
    """In place of a ``SummaryWriter`` where there is no tensorboard: takes all and keeps nothing."""

    def __enter__(self):
        return self

    def scalar(self, *_):
        pass

    histogram = flush = scalar


def summaries_of(run, console):
    try:
        return scratch.SummaryWriter(run.folder)
    except ImportError as error:
        left_out(console, "files for TensorBoard", error)
        return NoSummaries()


def shown(run):
    """Return what the progress bar shows of a run."""
    accuracy = run.validations[-1][2] if run.validations else np.nan
    return {"completed": len(run.losses), "loss": np.mean(run.losses[-50:] or [np.nan]), "accuracy": accuracy}
