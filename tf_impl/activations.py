"""TensorFlow's and Keras's own activations for the names of ``scratch/activations.py``.

Those that only ONNX has are no function of TensorFlow: they are said here, in its operations.
"""

from collections.abc import Callable
from typing import Any

from scratch.activations import Phi
from tf_impl.tensorflow import Tensor, tf

# By the number of their arguments after z: what takes numbers is given those of ONNX, or of Keras.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "tanh": tf.nn.tanh,
    "relu": tf.nn.relu,
    "sigmoid": tf.nn.sigmoid,
    "linear": tf.identity,
    "softsign": tf.nn.softsign,
    "softplus": tf.nn.softplus,
    "exponential": tf.exp,
    "relu6": tf.nn.relu6,
    "selu": tf.nn.selu,
    "hard_sigmoid": lambda z: tf.nn.relu6(z + 3) / 6,
    "onnx_hard_sigmoid": lambda z, alpha=0.2, beta=0.5: tf.clip_by_value(alpha * z + beta, 0, 1),
    "elu": lambda z, alpha=1.0: tf.keras.activations.elu(z, alpha),
    # The operation of this name keeps its α in float32.
    "leaky_relu": lambda z, alpha=0.2: tf.where(z > 0, z, alpha * z),
    "affine": lambda z, alpha=1.0, beta=0.0: alpha * z + beta,
    "scaled_tanh": lambda z, alpha=1.0, beta=1.0: alpha * tf.nn.tanh(beta * z),
    "thresholded_relu": lambda z, alpha=1.0: tf.where(z > alpha, z, tf.zeros_like(z)),
}


def activation(phi: Phi) -> Callable[[Tensor], Tensor]:
    """Return TensorFlow's function for the name of an activation, or for ``(name, α, β)``."""
    name, *numbers = (phi,) if isinstance(phi, str) else phi
    family = FUNCTIONS[name]

    def function(z: Tensor) -> Tensor:
        return family(z, *numbers)

    return function


def check_gate(cell: Any) -> None:
    """Refuse a cell whose gates TF1 cannot say: its own squash them by σ and by nothing else."""
    if cell.recurrent_activation != "sigmoid":
        raise TypeError(f"TF1's gates are sigmoid, but recurrent_activation is {cell.recurrent_activation!r}")
