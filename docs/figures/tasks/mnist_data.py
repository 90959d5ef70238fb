"""An image read as rows and as pixels: digits drawn by rule stand in for MNIST's."""

import functools

import numpy as np

from examples.drawn_digits import draw_digits
from figures.style import BLUE, GREY, LINES, axes, blank, heat, picture
from scratch import as_pixels, as_rows, seeded_permutation


@functools.cache
def digit(wanted=5):
    """Return the first image of a digit, [1, 64], between 0 and 1."""
    examples = draw_digits().train
    return examples.images[[int(np.argmax(examples.labels == wanted))]]


@picture(
    "tasks/mnist_data",
    "One image, two sequences",
    "Left, an image of 8 by 8 pixels, a five drawn by rule. In the middle it is read as eight steps of "
    "eight numbers, one row a step. Right it is read as 64 steps of one number.",
)
def image_as_sequence():
    image = digit()
    figure, (left, middle, right) = axes(6.6, 2.5, 1, 3, width_ratios=[1, 1.1, 1.4])
    heat(blank(left, 8, 8), as_rows(image)[0], largest=1)
    left.set_title("the image")
    blank(middle, 8, 11)
    for step, row in enumerate(as_rows(image)[0]):
        heat(middle, row[None], 0, 1.35 * step, largest=1)
        middle.text(-0.4, 1.35 * step + 0.5, f"x_{step}", ha="right", va="center", fontsize=8, color=GREY)
    middle.set_title("8 steps of 8")
    right.plot(as_pixels(image)[0, :, 0], color=BLUE, linewidth=1.2)
    right.set(title="64 steps of 1", xlabel="step", ylim=(0, 1.05))
    return figure


@picture(
    "tasks/mnist_data",
    "Pixel by pixel, in order and permuted",
    "The same image as two series of 64 steps. In order, strokes make bumps that come back once a row, "
    "every eight steps. Permuted, the same numbers come in another order and the bumps are gone.",
)
def permuted_pixels():
    order = seeded_permutation(100, 64)
    series = {"in order": as_pixels(digit()), "permuted": as_pixels(digit(), order)}
    figure, both = axes(6.2, 3.4, 2, 1, sharex=True)
    for axis, style, (name, values) in zip(both, LINES, series.items(), strict=False):
        axis.plot(values[0, :, 0], linewidth=1.2, color=style["color"], linestyle=style["linestyle"])
        axis.set_title(name, loc="left")
        axis.set(ylim=(0, 1.05), xticks=range(0, 65, 8))
    both[1].set_xlabel("step; a row of the image is eight")
    return figure
