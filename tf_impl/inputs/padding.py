"""TensorFlow's padding: ``Dataset.padded_batch``, ``PaddingFIFOQueue``, ``Dataset.bucket_by_sequence_length``, masks.

Each function takes and returns NumPy arrays, as its namesake in ``scratch``.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from scratch.arrays import Array, DType, Float, Int, Lengths, Shaped
from scratch.inputs.padding import Batches, PaddedBatch, Rows
from tf_impl.inputs.unstack import compute
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


def pad_batch(
    rows: Rows, padding_value: Any = 0, num_steps: int | None = None
) -> tuple[Shaped[Array, "B T ..."], Int[Array, " B"]]:
    """Return ``(inputs, sequence_length)``: all rows as one batch of ``tf.data.Dataset.padded_batch``."""
    shapes: tuple[list[Any], ...] = [num_steps, *rows[0].shape[1:]], [], []
    values = padding_values(rows, padding_value)
    (batch,) = batches_of(rows, lambda dataset: dataset.padded_batch(len(rows), shapes, values))
    return batch[:2]


def padded_batches(rows: Rows, batch_size: int, padding_value: Any = 0, drop_remainder: bool = False) -> Batches:
    """Return a ``PaddedBatch`` for each batch of ``tf.data.Dataset.padded_batch``."""
    values = padding_values(rows, padding_value)
    return batches_of(
        rows,
        lambda dataset: dataset.padded_batch(batch_size, padding_values=values, drop_remainder=drop_remainder),
    )


def queued_batches(rows: Rows, batch_size: int, drop_remainder: bool = False) -> Batches:
    """Return the same from TF1's ``PaddingFIFOQueue``, which pads with zeros and with nothing else."""
    program = Program()
    with program.graph.as_default():
        queue = v1.PaddingFIFOQueue(
            len(rows), [rows[0].dtype, tf.int64, tf.int64], [[None, *rows[0].shape[1:]], [], []]
        )
        puts = [queue.enqueue((program.feed(row), len(row), number)) for number, row in enumerate(rows)]
        close = queue.close()
        batch = queue.dequeue_many(batch_size) if drop_remainder else queue.dequeue_up_to(batch_size)
    for put in puts:
        program.run(put)
    program.run(close)
    return drain(program, batch)


def bucket_by_length(
    rows: Rows,
    bucket_boundaries: Sequence[int],
    bucket_batch_sizes: Sequence[int],
    padding_value: Any = 0,
    pad_to_bucket_boundary: bool = False,
    drop_remainder: bool = False,
) -> Batches:
    """Return a ``PaddedBatch`` for each batch of ``tf.data.Dataset.bucket_by_sequence_length``."""
    values = padding_values(rows, padding_value)
    return batches_of(
        rows,
        lambda dataset: dataset.bucket_by_sequence_length(
            # Its bounds are int32, and it compares them with int32 only.
            lambda row, length, number: tf.cast(length, tf.int32),
            bucket_boundaries,
            bucket_batch_sizes,
            padding_values=values,
            pad_to_bucket_boundary=pad_to_bucket_boundary,
            drop_remainder=drop_remainder,
        ),
    )


def padding_values(rows: Rows, padding_value: Any) -> tuple[Any, np.int64, np.int64]:
    """Return the padding of a row, a length and a number: TensorFlow wants each in the very dtype of what it pads."""
    return rows[0].dtype.type(padding_value), np.int64(0), np.int64(0)


def batches_of(rows: Rows, transform: Callable[[Any], Any]) -> Batches:
    """Return a ``PaddedBatch`` for each element of ``transform`` of the dataset of ``(row, length, number)``."""
    program = Program()
    with program.graph.as_default():
        dataset = tf.data.Dataset.from_generator(
            lambda: ((row, len(row), number) for number, row in enumerate(rows)),
            output_signature=(
                tf.TensorSpec([None, *rows[0].shape[1:]], rows[0].dtype),
                tf.TensorSpec([], tf.int64),
                tf.TensorSpec([], tf.int64),
            ),
        )
        iterator = v1.data.make_initializable_iterator(transform(dataset))
        batch = iterator.get_next()
    program.run(iterator.initializer)
    return drain(program, batch)


def drain(program: Program, batch: Any) -> Batches:
    """Run ``batch`` until there is none left."""
    found = []
    while True:
        try:
            found.append(PaddedBatch._make(program.run(batch)))
        except tf.errors.OutOfRangeError:
            return found


def unpad_batch(inputs: Shaped[Array, "B T ..."], sequence_length: Lengths) -> list[Array]:
    """Return the rows of ``tf.RaggedTensor.from_tensor(inputs, sequence_length)``."""
    ragged = compute(tf.RaggedTensor.from_tensor, inputs, np.asarray(sequence_length))
    return np.split(ragged.values, ragged.row_splits[1:-1])


def pad_batch_backward(rows: Rows, d_inputs: Float[Array, "B T ..."]) -> list[Array]:
    """Return the gradient of each row, given that of the padded batch, from ``tf.gradients``.

    TensorFlow takes no gradient through a dataset; through ``tf.pad``, which does the same to one row, it does.
    """
    program = Program()
    with program.graph.as_default():
        tensors = program.feed(list(rows))
        ends = [[[0, d_inputs.shape[1] - len(row)], *[[0, 0]] * (row.ndim - 1)] for row in rows]
        padded = tf.stack([tf.pad(row, end) for row, end in zip(tensors, ends, strict=True)])
        program.differentiate((padded,), (tensors,))
    return program.backward((d_inputs,))[0]


def sequence_mask(lengths: Any, maxlen: int | None = None, dtype: DType = bool) -> Shaped[Array, "... T"]:
    """Return ``tf.sequence_mask(lengths, maxlen, dtype)``."""
    return compute(lambda n: tf.sequence_mask(n, maxlen, dtype), np.asarray(lengths))


def reverse_sequence(inputs: Array, sequence_length: Lengths, seq_axis: int = 1, batch_axis: int = 0) -> Array:
    """Return ``tf.reverse_sequence(inputs, sequence_length, seq_axis, batch_axis)``."""
    return compute(
        lambda x, lengths: tf.reverse_sequence(x, lengths, seq_axis, batch_axis), inputs, np.asarray(sequence_length)
    )
