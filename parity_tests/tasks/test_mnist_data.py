import dataclasses
import gzip
import sys

import numpy as np
import pytest

import tf_impl
from parity_tests.harness import assert_parity
from parity_tests.inputs.test_idx import idx_bytes
from scratch import as_pixels, as_rows, load_digits, load_mnist, one_hot, seeded_permutation
from scratch.tasks import mnist_data
from scratch.tasks.mnist_data import FILES, KERAS_NAMES
from tf_impl.tensorflow import tf


def draw_arrays(rng=None, num_train=9, num_test=4):
    """Return made-up images and labels to train on, then to test on, with every brightness and every digit."""
    rng = np.random.default_rng(0) if rng is None else rng
    return [
        rng.integers(256, size=(num_train, 28, 28), dtype=np.uint8),
        rng.permutation(np.arange(num_train) % 10).astype(np.uint8),
        rng.integers(256, size=(num_test, 28, 28), dtype=np.uint8),
        rng.integers(10, size=num_test, dtype=np.uint8),
    ]


def write_files(folder, arrays, packed=True):
    for name, array in zip(FILES, arrays, strict=True):
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(idx_bytes(array)))
        else:
            (folder / name).write_bytes(idx_bytes(array))


def parts(data):
    return {"train": data.train, "validation": data.validation, "test": data.test}


def test_four_files_one_npz_keras_and_tensorflow_give_the_same(tmp_path, monkeypatch):
    arrays = draw_arrays()
    for folder in ("packed", "plain", "keras"):
        (tmp_path / folder).mkdir()
    write_files(tmp_path / "packed", arrays)
    write_files(tmp_path / "plain", arrays, packed=False)
    np.savez_compressed(tmp_path / "keras" / "mnist.npz", **dict(zip(KERAS_NAMES, arrays, strict=True)))
    data = load_mnist(tmp_path / "packed", validation_size=2)
    # TensorFlow makes of a division by 255 a product with 1 / 255, and so the last bit of some pixels is another.
    assert_parity(parts(data), parts(tf_impl.load_mnist(tmp_path / "packed", 2)), limit=1.2e-7)
    monkeypatch.setattr(tf.keras.datasets.mnist, "load_data", lambda: (tuple(arrays[:2]), tuple(arrays[2:])))
    for same in (load_mnist(tmp_path / "plain", 2), load_mnist(tmp_path / "keras", 2), tf_impl.fetch_mnist(2)):
        assert same.name == data.name == "MNIST"
        assert_parity(parts(same), parts(data), limit=0)


def test_pixels_and_split_are_the_tutorials(tmp_path):
    arrays = draw_arrays()
    write_files(tmp_path, arrays)
    data = load_mnist(tmp_path, validation_size=2)
    assert data.train.images.dtype == np.float32
    assert data.train.images.shape == (7, 784)
    assert data.validation.images.shape == (2, 784)
    assert data.test.images.shape == (4, 784)
    # The first images are held out, not the last; a row of the image is 28 pixels in a row.
    np.testing.assert_array_equal(data.validation.images[1], arrays[0][1].ravel() / np.float32(255))
    np.testing.assert_array_equal(data.train.images[0, 28:56], arrays[0][2, 1] / np.float32(255))
    np.testing.assert_array_equal(data.train.labels, arrays[1][2:])
    np.testing.assert_array_equal(data.test.labels, arrays[3])
    assert data.train.labels.dtype == np.int64
    assert data.train.images.min() == 0
    assert data.train.images.max() == 1


def test_the_tutorials_hold_out_5000(tmp_path):
    write_files(tmp_path, draw_arrays(num_train=12))
    with pytest.raises(ValueError, match="validation_size must be below the 12 training images, but is 5000"):
        load_mnist(tmp_path)


def test_rows_pixels_and_one_hot_agree_with_tensorflow():
    images = np.random.default_rng(0).random((3, 784), np.float32)
    order = seeded_permutation(100, 784)
    for ours, theirs in (
        (as_rows(images), tf_impl.as_rows(images)),
        (as_pixels(images), tf_impl.as_pixels(images)),
        (as_pixels(images, order), tf_impl.as_pixels(images, order)),
        (one_hot(np.array([3, 0, 9]), 10), tf_impl.one_hot(np.array([3, 0, 9]), 10)),
        (one_hot(np.array([1]), 4, np.float64), tf_impl.one_hot(np.array([1]), 4, np.float64)),
    ):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
    assert as_rows(images)[2, 1, 0] == images[2, 28]
    assert as_pixels(images, order)[2, 5, 0] == images[2, order[5]]


def test_the_permutation_is_the_published_one():
    order = seeded_permutation(100, 784)
    assert order[:6].tolist() == [73, 529, 19, 222, 770, 310]
    assert sorted(order) == list(range(784))


