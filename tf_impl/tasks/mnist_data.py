"""MNIST from TensorFlow's own parts: files decoded, split, cut into steps and made one-hot by its operations.

And from Keras, which downloads it: ``tf.keras.datasets.mnist``.
"""

from pathlib import Path

import scratch.tasks.mnist_data as description
from scratch.arrays import Array, DType, Float, Int
from tf_impl.inputs.idx import read_idx
from tf_impl.inputs.unstack import compute
from tf_impl.tensorflow import tf


def fetch_mnist(validation_size: int = description.VALIDATION_SIZE) -> description.MnistData:
    """Return ``MnistData`` from Keras, which keeps ``mnist.npz`` in ``~/.keras/datasets`` once it has downloaded it.

    Raises ``OSError``, saying why, where it cannot be downloaded.
    """
    try:
        pairs = tf.keras.datasets.mnist.load_data()
    except Exception as error:  # Keras raises no narrower one where a download fails.
        raise OSError(f"Keras could not download MNIST: {error}") from error
    arrays = [array for pair in pairs for array in pair]
    parts = dict(zip(description.KERAS_NAMES, arrays, strict=True))
    return description.split("MNIST", parts, 255, validation_size)


def load_mnist(data_dir: str | Path, validation_size: int = description.VALIDATION_SIZE) -> description.MnistData:
    """Return ``MnistData`` from the four gzipped files, as ``scratch.load_mnist``."""
    paths = [Path(data_dir) / f"{name}.gz" for name in description.FILES]
    files = [read_idx(path, shape) for path, shape in zip(paths, description.SHAPES, strict=True)]
    images, labels, test_images, test_labels = files

    def part(pair: tuple[Array, Array]) -> description.Examples:
        images, labels = pair
        pixels = compute(lambda x: tf.reshape(tf.cast(x, tf.float32) / 255, [len(images), -1]), images)
        return description.Examples(pixels, compute(lambda y: tf.cast(y, tf.int64), labels))

    sizes = [validation_size, len(labels) - validation_size]
    held_out, train = zip(*compute(lambda x, y: (tf.split(x, sizes), tf.split(y, sizes)), images, labels), strict=True)
    return description.MnistData("MNIST", part(train), part(held_out), part((test_images, test_labels)))


def one_hot(labels: Int[Array, " N"], num_classes: int, dtype: DType = tf.float32) -> Float[Array, "N C"]:
    """Return ``tf.one_hot(labels, num_classes)``."""
    return compute(lambda y: tf.one_hot(y, num_classes, dtype=dtype), labels)


def as_rows(images: Float[Array, "N pixels"]) -> Float[Array, "N side side"]:
    """Return ``tf.reshape(images, [-1, side, side])``, as the tutorials' programs do with side 28."""
    side = int(images.shape[1] ** 0.5)
    return compute(lambda x: tf.reshape(x, [-1, side, side]), images)


def as_pixels(
    images: Float[Array, "N pixels"], order: Int[Array, " pixels"] | None = None
) -> Float[Array, "N pixels 1"]:
    """Return ``tf.expand_dims(images, -1)``, the pixels first put in ``order`` by ``tf.gather``."""
    return compute(lambda x: tf.expand_dims(x if order is None else tf.gather(x, order, axis=1), -1), images)
