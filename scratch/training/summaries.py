"""What a run tells TensorBoard: curves, histograms and a graph in an event file, with no TensorFlow.

    tag, step → a number                                a curve
    tag, step → how many values lie in each bucket      a histogram; over many steps, a landscape
    names → what each reads                             a graph; the scopes of the names are boxes to open

TF1's buckets: one limit at 0, and on either side of it limits from 10⁻¹² on that grow by a tenth from one to the next,

    0, ±10⁻¹², ±1.1 · 10⁻¹², ±1.1² · 10⁻¹², …, ±10²⁰, ± the largest float64

so gradients of 10⁻⁶ and of 10² are told apart equally well, and two runs can be laid on one another. The page is
``docs/training/summaries.md``.
"""

import itertools
import numbers
import os
import re
import socket
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, FilePath, Float, Params
from scratch.cell import Cell
from scratch.cells.multi import MultiRNNCell
from scratch.checks import check_array
from scratch.extras import lacking
from scratch.files import check_path
from scratch.options import LARGEST, check_count
from scratch.shown import shown
from scratch.tree import named_leaves


def bucket_limits() -> Float[Array, " 1551"]:
    """Return the upper limits [1551] of TF1's buckets, rising. Source: ``tensorflow/core/lib/histogram``."""
    positive: Any = [1e-12]
    while positive[-1] * 1.1 < 1e20:
        # One product after another, as in TensorFlow: powers of 1.1 would be rounded otherwise.
        positive.append(positive[-1] * 1.1)
    positive = np.array([*positive, np.finfo(np.float64).max])
    return np.concatenate([-positive[::-1], [0.0], positive])


LIMITS = bucket_limits()
FILE_NUMBERS = itertools.count()


class Histogram(NamedTuple):
    """The fields of TensorFlow's ``HistogramProto``: ``bucket[k]`` values lie below ``bucket_limit[k]``."""

    min: float
    max: float
    num: float
    sum: float
    sum_squares: float
    bucket_limit: Float[Array, " N"]
    bucket: Float[Array, " N"]


def histogram(values: Float[Array, "..."]) -> Histogram:
    """Return the ``Histogram`` of an array's values in TF1's buckets, empty stretches made one.

    Raises ``ValueError`` where there is no value, or one is not finite.
    """
    check_array("values", values, (...,))
    if values.dtype.kind == "c":
        raise TypeError(f"values must be float32 or float64 to be counted, but is {values.dtype}")
    flat = values.ravel().astype(np.float64)
    if not flat.size or not np.isfinite(flat).all():
        came = f"{np.count_nonzero(~np.isfinite(flat))} of {flat.size} are not" if flat.size else "there are none"
        raise ValueError(f"values must be finite numbers, at least one, but {came}")
    # Subnormal numbers are 0 to TensorFlow's kernels, and so they are in the bucket of 0.
    flat[np.abs(flat) < np.finfo(values.dtype).tiny] = 0
    # A value on a limit is above it; only the largest float64 has no limit above.
    places = np.minimum(np.searchsorted(LIMITS, flat, side="right"), len(LIMITS) - 1)
    counts = np.bincount(places, minlength=len(LIMITS)).astype(np.float64)
    # Of several empty buckets in a row, only the last is kept, and stands for all.
    kept = (counts > 0) | np.append(counts[1:] > 0, True)
    # Sums too large for a float64 are infinite, there as here.
    with np.errstate(over="ignore"):
        total, squares = flat.sum(), (flat * flat).sum()
    return Histogram(flat.min(), flat.max(), flat.size, total, squares, LIMITS[kept], counts[kept])


class GraphNode(NamedTuple):
    """A node of the graph that TensorBoard draws: its name with its scopes, what it does, and the names it reads."""

    name: str
    operation: str
    inputs: tuple[str, ...] = ()


def network_graph(cell: Cell, params: Params, optimizer: str) -> list[GraphNode]:
    """Return the graph of a cell, an output layer, a loss and the optimiser of that name, such as ``"Adagrad"``.

    ``params`` is ``{"rnn": …, "dense": …}``. A variable has the name and the scopes that TensorFlow gives it, and each
    layer is one node that reads its variables and the layer before it.
    """
    nodes, read = [GraphNode("inputs/x", "Placeholder"), GraphNode("inputs/labels", "Placeholder")], "inputs/x"
    variables: list[str] = []
    for scope, weights in [*cell_scopes(cell, "rnn", params["rnn"]), ("dense", params["dense"])]:
        own = [f"{scope}/{path}" for path, _ in named_leaves(weights)]
        nodes += [GraphNode(name, "VarHandleOp") for name in own]
        nodes.append(GraphNode(f"{scope}/layer", "Layer", (read, *own)))
        variables, read = variables + own, f"{scope}/layer"
    nodes.append(GraphNode("loss/mean", "Mean", (read, "inputs/labels")))
    return [*nodes, GraphNode(f"train/{optimizer}", f"Apply{optimizer}", ("loss/mean", *variables))]


