"""Ask one padded batch for its loss in six ways, and see which steps each way counts.

Four examples of 1, 2, 3 and 8 steps, padded to 8, go through an LSTM of 128 units and an output layer of 10 classes.
The loss is taken with no mask, by the sign of the label and by length, each averaged over all steps and over each
example first. Once the labels are such that 0 is padding alone, once such that 0 is a class as well. Ours stands beside
TensorFlow's; the command ends non-zero where they differ, or where masked padding has a gradient.
"""

from functools import partial
from typing import NamedTuple

from common import Table, end, make_console, make_parser, parse, plt, save, tensorflow_side

import numpy as np

import scratch
from scratch import BasicLSTMCell, Dense, dynamic_rnn, mask_by_length, mask_by_sign

LENGTHS = np.array([1, 2, 3, 8])
NUM_STEPS, INPUT_SIZE, NUM_UNITS, NUM_CLASSES = 8, 8, 128, 10
MASKS = ("no mask", "sign", "length")
MEANS = ("steps", "examples")
LIMIT = 1e-12


class Answer(NamedTuple):
    """One way to take the loss: what it counts, the loss and its gradient, ours and, where it is, TensorFlow's."""

    mask: np.ndarray
    loss: float
    d_logits: np.ndarray
    their_loss: float | None = None
    their_d_logits: np.ndarray | None = None

    def off(self):
        """Return the larger difference of the loss and of the gradient, as a part of TensorFlow's scale."""
        if self.their_loss is None:
            return 0.0 if np.isfinite(self.loss) else np.nan
        loss = abs(self.loss - self.their_loss) / abs(self.their_loss)
        gradient = np.abs(self.d_logits - self.their_d_logits).max() / np.abs(self.their_d_logits).max()
        # Not Python's max, which may lose a NaN.
        return np.max([loss, gradient])

    def at(self, steps):
        """Return the largest entry of our gradient at these steps."""
        return np.abs(self.d_logits[steps]).max()


def draw_batch(rng):
    """Return the logits [4, 8, 10] of a batch, labels in which 0 is padding alone, and labels in which 0 is a class."""
    cell, layer = BasicLSTMCell(NUM_UNITS), Dense(NUM_CLASSES)
    inputs = rng.standard_normal((len(LENGTHS), NUM_STEPS, INPUT_SIZE))
    params = cell.init_params(rng, INPUT_SIZE, np.float64)
    outputs, _, _ = dynamic_rnn(cell, params, inputs, LENGTHS)
    # Weights larger than one would start with, so that the network has opinions and the steps have different losses.
    weights = {"kernel": rng.uniform(-3, 3, (NUM_UNITS, NUM_CLASSES)), "bias": np.zeros(NUM_CLASSES)}
    logits, _ = layer.forward(weights, outputs)
    real = np.arange(NUM_STEPS) < LENGTHS[:, None]
    padding = np.where(real, rng.integers(1, NUM_CLASSES, real.shape), 0)
    # A third of the real steps is now of class 0: every third, so that it is seen with any seed.
    classes = np.where(np.cumsum(real).reshape(real.shape) % 3 == 2, 0, padding)
    return logits, padding, classes


def answer(witness, logits, labels, mask_name, mean):
    """Return the ``Answer`` for one mask and one mean."""
    results = []
    for backend in filter(None, (witness, scratch)):
        mask = np.ones(labels.shape, bool)
        if mask_name != "no mask":
            mask = backend.mask_by_sign(labels) if mask_name == "sign" else backend.mask_by_length(labels, LENGTHS)
        loss, cache = backend.masked_loss(labels, logits, mask, mean)
        results = [float(loss), backend.masked_loss_backward(cache), *results]
    return Answer(mask, *results)


def tabulate(answers, real, compared):
    """Return a table with a row for each answer: it counts real steps + padded ones, and has a gradient at these."""
    table = Table("mask", "mean", "counts", "ours", *(("TensorFlow", "off") if compared else ()), "at padding")
    for (mask_name, mean), found in answers.items():
        counts = f"{(found.mask & real).sum()} + {(found.mask & ~real).sum()}"
        theirs = (f"{found.their_loss:.6f}", f"{found.off():.0e}") if compared else ()
        table.add_row(mask_name, mean, counts, f"{found.loss:.6f}", *theirs, f"{found.at(~real):.4g}")
    return table


