"""Sequential MNIST as the tutorials wrote it: one graph, fed batch by batch, trained by TensorFlow's own optimisers."""

from collections.abc import Sequence

import scratch.tasks.mnist as description
from scratch.arrays import Params
from tf_impl.training.trainer import Feeds, Trainer


class MnistTrainer(Trainer):
    """The twin of ``scratch.tasks.mnist.MnistTrainer``: built from the same program and weights, stepped the same way.

    A graph has to know the ``input_shape`` (T, D) of its sequences beforehand.
    """

    # As published: the moving mean and variance stay 0 and 1.
    training = False

    def __init__(self, program: description.MnistProgram, params: Params, input_shape: Sequence[int]) -> None:
        feeds, clip = Feeds((None, *input_shape), program.unroll), program.clipping
        super().__init__(program.network, params, description.LOSS, program.optimizer, feeds, clip=clip)
