"""Digits of 8 × 8 pixels, drawn by rule, for a machine that has neither MNIST nor scikit-learn's digits."""

import numpy as np

from scratch.tasks.mnist_data import KERAS_NAMES, split

# Five dots wide and seven high, one digit beside the other.
DOTS = """
.###. ..#.. .###. ####. ...#. ##### ..##. ##### .###. .###.
#...# .##.. #...# ....# ..##. #.... .#... ....# #...# #...#
#...# ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...#
#...# ..#.. ..##. .###. #..#. ....# ####. ..#.. .###. .####
#...# ..#.. .#... ....# ##### ....# #...# ..#.. #...# ....#
#...# ..#.. #.... ....# ...#. #...# #...# .#... #...# ...#.
.###. .###. ##### ####. ...#. .###. .###. .#... .###. .##..
"""
SIZE, BRIGHTEST = 8, 16
COUNT, TEST_SIZE, VALIDATION_SIZE = 1797, 297, 150


def dots():
    """Return [10, 7, 5], 1 where a digit has a dot."""
    rows = [line.split() for line in DOTS.split("\n") if line]
    return np.array([[[dot == "#" for dot in row[digit]] for row in rows] for digit in range(10)], float)


def draw_digits(seed=0):
    """Return ``MnistData``: each digit somewhere on its image, brighter or darker, some dots missing, and noise."""
    rng = np.random.default_rng(seed)
    glyphs, labels = dots(), rng.integers(0, 10, COUNT)
    _, height, width = glyphs.shape
    images = rng.uniform(0, 3, (COUNT, SIZE, SIZE))
    for image, label in zip(images, labels, strict=True):
        top, left = rng.integers(0, SIZE - height + 1), rng.integers(0, SIZE - width + 1)
        kept = rng.random((height, width)) < 0.9
        image[top : top + height, left : left + width] += glyphs[label] * kept * rng.uniform(7, 13)
    images, first = np.round(images), COUNT - TEST_SIZE
    arrays = images[:first], labels[:first], images[first:], labels[first:]
    return split("8 × 8 digits drawn by rule", dict(zip(KERAS_NAMES, arrays, strict=True)), BRIGHTEST, VALIDATION_SIZE)
