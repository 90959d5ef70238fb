"""TensorFlow's ``tf.compat.v1.train.AdamOptimizer``."""

from typing import Any

import scratch.training.adam
from tf_impl.tensorflow import v1
from tf_impl.training.optimizers import genuine


@genuine.register
def AdamOptimizer(optimizer: scratch.training.adam.AdamOptimizer) -> Any:
    """Return ``AdamOptimizer`` with the same options; its slots are ``m`` and ``v``."""
    return v1.train.AdamOptimizer(optimizer.learning_rate, optimizer.beta1, optimizer.beta2, optimizer.epsilon)
