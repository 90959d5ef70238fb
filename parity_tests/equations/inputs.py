"""The runs that the equations of ``docs/inputs`` are held to: rows of lengths 0, 1 and T, and a number as a varint."""

import numpy as np

from parity_tests.equations.runs import Run
from scratch import bucket_by_length, pad_batch, reverse_sequence, sequence_mask, unpad_batch
from scratch.gradient_check import complex_step, to_complex
from scratch.inputs.wire.varint import varint

LENGTHS = np.array([3, 0, 5, 1])
STEPS, WIDTH, PADDING = 5, 2, -7.0


def padding():
    rng = np.random.default_rng(0)
    rows = [rng.standard_normal((length, WIDTH)) for length in LENGTHS]
    padded = pad_batch(rows, PADDING)
    x = padded[0]
    d_x = rng.standard_normal(x.shape)
    given = {"x": x, "row": dict(enumerate(rows)), "padding_value": np.full(WIDTH, PADDING), "T": STEPS, "T[]": LENGTHS}
    given |= {"mask": sequence_mask(LENGTHS).astype(float), "y": reverse_sequence(x, LENGTHS)}
    gradients = {"L/x": d_x, "L/row": dict(enumerate(unpad_batch(d_x, LENGTHS)))}
    ranges = {"b": range(len(LENGTHS)), "t": range(STEPS)}
    return [Run(given, gradients=gradients, ranges=ranges), turned_row(rng), bucket()]


def bucket():
    """The rows that bucket 1 of three takes; one of them is as short as it may be."""
    lengths, boundaries = np.array([4, 1, 2, 7, 3, 2]), [2, 4]
    rows = [np.full((length, 1), float(number)) for number, length in enumerate(lengths)]
    batches = list(bucket_by_length(rows, boundaries, [10, 10, 10]))
    (taken,) = (batch.rows.tolist() for batch in batches if 2 in batch.rows)
    return Run({"T": lengths, "boundaries": np.array(boundaries)}, ranges={"i": range(1, 2), "b": taken})


def turned_row(rng, length=3):
    """One row, for which turning round is a product with a matrix."""

    def turn(row):
        return reverse_sequence(row[None], [length])[0]

    x, d_y = rng.standard_normal((2, STEPS, WIDTH))
    (d_x,) = complex_step(lambda tree: (d_y * turn(tree[0])).sum(), to_complex((x,)))
    given = {"P": turn(np.eye(STEPS)), "reverse_sequence": turn}
    return Run(given, gradients={"L/x": d_x, "L/y": d_y})


def sequence_example():
    number = 127 + 5 * 128**2 + 9 * 128**3
    groups = np.array([byte & 127 for byte in varint(number)])
    return [Run({"n": number, "g": groups}, ranges={"k": range(len(groups))})]


RUNS = {"inputs/padding": padding, "inputs/sequence_example": sequence_example}
