"""Event files by ``tf.compat.v1.summary.FileWriter``, their summaries by the operations of ``v1.summary``."""

from typing import Any

import numpy as np

from scratch.arrays import Array, FilePath, Float
from tf_impl.program import Program
from tf_impl.tensorflow import Tensor, tf, v1


class SummaryWriter:
    """The twin of ``scratch.SummaryWriter``: the same ``scalar``, ``histogram``, ``flush`` and ``close``; ``graph``."""

    def __init__(self, folder: FilePath) -> None:
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

    def scalar(self, tag: str, value: Any, step: int) -> None:
        """Write one number of the curve ``tag``."""
        self.write(self.scalar_summary, tag, np.float64(value), step)

    def histogram(self, tag: str, values: Float[Array, "..."], step: int) -> None:
        """Write the histogram ``tag`` of an array's values."""
        self.write(self.histogram_summaries[str(values.dtype)], tag, values, step)

    def graph(self, graph: Any) -> None:
        """Write a TensorFlow graph, as TensorBoard draws it: a box for each scope."""
        self.file.add_graph(graph)

    def write(self, summary: Tensor, tag: str, values: Any, step: int) -> None:
        feeds = {self.tag: tag, self.values[str(values.dtype)]: values}
        self.file.add_summary(self.program.session.run(summary, feeds), step)

    def flush(self) -> None:
        self.file.flush()

    def close(self) -> None:
        self.file.close()

    def __enter__(self) -> "SummaryWriter":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def read_events(path: FilePath) -> list[Any]:
    """Return the ``Event`` protocol buffers of an event file, by TensorFlow's own reader."""
    with tf.Graph().as_default():
        return list(v1.train.summary_iterator(str(path)))
