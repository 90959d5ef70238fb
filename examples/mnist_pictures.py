"""The pictures of a training run on MNIST: its curves, what it takes for what, and the sizes of its gradients."""

from common import plt

import numpy as np
from mnist_run import COUNT_LIMITS

COLOURS = {"tensorflow": "#f4a259", "numpy": "#5b8e7d", "numba": "#8c2f7a"}
WIDTHS = {"tensorflow": 4, "numpy": 2, "numba": 0.8}


def draw_validation(runs, title):
    """Return the loss of every step, and the accuracy on the validation images, of every engine."""
    figure, (above, below) = plt.subplots(2, 1, figsize=(9, 7), sharex=True, layout="constrained")
    figure.suptitle(title)
    for engine in [engine for engine in COLOURS if engine in runs]:
        losses, validations = runs[engine].losses, np.array(runs[engine].validations)
        style = {"color": COLOURS[engine], "linewidth": WIDTHS[engine]}
        above.plot(np.arange(1, len(losses) + 1), losses, label=engine, **style)
        below.plot(validations[:, 0], validations[:, 2], marker="o", markersize=3, label=engine, **style)
    above.set(ylabel="loss of the batch", ylim=(0, None))
    below.set(xlabel="step", ylabel="accuracy on validation images", ylim=(0, 1))
    below.grid(axis="y", linewidth=0.4)
    below.legend(frameon=False)
    return figure


def draw_confusion(labels, predictions, title):
    """Return how often each digit is taken for each: mistakes coloured, what is right only counted."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, predictions), 1)
    mistakes = counts - np.diag(np.diag(counts))
    figure, axis = plt.subplots(figsize=(6.5, 6.5), layout="constrained")
    axis.imshow(mistakes, cmap="Purples", vmax=max(1, 1.5 * mistakes.max()))
    for label, prediction in np.ndindex(counts.shape):
        if counts[label, prediction]:
            colour = "0.6" if label == prediction else "black"
            axis.text(prediction, label, counts[label, prediction], ha="center", va="center", color=colour, fontsize=9)
    axis.set(xlabel="taken for", ylabel="is", xticks=range(10), yticks=range(10))
    axis.set_title(f"{title}\n{np.trace(counts):,} of {len(labels):,} right", fontsize=10)
    return figure


def draw_gradients(run, title):
    """Return, for every variable, the histogram of its gradient's entries over the steps, raw and clipped."""
    # [samples, raw or clipped, variables, buckets]
    steps, counts = np.array(run.validations)[:, 0], np.array(run.counts)
    size = (9, 1 + 1.3 * len(run.parameters))
    figure, axes = plt.subplots(
        len(run.parameters), 2, figsize=size, sharex=True, sharey=True, layout="constrained"
    )
    figure.suptitle(f"{title}\nsizes of the gradients' entries; darker: more of them", fontsize=10)
    edges = np.append(steps - np.diff(steps, prepend=0) / 2, steps[-1] + 0.5)
    for variable, row in enumerate(axes):
        for column, axis in enumerate(row):
            shares = counts[:, column, variable].T / np.maximum(1, counts[:, column, variable].sum(axis=1))
            axis.pcolormesh(edges, COUNT_LIMITS, shares, cmap="Purples", vmin=0)
            axis.set(yscale="log")
        name = run.parameters[variable].removeprefix(f"rnn/{run.program.cell.scope}/").replace("/", "/\n")
        row[0].set_ylabel(name, fontsize=8, rotation=0, ha="right", va="center")
    for axis, name in zip(axes[0], ("raw", "clipped"), strict=True):
        axis.set_title(name, fontsize=9)
    for axis in axes[-1]:
        axis.set_xlabel("step")
    return figure
