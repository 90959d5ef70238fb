"""TensorFlow's way to arrays in idx files, and back: ``tf.io.read_file``, ``decode_raw``, ``tf.bitcast``."""

from typing import Any

import numpy as np

from scratch.arrays import Array, DType, FilePath, Int
from scratch.inputs.idx import CODES, KINDS
from tf_impl.program import Program
from tf_impl.tensorflow import Tensor, tf


def read_idx(path: FilePath, shape: tuple[int | str, ...], dtype: DType = None) -> Array:
    """Return the numbers of an idx file, as ``scratch.read_idx``: gzipped where its name ends so."""
    program = Program()
    with program.graph.as_default():
        data = tf.io.read_file(str(path))
        if str(path).endswith(".gz"):
            data = tf.io.decode_compressed(data, "GZIP")
        header = 4 + 4 * len(shape)
        kind = tf.as_dtype(dtype or KINDS[program.run(tf.io.decode_raw(tf.strings.substr(data, 2, 1), tf.uint8))[0]])
        sizes = tf.io.decode_raw(tf.strings.substr(data, 4, header - 4), tf.int32, little_endian=False)
        rest = tf.strings.substr(data, header, tf.strings.length(data) - header)
        array = tf.reshape(tf.io.decode_raw(rest, kind, little_endian=False), sizes)
    return program.run(array)


def write_idx(path: FilePath, array: Array) -> None:
    """Write an array as an idx file, as ``scratch.write_idx``; never compressed, for which TensorFlow has no function.

    TensorFlow has none either that is ``decode_raw`` undone: a number's bytes are what it is cast to, and are then
    looked up in a table of all 256.
    """
    program = Program()
    with program.graph.as_default():
        magic = np.array([0, 0, CODES[array.dtype], array.ndim], np.uint8)
        numbers = tf.concat([magic, high_first(np.array(array.shape, np.int32))], 0)
        numbers = tf.concat([numbers, high_first(program.feed(array))], 0)
        data = tf.strings.reduce_join(tf.gather([bytes([byte]) for byte in range(256)], tf.cast(numbers, tf.int32)))
        program.run(tf.io.write_file(str(path), data))


def high_first(numbers: Any) -> Int[Tensor, " bytes"]:
    """Return the bytes of all numbers, the highest of each first."""
    if numbers.dtype in (np.uint8, np.int8):
        return tf.reshape(tf.bitcast(numbers, tf.uint8), [-1])
    return tf.reshape(tf.reverse(tf.bitcast(numbers, tf.uint8), [-1]), [-1])