def cell_scopes(cell: Cell, scope: str, params: Params) -> list[tuple[str, Params]]:
    """Return the scope and the weights of each layer of a cell, the lowest first."""
    if not isinstance(cell, MultiRNNCell):
        return [(f"{scope}/{cell.scope}", params)]
    layers = [(layer, f"cell_{number}") for number, layer in enumerate(cell.cells)]
    return [
        found for layer, name in layers for found in cell_scopes(layer, f"{scope}/{cell.scope}/{name}", params[name])
    ]


class SummaryWriter:
    """Writes an event file in ``folder``, for TensorBoard; several files in one folder are one run to it.

    Use it in a ``with`` block, or call ``close``. The file grows record by record, each with its checksum, so one that
    a killed run left is read up to its last whole record. Source: ``tf.compat.v1.summary.FileWriter``. Raises
    ``ImportError`` where the package tensorboard is not installed.
    """

    def __init__(self, folder: FilePath) -> None:
        try:
            # In an extra. These modules of it neither need nor import TensorFlow.
            from tensorboard.compat.proto import event_pb2, graph_pb2, node_def_pb2, summary_pb2
            from tensorboard.summary.writer.record_writer import RecordWriter
        except ImportError as error:
            raise ImportError(lacking("SummaryWriter needs", "tensorboard"), name="tensorboard") from error
        self.Event, self.Summary, self.HistogramProto = event_pb2.Event, summary_pb2.Summary, summary_pb2.HistogramProto
        self.GraphDef, self.NodeDef = graph_pb2.GraphDef, node_def_pb2.NodeDef
        folder = check_path("folder", folder)
        folder.mkdir(parents=True, exist_ok=True)
        # TensorBoard reads the files of a folder in the order of their names.
        name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{next(FILE_NUMBERS)}"
        self.records = RecordWriter(open(folder / name, "xb"))
        self.write(file_version="brain.Event:2")

    def scalar(self, tag: str, value: Any, step: int) -> None:
        """Write one number of the curve ``tag``; NaN and infinity too, because a run that diverges should show it."""
        check_tag(tag)
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise TypeError(f"the value of {tag!r} must be a number, but is {shown(value)}")
        try:
            value = float(value)
        except OverflowError:
            value = np.inf
        self.write_value(step, tag=tag, simple_value=value)

    def histogram(self, tag: str, values: Float[Array, "..."], step: int) -> None:
        """Write the histogram ``tag`` of an array's values; raises what ``histogram`` raises, with the tag."""
        check_tag(tag)
        try:
            counted = histogram(values)
        except (TypeError, ValueError) as error:
            raise type(error)(f"the histogram {tag!r} at step {shown(step)}: {error}") from error
        self.write_value(step, tag=tag, histo=self.HistogramProto(**counted._asdict()))

    def graph(self, nodes: Sequence[GraphNode]) -> None:
        """Write the graph of ``network_graph``, or other nodes; raises ``ValueError`` for a name as ``scalar`` does."""
        for node in nodes:
            check_tag(node.name)
        written = [self.NodeDef(name=node.name, op=node.operation, input=node.inputs) for node in nodes]
        self.write(graph_def=self.GraphDef(node=written).SerializeToString())

    def write_value(self, step: int, **value: Any) -> None:
        step = check_count("step", step, least=0, most=LARGEST)
        self.write(step=step, summary=self.Summary(value=[self.Summary.Value(**value)]))

    def write(self, **event: Any) -> None:
        self.records.write(self.Event(wall_time=time.time(), **event).SerializeToString())

    def flush(self) -> None:
        """Hand all that was written to the operating system, so that TensorBoard sees it and no kill can lose it."""
        self.records.flush()

    def close(self) -> None:
        self.records.close()

    def __enter__(self) -> "SummaryWriter":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def check_tag(tag: Any) -> None:
    """Refuse a tag that TF1 would write otherwise: it puts ``_`` for all but letters, digits and ``. _ - /``."""
    if not isinstance(tag, str) or not re.fullmatch(r"[\w.-][\w./-]*", tag, re.ASCII):
        raise ValueError(f"tag must be made of letters, digits and . _ - /, but is {shown(tag)}")
