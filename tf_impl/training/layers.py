"""TensorFlow's own parts for every layer of a network, their variables made at once in the graph, or strategy, at hand.

``build`` takes a layer's description and returns it ``Built``; each kind of layer is registered with it here.
"""

from collections.abc import Callable, Iterator
from functools import singledispatch
from typing import Any, NamedTuple

import scratch.training.batch_norm
import scratch.training.dense
import scratch.training.embedding
import scratch.training.layers
from scratch.arrays import Array, Bool, DType, Masks, Params, State
from scratch.cell import Cell, CellWrapper
from scratch.cells.dropout import without_dropout
from scratch.cells.full_lstm import LSTMBlockCell
from scratch.cells.multi import MultiRNNCell
from scratch.layer import Given, Layer
from tf_impl.cell import as_structure, genuine
from tf_impl.cells.dropout import masks_in_order
from tf_impl.cells.full_lstm import LSTMCell
from tf_impl.program import dict_of_paths, match
from tf_impl.tensorflow import Tensor, tf, v1
from tf_impl.training.batch_norm import BatchNormalization as genuine_batch_normalization


class Built(NamedTuple):
    """A layer in TensorFlow: its variables, nested as in scratch, and ``call(x, given)``, which returns ``(y, state)``.

    What is ``Given`` are tensors; its ``engine`` is ``"dynamic"``, or ``"static"`` for a copy of the cell a step.
    """

    call: Callable[[Any, Given], tuple[Any, State]]
    weights: Params
    moving: Params


@singledispatch
def build(layer: Layer, name: str, input_size: Any, dtype: DType) -> Built:
    """Return the ``Built`` of a layer for inputs of this width, its variables in the scope ``name``."""
    raise TypeError(f"tf_impl knows no TensorFlow layer for {type(layer).__name__}")


@build.register
def Dense(layer: scratch.training.dense.Dense, name: str, input_size: Any, dtype: DType) -> Built:
    tf_layer = v1.layers.Dense(layer.units, dtype=dtype, name=name)
    tf_layer.build([None, input_size])
    return Built(lambda x, given: (tf_layer(x), ()), dict(zip(("kernel", "bias"), tf_layer.variables, strict=True)), {})


@build.register
def Embedding(layer: scratch.training.embedding.Embedding, name: str, input_size: Any, dtype: DType) -> Built:
    with v1.variable_scope(name):
        table = v1.get_variable("embeddings", [layer.vocabulary_size, layer.embedding_size], dtype)
    return Built(lambda x, given: (tf.nn.embedding_lookup(table, x), ()), {"embeddings": table}, {})


@build.register
def BatchNormalization(
    layer: scratch.training.batch_norm.BatchNormalization, name: str, input_size: Any, dtype: DType
) -> Built:
    tf_layer = genuine_batch_normalization(layer).genuine(dtype, name)
    tf_layer.build([None, input_size])
    weights, moving = (
        {variable.name.removesuffix(":0").rpartition("/")[2]: variable for variable in variables}
        for variables in (tf_layer.trainable_variables, tf_layer.non_trainable_variables)
    )
    return Built(lambda x, given: (tf_layer(x, training=given.training), ()), weights, moving)


@build.register
def Dropout(layer: scratch.training.layers.Dropout, name: str, input_size: Any, dtype: DType) -> Built:
    def call(x: Tensor, given: Given) -> tuple[Tensor, State]:
        return (v1.nn.dropout(x, keep_prob=layer.keep_prob) if given.training else x), ()

    return Built(call, {}, {})


@build.register
def LastOutput(layer: scratch.training.layers.LastOutput, name: str, input_size: Any, dtype: DType) -> Built:
    def call(x: Tensor, given: Given) -> tuple[Tensor, State]:
        if given.sequence_length is None:
            return x[:, -1], ()
        last = tf.gather(x, tf.maximum(given.sequence_length, 1) - 1, batch_dims=1)
        return tf.where(given.sequence_length[:, None] > 0, last, tf.zeros_like(last)), ()

    return Built(call, {}, {})


