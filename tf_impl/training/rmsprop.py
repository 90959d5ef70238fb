"""TensorFlow's ``tf.compat.v1.train.RMSPropOptimizer``."""

from typing import Any

import scratch.training.rmsprop
from tf_impl.tensorflow import v1
from tf_impl.training.optimizers import genuine


@genuine.register
def RMSPropOptimizer(optimizer: scratch.training.rmsprop.RMSPropOptimizer) -> Any:
    """Return ``RMSPropOptimizer`` with the same options; its slots are ``rms``, ``momentum`` and, centred, ``mg``."""
    return v1.train.RMSPropOptimizer(
        optimizer.learning_rate,
        optimizer.decay,
        optimizer.momentum,
        optimizer.epsilon,
        centered=optimizer.centered,
    )
