"""MNIST for recurrent networks: images read row by row or pixel by pixel.

    images [N, 784], pixels / 255       →  rows [N, 28, 28]: 28 steps of 28 pixels
                                        →  pixels [N, 784, 1]: 784 steps of one pixel

The tutorials' split: 55,000 images to train on, the first 5,000 of the training files held out for validation, 10,000
to test on. With no MNIST at hand, the 8 × 8 digits that come with scikit-learn go the same way. The page is
``docs/tasks/mnist_data.md``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from scratch.archives import read_arrays
from scratch.arrays import Array, DType, Float, Int
from scratch.checks import check_array, check_dtype, check_listed, is_plain, shape_text
from scratch.extras import lacking
from scratch.files import check_path
from scratch.inputs.idx import read_idx
from scratch.options import check_choice, check_count

NUM_CLASSES = 10
VALIDATION_SIZE = 5000
# Training images and labels, then test images and labels: the original files, and the arrays in Keras's mnist.npz.
FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
KERAS_FILE, KERAS_NAMES = "mnist.npz", ("x_train", "y_train", "x_test", "y_test")
SHAPES = (("N", 28, 28), ("N",)) * 2
READINGS = ("rows", "pixels", "permuted")
PERMUTATION_SEED = 100
LARGEST = 2**27  # bytes of all arrays in mnist.npz together: twice those of MNIST


class Examples(NamedTuple):
    """Images [N, pixels], float32 from 0 to 1, row after row; and labels [N], integers from 0 to 9."""

    images: Float[Array, "N pixels"]
    labels: Int[Array, " N"]


@dataclass(frozen=True, eq=False)
class MnistData:
    """Three sets of ``Examples``, and the ``name`` of what they show."""

    name: str
    train: Examples
    validation: Examples
    test: Examples


def load_mnist(data_dir: str | Path, validation_size: int = VALIDATION_SIZE) -> MnistData:
    """Return ``MnistData`` from a folder with the four idx files, each gzipped or not, or with Keras's ``mnist.npz``.

    Raises ``FileNotFoundError`` where the folder has neither, and ``ValueError``, naming the file, where one is not
    what it should be.
    """
    folder = check_path("data_dir", data_dir)
    paths = {name: [path for path in (folder / f"{name}.gz", folder / name) if path.exists()] for name in FILES}
    missing = ", ".join(name for name in FILES if not paths[name])
    if not missing:
        found = [paths[name][0] for name in FILES]
        parts: Mapping[Any, Array] = {
            path: read_idx(path, shape, np.uint8) for path, shape in zip(found, SHAPES, strict=True)
        }
    elif any(paths.values()):
        raise FileNotFoundError(f"{folder} must hold four files of MNIST, but has no {missing}, with or without .gz")
    elif (folder / KERAS_FILE).exists():
        parts = read_keras_file(folder / KERAS_FILE)
    else:
        raise FileNotFoundError(
            f"there is no MNIST in {folder}: put the four files {missing} there, each with .gz or without, or Keras's "
            f"{KERAS_FILE}; where TensorFlow is installed, tf_impl.fetch_mnist() lets Keras download it"
        )
    return split("MNIST", parts, 255, validation_size)


def load_digits(validation_size: int = 150, test_size: int = 297) -> MnistData:
    """Return, as ``MnistData``, the 1,797 digits of 8 × 8 pixels from 0 to 16 that come with scikit-learn.

    They are not MNIST, and easier. The last ``test_size`` are the test set. Raises ``ImportError`` where scikit-learn
    is not installed.
    """
    try:
        # In an extra, and only this function needs it.
        from sklearn import datasets
    except ImportError as error:
        raise ImportError(lacking("load_digits needs", "sklearn"), name="sklearn") from error
    images, labels = datasets.load_digits(return_X_y=True)
    first = len(labels) - check_count("test_size", test_size)
    arrays = images[:first], labels[:first], images[first:], labels[first:]
    return split("scikit-learn's 8 × 8 digits", dict(zip(KERAS_NAMES, arrays, strict=True)), 16, validation_size)


def read_keras_file(path: Path) -> dict[str, Array]:
    """Return the four arrays of the ``mnist.npz`` that ``keras.datasets.mnist`` downloads, each under its name."""
    found = read_arrays(path, f"file with {', '.join(KERAS_NAMES)}", LARGEST)
    if missing := [name for name in KERAS_NAMES if name not in found]:
        raise ValueError(f"{path} must be a whole file with {', '.join(KERAS_NAMES)}, but has no {', '.join(missing)}")
    arrays = [found[name] for name in KERAS_NAMES]
    for name, array, shape in zip(KERAS_NAMES, arrays, SHAPES, strict=True):
        if array.dtype != np.uint8 or array.ndim != len(shape) or array.shape[1:] != shape[1:]:
            came = f"{array.dtype} {shape_text(array.shape)}"
            raise ValueError(f"{path} must hold {name} as uint8 {shape_text(shape)}, but holds it as {came}")
    return {f"{path}: {name}": array for name, array in zip(KERAS_NAMES, arrays, strict=True)}


def split(name: str, parts: Mapping[Any, Array], brightest: int, validation_size: int) -> MnistData:
    """Return ``MnistData`` from four arrays: training images and labels, then test images and labels.

    ``parts`` is a dict of these under the names that a refusal calls them; ``brightest`` is the pixel that becomes 1.
    """
    validation_size = check_count("validation_size", validation_size)
    (images, labels), test = (examples(list(parts.items())[part], brightest) for part in (slice(2), slice(2, 4)))
    if validation_size >= len(images):
        raise ValueError(f"validation_size must be below the {len(images)} training images, but is {validation_size}")
    held_out, kept = slice(validation_size), slice(validation_size, None)
    return MnistData(name, Examples(images[kept], labels[kept]), Examples(images[held_out], labels[held_out]), test)


def examples(named: list[tuple[Any, Array]], brightest: int) -> Examples:
    """Return ``Examples`` of pixels from 0 to ``brightest`` and their labels, each a pair ``(name, array)``."""
    (images_name, images), (labels_name, labels) = named
    if len(images) != len(labels):
        raise ValueError(f"{images_name} has {len(images)} images, but {labels_name} has {len(labels)} labels")
    if not len(labels) or labels.max() >= NUM_CLASSES:
        came = f"one of {labels.max()}" if len(labels) else "none"
        raise ValueError(f"{labels_name} must hold labels from 0 to {NUM_CLASSES - 1}, but holds {came}")
    pixels = images.reshape(len(images), -1)
    return Examples((pixels / np.float32(brightest)).astype(np.float32, copy=False), labels.astype(np.int64))


def one_hot(labels: Int[Array, " N"], num_classes: int, dtype: DType = np.float32) -> Float[Array, "N C"]:
    """Return labels [N] as rows of zeros [N, num_classes] with a 1 at the label. Source: ``tf.one_hot``.

    Raises ``ValueError`` for a label outside 0 … num_classes − 1, of which TensorFlow makes a row of zeros.
    """
    num_classes = check_count("num_classes", num_classes)
    check_dtype("dtype", dtype)
    if not is_plain(labels) or labels.dtype.kind not in "iu" or labels.ndim != 1:
        came = f"{labels.dtype} {shape_text(labels.shape)}" if is_plain(labels) else repr(labels)
        raise TypeError(f"labels must be an array of integers [N], but is {came}")
    for place in np.flatnonzero((labels < 0) | (labels >= num_classes)):
        raise ValueError(f"labels[{place}] must be from 0 to {num_classes - 1}, but is {labels[place]}")
    return (labels[:, None] == np.arange(num_classes)).astype(dtype)


def as_rows(images: Float[Array, "N pixels"]) -> Float[Array, "N side side"]:
    """Return images [N, S·S] as [N, S, S], one row of the picture a time step: [N, 28, 28] of MNIST.

    Raises ``ValueError`` where the number of pixels is no square.
    """
    check_array("images", images, ("N", "pixels"))
    side = math.isqrt(images.shape[1])
    if side * side != images.shape[1]:
        raise ValueError(f"images must be square, but have {images.shape[1]} pixels")
    return images.reshape(-1, side, side)


def as_pixels(
    images: Float[Array, "N pixels"], order: Int[Array, " pixels"] | None = None
) -> Float[Array, "N pixels 1"]:
    """Return images [N, pixels] as [N, pixels, 1], one pixel a time step: [N, 784, 1] of MNIST.

    ``order`` [pixels]: which pixel is read at each step, one order for all images; that of permuted MNIST is
    ``seeded_permutation(100, 784)``. Raises ``ValueError`` where it leaves a pixel out or reads one twice.
    """
    check_array("images", images, ("N", "pixels"))
    if order is None:
        return images[:, :, None]
    pixels = images.shape[1]
    check_listed("order", order)
    order = np.array(order, object)  # Of anything, to be looked at one by one.
    if order.shape != (pixels,):
        raise ValueError(f"order must have shape {shape_text([pixels])}, but has {shape_text(order.shape)}")
    chosen = [check_count(f"order[{step}]", pixel, least=0) for step, pixel in enumerate(order.tolist())]
    if sorted(chosen) != list(range(pixels)):
        raise ValueError(f"order must hold every number from 0 to {pixels - 1} once")
    return images[:, chosen, None]


def seeded_permutation(seed: int, size: int) -> Int[Array, " size"]:
    """Return the order [size] that ``numpy.random.seed(seed); numpy.random.permutation(size)`` gave the tutorial.

    The old generator on purpose: its stream is frozen, so seed 100 means today the picture it meant then.
    """
    seed, size = check_count("seed", seed, least=0), check_count("size", size)
    return np.random.RandomState(seed).permutation(size)


def read(reading: str, images: Float[Array, "N pixels"]) -> Float[Array, "N T D"]:
    """Return images [N, pixels] as sequences [N, T, D]: ``"rows"``, ``"pixels"``, or ``"permuted"`` pixels."""
    check_choice("reading", reading, READINGS)
    if reading == "rows":
        return as_rows(images)
    if reading == "pixels":
        return as_pixels(images)
    return as_pixels(images, seeded_permutation(PERMUTATION_SEED, images.shape[1]))
