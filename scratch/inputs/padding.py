"""Rows of unequal length as arrays: padded, sorted into buckets by length, masked, turned round.

    pad          inputs_{b,t} = rows_b[t]  where t < T_b        padding_value  past the end
    unpad        rows_b[t] = inputs_{b,t}  for t < T_b
    mask         mask_{b,t} = t < T_b
    bucket       of a row with T_b steps: the i with boundaries[i − 1] ≤ T_b < boundaries[i]

Padding moves numbers without changing them, so its backward pass is ``unpad_batch``: what is past the end has no row to
give a gradient to. A reversal is its own inverse and its own backward pass. The page is ``docs/inputs/padding.md``.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from scratch.arrays import Array, DType, Int, Lengths, Shaped
from scratch.checks import as_dtype, as_integers, check_lengths
from scratch.inputs._buckets import check_buckets
from scratch.inputs.unstack import check_held, check_list, check_rank
from scratch.options import check_count, check_flag
from scratch.sequences import reverse_rows
from scratch.shown import shown

# Steps of a row: more would fill any memory.
LONGEST = 2**31 - 1
# Arrays [T_b, …] that differ in T_b alone; batches may differ in B and T.
Rows: TypeAlias = Sequence[Array]
Batches: TypeAlias = list[Any]


class PaddedBatch(NamedTuple):
    """Padded inputs [B, T, …], the length [B] of each row, and which of the given rows it is, [B]."""

    inputs: Shaped[Array, "B T ..."]
    sequence_length: Int[Array, " B"]
    rows: Int[Array, " B"]


class PaddingCost(NamedTuple):
    """How many batches, and how many of their time steps are real and how many padding. ``print`` says it in words."""

    num_batches: int
    steps: int
    padding: int

    def __str__(self) -> str:
        total = self.steps + self.padding
        share = self.padding / total if total else 0.0
        return f"{self.num_batches} batches, {total} time steps, {self.padding} of them padding ({share:.1%})"


def pad_batch(
    rows: Rows, padding_value: Any = 0, num_steps: int | None = None
) -> tuple[Shaped[Array, "B T ..."], Int[Array, " B"]]:
    """Return ``(inputs [B, T, …], sequence_length [B])`` from a list of B arrays [T_b, …] that differ in T_b alone.

    T is the longest T_b, or ``num_steps``. Rows of any numbers or Booleans keep their dtype; lengths are int64.
    Raises ``TypeError`` or ``ValueError``, by name, for rows that do not fit one another, an empty list, a padding that
    the dtype cannot hold, a row longer than ``num_steps``. Source: ``tf.data.Dataset.padded_batch``.
    """
    lengths, padding_value = check_rows(rows, padding_value)
    row = lengths.argmax()
    if num_steps is not None and lengths[row] > check_count("num_steps", num_steps, least=0, most=LONGEST):
        raise ValueError(f"rows[{row}] has {lengths[row]} steps, but num_steps is {num_steps}")
    return gather(rows, lengths, range(len(rows)), padding_value, num_steps)[:2]


def unpad_batch(inputs: Shaped[Array, "B T ..."], sequence_length: Lengths) -> list[Array]:
    """Return the list of B arrays [T_b, …] that ``pad_batch`` made inputs [B, T, …] of; also its backward pass.

    Refuses lengths that are not B integers from 0 to T. Source: ``tf.RaggedTensor.from_tensor``.
    """
    inputs = check_rank("inputs", inputs, 2)
    batch_size, num_steps = inputs.shape[:2]
    lengths = check_lengths(sequence_length, batch_size, num_steps)
    return [row[:length].copy() for row, length in zip(inputs, lengths, strict=True)]


def padded_batches(rows: Rows, batch_size: int, padding_value: Any = 0, drop_remainder: bool = False) -> Batches:
    """Return a list of ``PaddedBatch``: the rows in their order, ``batch_size`` a batch, each padded to its longest.

    The last is smaller if the rows do not divide, and left out with ``drop_remainder``. Raises what ``pad_batch``
    raises. Source: ``tf.data.Dataset.padded_batch``.
    """
    batch_size = check_count("batch_size", batch_size)
    return bucket_by_length(rows, [], [batch_size], padding_value, drop_remainder=drop_remainder)


def bucket_by_length(
    rows: Rows,
    bucket_boundaries: Sequence[int],
    bucket_batch_sizes: Sequence[int],
    padding_value: Any = 0,
    pad_to_bucket_boundary: bool = False,
    drop_remainder: bool = False,
) -> Batches:
    """Return a list of ``PaddedBatch``, each of rows of about one length.

    - ``bucket_boundaries``: rising lengths. Bucket i holds the rows with boundaries[i − 1] ≤ T_b < boundaries[i]; the
      first has no lower end and the last no upper one, so there is one bucket more than boundaries.
    - ``bucket_batch_sizes``: rows of a batch, one number a bucket.
    - ``pad_to_bucket_boundary``: pad to the longest row that the bucket may hold, boundaries[i] − 1, not to the longest
      that the batch does hold. A row in the last bucket is then refused.
    - ``drop_remainder``: leave out the batches that are not full at the end.

    A batch comes out as soon as its bucket is full; the remainders come last, by bucket. Raises what ``pad_batch``
    raises. Source: ``tf.data.Dataset.bucket_by_sequence_length``.
    """
    check_buckets(bucket_boundaries, bucket_batch_sizes)
    check_flag("pad_to_bucket_boundary", pad_to_bucket_boundary)
    check_flag("drop_remainder", drop_remainder)
    lengths, padding_value = check_rows(rows, padding_value)
    buckets = np.searchsorted(bucket_boundaries, lengths, side="right")  # the number of boundaries that are ≤ T_b
    if pad_to_bucket_boundary and buckets[row := int(buckets.argmax())] == len(bucket_boundaries):
        why = "pad_to_bucket_boundary has no end for the last bucket"
        raise ValueError(f"rows[{row}] has {lengths[row]} steps, but {why}")
    ready: list[tuple[int, list[int]]] = []
    waiting: list[list[int]] = [[] for _ in bucket_batch_sizes]
    for row, bucket in enumerate(buckets):
        waiting[bucket].append(row)
        if len(waiting[bucket]) == bucket_batch_sizes[bucket]:
            ready.append((bucket, waiting[bucket]))
            waiting[bucket] = []
    if not drop_remainder:
        ready += [(bucket, left) for bucket, left in enumerate(waiting) if left]
    ends: list[Any] = [end - 1 for end in bucket_boundaries] if pad_to_bucket_boundary else [None] * len(waiting)
    return [gather(rows, lengths, members, padding_value, ends[bucket]) for bucket, members in ready]


def padding_cost(batches: Batches) -> PaddingCost:
    """Return the ``PaddingCost`` of a list of ``PaddedBatch``. Raises ``TypeError`` for anything else."""
    check_batches("batches", batches)
    steps = sum(int(batch.sequence_length.sum()) for batch in batches)
    total = sum(batch.inputs.shape[0] * batch.inputs.shape[1] for batch in batches)
    return PaddingCost(len(batches), steps, total - steps)


def padding_saved(before: Batches, after: Batches) -> str:
    """Return in words how much less padding the batches ``after`` hold than the batches ``before``, of the same rows.

    Raises ``ValueError`` where the real steps differ: dropping rows saves padding too, but not by batching.
    """
    check_batches("before", before)
    check_batches("after", after)
    old, new = padding_cost(before), padding_cost(after)
    if old.steps != new.steps:
        raise ValueError(f"before holds {old.steps} real steps, but after holds {new.steps}: not the same rows")
    saved = old.padding - new.padding
    share = saved / old.padding if old.padding else 0.0
    return f"{old.padding} steps of padding before, {new.padding} after: {saved} saved ({share:.1%})"


def sequence_mask(lengths: Any, maxlen: int | None = None, dtype: DType = bool) -> Shaped[Array, "... T"]:
    """Return the mask [..., maxlen] of lengths [...]: true, or 1 of ``dtype``, in the first lengths[...] places.

    ``maxlen`` is the longest length where not given. A length over ``maxlen`` fills its row, as in TensorFlow; a
    negative or fractional one is refused. Source: ``tf.sequence_mask``.
    """
    lengths = as_integers("lengths", lengths)
    if (lengths < 0).any():
        raise ValueError(f"lengths must not be negative, but hold {lengths.min()}")
    if as_dtype(dtype) is None or np.dtype(dtype).kind not in "biufc":
        raise TypeError(f"dtype must be that of numbers or Booleans, but is {shown(dtype)}")
    if maxlen is None and lengths.max(initial=0) > LONGEST:
        raise ValueError(f"lengths must be at most {LONGEST}, but hold {lengths.max()}")
    maxlen = lengths.max(initial=0) if maxlen is None else check_count("maxlen", maxlen, least=0, most=LONGEST)
    return (np.arange(maxlen) < lengths[..., None]).astype(dtype)


def reverse_sequence(inputs: Array, sequence_length: Lengths, seq_axis: int = 1, batch_axis: int = 0) -> Array:
    """Return the inputs with the first ``sequence_length[b]`` steps of each row b in reverse order, the rest in place.

    Steps lie along ``seq_axis`` and rows along ``batch_axis``, both counted from 0. The backward pass is the function
    itself. Refuses lengths that are not B integers from 0 to T. Source: ``tf.reverse_sequence``.
    """
    inputs = check_rank("inputs", inputs, 2)
    for name, axis in (("seq_axis", seq_axis), ("batch_axis", batch_axis)):
        if check_count(name, axis, least=0) >= inputs.ndim:
            raise ValueError(f"{name} is {axis}, but inputs has only {inputs.ndim} axes")
    if seq_axis == batch_axis:
        raise ValueError(f"seq_axis and batch_axis must differ, but both are {seq_axis}")
    lengths = check_lengths(sequence_length, inputs.shape[batch_axis], inputs.shape[seq_axis])
    axes = batch_axis, seq_axis
    return np.moveaxis(reverse_rows(np.moveaxis(inputs, axes, (0, 1)), lengths), (0, 1), axes)


def gather(
    rows: Rows, lengths: Int[Array, " N"], members: Sequence[int], padding_value: Any, num_steps: int | None
) -> PaddedBatch:
    """Return the ``PaddedBatch`` of the rows whose numbers are ``members``."""
    chosen = np.asarray(members, np.int64)
    num_steps = lengths[chosen].max() if num_steps is None else num_steps
    inputs = np.full((len(chosen), num_steps, *rows[0].shape[1:]), padding_value, rows[0].dtype)
    for padded, row in zip(inputs, chosen, strict=True):
        padded[: lengths[row]] = rows[row]
    return PaddedBatch(inputs, lengths[chosen], chosen)


def check_rows(rows: Any, padding_value: Any) -> tuple[Int[Array, " N"], Any]:
    """Refuse rows that do not fit one another or their padding; return ``(lengths [B], padding_value)``."""
    check_list("rows", rows, free=1)
    dtype, lengths = rows[0].dtype, np.array([len(row) for row in rows])
    if dtype.kind not in "biufc":
        raise TypeError(f"rows must hold numbers or Booleans, but rows[0] is {dtype}")
    return lengths, check_held("padding_value", padding_value, dtype)


def check_batches(name: str, batches: Any) -> None:
    """Refuse all but a list of batches as the functions here return them."""
    if not isinstance(batches, list | tuple) or not all(
        isinstance(batch, PaddedBatch) and all(isinstance(part, np.ndarray) for part in batch) for batch in batches
    ):
        raise TypeError(f"{name} must be a list of PaddedBatch, as padded_batches and bucket_by_length return it")