def draw(answers, labels, title):
    """Return a picture: for each answer the size of each step's gradient, with the label in its place."""
    figure, axes = plt.subplots(len(MEANS), len(MASKS), figsize=(12, 5.5), layout="constrained")
    figure.suptitle(title)
    largest = max(np.abs(found.d_logits).sum(axis=-1).max() for found in answers.values())
    for axis, ((mask_name, mean), found) in zip(axes.flat, answers.items(), strict=True):
        size = np.abs(found.d_logits).sum(axis=-1)
        image = axis.imshow(size, cmap="Purples", vmin=0, vmax=largest)
        for row, length in enumerate(LENGTHS):
            axis.plot([length - 0.5] * 2, [row - 0.5, row + 0.5], color="#c8443d", linewidth=2)
        for row, step in np.ndindex(labels.shape):
            colour = "white" if size[row, step] > largest / 2 else "black"
            axis.text(step, row, labels[row, step], ha="center", va="center", color=colour)
            if size[row, step] == 0 and step < LENGTHS[row]:
                frame = plt.Rectangle((step - 0.45, row - 0.45), 0.9, 0.9, fill=False, color="#f4a259", linewidth=2)
                axis.add_patch(frame)
        title = f"{mask_name}, mean over {mean}: loss {found.loss:.3f}"
        axis.set(title=title, xlabel="step", yticks=range(len(LENGTHS)))
    figure.colorbar(image, ax=axes, label="size of the gradient of the step's logits")
    for axis in axes[:, 0]:
        axis.set_ylabel("example")
    key = "numbers: labels; red: the end of an example"
    if any(axis.patches for axis in axes.flat):
        key += "; orange: a real step that is not counted"
    figure.supxlabel(key, fontsize=9)
    return figure


def main(argv=None):
    arguments = parse(make_parser(__doc__, "masked_loss", 0, "the weights, inputs and labels"), argv)
    console = make_console()
    witness = tensorflow_side(console)
    logits, padding, classes = draw_batch(np.random.default_rng(arguments.seed))
    real = mask_by_length(padding, LENGTHS)
    console.print(f"[bold]Examples of {', '.join(map(str, LENGTHS))} steps, padded to {NUM_STEPS}[/bold]")
    found_off, found_leaked = [], []
    for name, title, labels in (
        ("padding", "0 is padding, the classes are 1 to 9", padding),
        ("class", "0 is a class as well", classes),
    ):
        console.print(f"\n[bold]{title}[/bold]")
        console.print(str(labels), markup=False, highlight=False)
        answers = {
            (mask_name, mean): answer(witness, logits, labels, mask_name, mean) for mean in MEANS for mask_name in MASKS
        }
        console.print(tabulate(answers, real, witness))
        found_off += [found.off() for found in answers.values()]
        found_leaked += [found.at(~real) for (mask_name, _), found in answers.items() if mask_name != "no mask"]
        save(partial(draw, answers, labels, title), arguments.out / f"{name}.png", console)
        said = "Sign and length agree, for no real step has the label 0."
        if forgotten := (real & ~mask_by_sign(labels)).sum():
            said = (
                f"By sign, {forgotten} real steps of class 0 are taken for padding: no loss, no gradient, and the "
                "network never learns class 0. By length they count."
            )
        console.print(said)

    console.print(
        "\nWith no mask the padding pulls the mean to its own ln 10 = 2.303 and has a gradient. Over the steps, the "
        "example of 8 counts eight times that of 1; over the examples, each counts once."
    )
    largest, leaked = np.max(found_off), np.max(found_leaked)
    if largest <= LIMIT and leaked == 0:
        agreed = f"[green]Ours is TensorFlow's[/green]: largest difference {largest:.0e}; masked padding is at 0."
        console.print(agreed if witness else "Masked padding is at 0.")
        return 0
    console.print(f"[red]Ours differs[/red]: by {largest:.0e}, limit {LIMIT:.0e}; gradient at padding {leaked:.0e}.")
    return 1


if __name__ == "__main__":
    end(main)
