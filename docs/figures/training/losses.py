"""The loss of a step against the probability of its label, and the masked loss of a padded batch as a heat map."""

import numpy as np

from figures.style import BLUE, GREY, INK, ORANGE, axes, blank, heat, picture, write
from scratch import mask_by_length, mask_by_sign, masked_loss, masked_loss_backward

LENGTHS = np.array([1, 2, 3, 8])


def gradients(mean):
    """Return ``{mask: size of the gradient of each step's logits [B, T]}`` and the labels, of one batch."""
    rng = np.random.default_rng(2)
    real = np.arange(8) < LENGTHS[:, None]
    labels = np.where(real, rng.integers(0, 5, real.shape), 0)
    labels[2, 1], labels[3, 4] = 0, 0
    logits = rng.standard_normal((4, 8, 5))
    masks = {
        "no mask": np.ones_like(real),
        "by sign": mask_by_sign(labels),
        "by length": mask_by_length(labels, LENGTHS),
    }
    found = {}
    for name, mask in masks.items():
        _, cache = masked_loss(labels, logits, mask, mean)
        found[name] = np.abs(masked_loss_backward(cache)).sum(axis=-1)
    return found, labels


@picture(
    "training/losses",
    "The masked loss: which steps have a gradient",
    "Four rows of 1, 2, 3 and 8 real steps, with the label in each cell; the darker, the larger its "
    "gradient; a thick line ends each row. With no mask padding counts. By sign, real steps of class 0 "
    "are lost, marked by a cross. By length all real steps count and no padding.",
)
def masked_losses():
    found, labels = gradients("steps")
    figure, three = axes(6.2, 6.4, 3, 1)
    largest = max(values.max() for values in found.values())
    for axis, (name, values) in zip(three, found.items(), strict=True):
        heat(blank(axis, 8, 4), values, largest=largest)
        axis.set_title(name, loc="left")
        for (row, step), label in np.ndenumerate(labels):
            lost = values[row, step] == 0 and step < LENGTHS[row]
            write(axis, step + 0.5, row + 0.5, f"{label} ×" if lost else f"{label}", color=ORANGE if lost else INK)
        for row, length in enumerate(LENGTHS):
            axis.plot([length, length], [row, row + 1], color=INK, linewidth=3, solid_capstyle="butt")
    return figure


@picture(
    "training/losses",
    "Cross-entropy and its gradient against the probability of the label",
    "The loss, minus log p, is large where p is near 0 and 0 at p = 1. The gradient of the label's logit, "
    "p − 1, runs straight from −1 to 0. A guess among ten classes has a loss of 2.3.",
)
def cross_entropy():
    p = np.linspace(0.005, 1, 200)
    figure, axis = axes(5.6, 3)
    axis.plot(p, -np.log(p), color=BLUE, label="loss, −log p")
    axis.plot(p, p - 1, color=ORANGE, linestyle="--", label="gradient of the label's logit, p − 1")
    axis.plot([0.1], [-np.log(0.1)], marker="o", color=GREY)
    axis.annotate("guess among ten: 2.30", (0.1, 2.3), (8, 2), textcoords="offset points")
    axis.set(xlabel="probability p of the label", ylim=(-1.2, 5))
    axis.legend()
    return figure