def test_files_that_do_not_fit_are_refused_by_name(tmp_path):
    images, labels, *test = draw_arrays()
    write_files(tmp_path, [images, labels[:-1], *test])
    with pytest.raises(ValueError, match="train-images-.*gz has 9 images, but .*train-labels-.*gz has 8 labels"):
        load_mnist(tmp_path, 2)
    write_files(tmp_path, [images, labels + 5, *test])
    with pytest.raises(ValueError, match="train-labels-.*gz must hold labels from 0 to 9, but holds one of 13"):
        load_mnist(tmp_path, 2)
    write_files(tmp_path, [images[:0], labels[:0], *test])
    with pytest.raises(ValueError, match="train-labels-idx1-ubyte.gz must hold labels from 0 to 9, but holds none"):
        load_mnist(tmp_path, 2)
    write_files(tmp_path, [images[:, 1:], labels, *test])
    with pytest.raises(ValueError, match=r"must hold an array of shape \[N, 28, 28\], but holds \[9, 27, 28\]"):
        load_mnist(tmp_path, 2)


def test_a_folder_without_mnist_is_told_what_to_hold(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="no MNIST in .*: put the four files train-images-.*mnist.npz"):
        load_mnist(tmp_path)
    write_files(tmp_path, draw_arrays())
    (tmp_path / f"{FILES[3]}.gz").unlink()
    with pytest.raises(FileNotFoundError, match="four files of MNIST, but has no t10k-labels-idx1-ubyte, with"):
        load_mnist(tmp_path)

    def no_network():
        raise Exception("URL fetch failure")

    monkeypatch.setattr(tf.keras.datasets.mnist, "load_data", no_network)
    with pytest.raises(OSError, match="Keras could not download MNIST: URL fetch failure"):
        tf_impl.fetch_mnist()


def test_an_npz_that_is_not_keras_own_is_refused_by_name(tmp_path, monkeypatch):
    path, arrays = tmp_path / "mnist.npz", dict(zip(KERAS_NAMES, draw_arrays(), strict=True))
    path.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(ValueError, match="mnist.npz must be a whole file with x_train, y_train, x_test, y_test"):
        load_mnist(tmp_path)
    np.savez(path, x_train=arrays["x_train"])
    with pytest.raises(ValueError, match="mnist.npz must be a whole file .*y_train"):
        load_mnist(tmp_path)
    np.savez(path, **{**arrays, "x_test": arrays["x_test"] / 255})
    with pytest.raises(ValueError, match=r"x_test as uint8 \[N, 28, 28\], but holds it as float64 \[4, 28, 28\]"):
        load_mnist(tmp_path)
    np.savez(path, **{**arrays, "y_test": arrays["y_test"][:, None]})
    with pytest.raises(ValueError, match=r"must hold y_test as uint8 \[N\], but holds it as uint8 \[4, 1\]"):
        load_mnist(tmp_path)
    np.savez(path, **{**arrays, "y_test": np.array([object()])})
    with pytest.raises(ValueError, match="mnist.npz must be a whole file .*Object arrays"):
        load_mnist(tmp_path)
    np.savez_compressed(path, **arrays)
    monkeypatch.setattr(mnist_data, "LARGEST", 9000)
    with pytest.raises(ValueError, match="it holds 10[0-9]* bytes, more than 9000"):
        load_mnist(tmp_path)


def test_the_digits_go_the_same_way():
    data = load_digits()
    assert data.name == "scikit-learn's 8 × 8 digits"
    assert [len(part.labels) for part in (data.train, data.validation, data.test)] == [1350, 150, 297]
    images = data.train.images
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0, 1)
    np.testing.assert_array_equal(images * 16, np.rint(images * 16))
    assert set(data.test.labels) == set(range(10))
    assert as_rows(images).shape == (1350, 8, 8)
    # Arrays have no one answer to whether they are equal, so data is equal to itself alone.
    assert data != dataclasses.replace(data)
    assert as_pixels(images, seeded_permutation(100, 64)).shape == (1350, 64, 1)


def test_refusals(monkeypatch):
    with pytest.raises(ValueError, match="validation_size must be at least 1, but is 0"):
        load_digits(validation_size=0)
    with pytest.raises(ValueError, match=r"labels\[1\] must be from 0 to 9, but is 10"):
        one_hot(np.array([3, 10]), 10)
    with pytest.raises(ValueError, match=r"labels\[0\] must be from 0 to 9, but is -1"):
        one_hot(np.array([-1, 10]), 10)
    with pytest.raises(TypeError, match=r"labels must be an array of integers \[N\], but is float64 \[2\]"):
        one_hot(np.ones(2), 10)
    with pytest.raises(ValueError, match="images must be square, but have 63 pixels"):
        as_rows(np.zeros((2, 63)))
    with pytest.raises(ValueError, match=r"images must have shape \[N, pixels\], but has \[4\]"):
        as_pixels(np.zeros(4))
    with pytest.raises(TypeError, match="images must be float32 or float64, but is uint8"):
        as_pixels(np.zeros((2, 64), np.uint8))
    with pytest.raises(ValueError, match="order must hold every number from 0 to 3 once"):
        as_pixels(np.zeros((2, 4)), [0, 1, 1, 3])
    with pytest.raises(ValueError, match="seed must be at least 0, but is -1"):
        seeded_permutation(-1, 784)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ImportError, match="load_digits needs scikit-learn, which is in the extra 'plot'"):
        load_digits()
