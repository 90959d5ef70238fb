"""Read MNIST's images pixel by pixel, 784 steps of one pixel, and name the digit at the end.

Lee's models 3 and, with --permuted, 4. At 0.1 s a step or so, the presets' 5,000 steps take minutes; a killed run goes
on with --resume, to the same weights, bit for bit.
"""

from common import end

from mnist_common import train_and_test

PRESETS = ("lee3", "lee4", "lee4_rnn")


def main(argv=None):
    return train_and_test(__doc__, "mnist_pixels", PRESETS, "lee3", argv)


if __name__ == "__main__":
    end(main)