@build.register
def RNN(layer: scratch.training.layers.RNN, name: str, input_size: Any, dtype: DType) -> Built:
    # A cell opens a scope of its own, in that of its loop.
    scope, plain = "" if name == layer.cell.scope else name, without_dropout(layer.cell)
    trained, weights = build_cell(layer.cell, scope, input_size, dtype)
    # The same variables again.
    run = trained if plain is layer.cell else call_cell(plain, scope, input_size, dtype, reuse=True)

    def call(x: Tensor, given: Given) -> tuple[Tensor, State]:
        tf_cell, lengths = trained if given.training else run, given.sequence_length
        state = None if given.state is None else as_structure(tf_cell.state_size, given.state)
        if given.engine == "static":
            steps = tf.unstack(x, axis=1)
            outputs, state = v1.nn.static_rnn(tf_cell, steps, state, dtype=x.dtype, sequence_length=lengths)
            outputs = tf.stack(outputs, axis=1)
        else:
            outputs, state = v1.nn.dynamic_rnn(tf_cell, x, lengths, state, dtype=x.dtype)
        return outputs, as_structure(layer.cell.state_size, state)

    return Built(call, weights, {})


@build.register
def Bidirectional(layer: scratch.training.layers.Bidirectional, name: str, input_size: Any, dtype: DType) -> Built:
    fw, weights_fw = build_cell(layer.cell_fw, f"{name}/fw", input_size, dtype)
    bw, weights_bw = build_cell(layer.cell_bw, f"{name}/bw", input_size, dtype)

    def call(x: Tensor, given: Given) -> tuple[Tensor, State]:
        outputs, states = v1.nn.bidirectional_dynamic_rnn(fw, bw, x, given.sequence_length, dtype=x.dtype)
        return tf.concat(outputs, axis=2), states

    return Built(call, {"fw": weights_fw, "bw": weights_bw}, {})


def build_cell(cell: Cell, scope: str, input_size: int, dtype: DType) -> tuple[Any, Params]:
    """Return TensorFlow's own cell and its variables, nested as in scratch."""
    if isinstance(cell, MultiRNNCell | CellWrapper):
        # These make their variables where they are first called, and do not all know them.
        before = len(v1.trainable_variables())
        tf_cell = call_cell(cell, scope, input_size, dtype)
        variables = v1.trainable_variables()[before:]
    else:
        # For ``LSTMBlockCell``, a kernel of float32 alone, the cell of its equations.
        tf_cell = LSTMCell(cell, dtype) if isinstance(cell, LSTMBlockCell) else genuine(cell, dtype)
        with v1.variable_scope(scope or v1.get_variable_scope()):
            tf_cell.build([None, input_size])
        variables = tf_cell.trainable_variables
    paths = dict_of_paths(cell.param_shapes(input_size))
    by_path = match(tf.nest.flatten(paths), variables)
    return tf_cell, tf.nest.map_structure(by_path.get, paths)


def call_cell(cell: Cell, scope: str, input_size: int, dtype: DType, reuse: Any = None) -> Any:
    """Return TensorFlow's own cell, called once, so that its variables are made, or with ``reuse`` found."""
    tf_cell = genuine(cell, dtype)
    with v1.variable_scope(scope or v1.get_variable_scope(), reuse=reuse):
        tf_cell(tf.zeros([1, input_size], dtype), tf_cell.zero_state(1, dtype))
    return tf_cell


@singledispatch
def drawn(layer: Layer, masks: Masks, num_steps: int) -> Iterator[Bool[Array, "..."]]:
    """Yield the masks of a layer in the order in which a static graph draws their noise."""
    yield from ()


@drawn.register
def drawn_by_rnn(layer: scratch.training.layers.RNN, masks: Masks, num_steps: int) -> Iterator[Bool[Array, "..."]]:
    for t in range(num_steps):
        yield from masks_in_order(layer.cell, masks, t)


@drawn.register
def drawn_by_dropout(
    layer: scratch.training.layers.Dropout, masks: Masks, num_steps: int
) -> Iterator[Bool[Array, "..."]]:
    yield masks
