"""Read MNIST's images row by row, 28 steps of 28 pixels, and name the digit at the end.

The programs of jasdeep06, Damien, Choi, and Lee's models 1 and 2, each a preset. A killed run goes on with --resume,
to the same weights, bit for bit. With --engine all, NumPy, Numba and TensorFlow start from the same weights and see the
same batches, and their losses are compared step by step.
"""

from common import end

from mnist_common import train_and_test

PRESETS = ("jasdeep06", "damien", "choi", "lee1", "lee2")


def main(argv=None):
    return train_and_test(__doc__, "mnist_rows", PRESETS, "jasdeep06", argv)


if __name__ == "__main__":
    end(main)
