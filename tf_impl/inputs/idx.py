"""An idx file read by TensorFlow's own operations: ``tf.io.read_file``, ``decode_compressed``, ``decode_raw``."""

from tf_impl.program import Program
from tf_impl.tensorflow import tf


def read_idx(path, shape):
    """Return the unsigned bytes of an idx file, as ``scratch.read_idx``: gzipped where its name ends so."""
    program = Program()
    with program.graph.as_default():
        data = tf.io.read_file(str(path))
        if str(path).endswith(".gz"):
            data = tf.io.decode_compressed(data, "GZIP")
        header = 4 + 4 * len(shape)
        sizes = tf.io.decode_raw(tf.strings.substr(data, 4, header - 4), tf.int32, little_endian=False)
        numbers = tf.io.decode_raw(tf.strings.substr(data, header, tf.strings.length(data) - header), tf.uint8)
        array = tf.reshape(numbers, sizes)
    return program.run(array)
