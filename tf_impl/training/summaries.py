"""Event files by ``tf.compat.v1.summary.FileWriter``, their summaries by the operations of ``v1.summary``."""

import numpy as np

from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


class SummaryWriter:
    """The twin of ``scratch.SummaryWriter``: the same ``scalar``, ``histogram``, ``flush`` and ``close``."""

    def __init__(self, folder):
        self.program = Program()
        with self.program.graph.as_default():
            self.tag = v1.placeholder(tf.string, [])
            self.values = {dtype: v1.placeholder(dtype) for dtype in ("float32", "float64")}
            # What v1.summary.scalar and histogram make, with a tag that is fed: they would take one graph node a tag.
            self.scalar_summary = tf.raw_ops.ScalarSummary(tags=self.tag, values=self.values["float64"])
            self.histogram_summaries = {
                dtype: tf.raw_ops.HistogramSummary(tag=self.tag, values=values) for dtype, values in self.values.items()
            }
            self.file = v1.summary.FileWriter(str(folder))

    def scalar(self, tag, value, step):
        """Write one number of the curve ``tag``."""
        self.write(self.scalar_summary, tag, np.float64(value), step)

    def histogram(self, tag, values, step):
        """Write the histogram ``tag`` of an array's values."""
        self.write(self.histogram_summaries[str(values.dtype)], tag, values, step)

    def write(self, summary, tag, values, step):
        feeds = {self.tag: tag, self.values[str(values.dtype)]: values}
        self.file.add_summary(self.program.session.run(summary, feeds), step)

    def flush(self):
        self.file.flush()

    def close(self):
        self.file.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def read_events(path):
    """Return the ``Event`` protocol buffers of an event file, by TensorFlow's own reader."""
    with tf.Graph().as_default():
        return list(v1.train.summary_iterator(str(path)))
