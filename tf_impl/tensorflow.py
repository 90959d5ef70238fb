"""TensorFlow as the TF1 programs knew it: ``from tf_impl.tensorflow import tf, v1``.

TensorFlow 2.21 still holds TF1's graphs, sessions, loops and optimisers, but its cells moved to the package tf-keras,
and come back under their old names only where ``TF_USE_LEGACY_KERAS`` is 1 before TensorFlow is first imported.
"""

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any, TypeAlias

from scratch.extras import lacking

if sys.modules.get("tensorflow") and os.environ.get("TF_USE_LEGACY_KERAS") != "1":
    raise ImportError(
        "tf_impl needs TF_USE_LEGACY_KERAS=1 in the environment before TensorFlow is imported: "
        "import tf_impl first, or set the variable"
    )
os.environ["TF_USE_LEGACY_KERAS"] = "1"
# A variable the user has set is left alone.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # oneDNN's own order of additions, where the CPU has one


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send what libraries print on stderr to nowhere: no setting stops the lines before TensorFlow reads its settings.

    A failed import still raises, so no error is lost.
    """
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


try:
    with quiet():
        import tensorflow as tf
        import tf_keras  # noqa: F401  The home of the TF1 cells; imported here so that its absence is said here.
except ImportError as error:
    raise ImportError(lacking("tf_impl and engine 'tensorflow' need", str(error.name))) from error

# Every TF1 symbol says that it is deprecated, in the log or, the cells, as a warning. They are used here on purpose.
tf.get_logger().setLevel("ERROR")
warnings.filterwarnings("ignore", r"`tf\.nn\.rnn_cell", UserWarning)
v1 = tf.compat.v1
# What a graph is made of. TensorFlow's own types know no shapes, so ``Float[Tensor, "B D"]`` is a note to the reader.
Tensor: TypeAlias = Any

__all__ = ["Tensor", "tf", "v1"]
