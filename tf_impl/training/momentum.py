"""TensorFlow's ``tf.compat.v1.train.MomentumOptimizer``."""

from typing import Any

import scratch.training.momentum
from tf_impl.tensorflow import v1
from tf_impl.training.optimizers import genuine


@genuine.register
def MomentumOptimizer(optimizer: scratch.training.momentum.MomentumOptimizer) -> Any:
    """Return ``MomentumOptimizer`` with the same options; its slot is ``momentum``."""
    return v1.train.MomentumOptimizer(optimizer.learning_rate, optimizer.momentum, use_nesterov=optimizer.use_nesterov)
