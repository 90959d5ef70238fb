"""Sizes at which a loop ends oddly: nothing, one, a vector, a vector and one more, primes; in both dtypes.

A register holds 16 float32 or 8 float64, a panel of packed weights some registers. A loop over whole vectors with a
rest, or over whole panels with a last one, is right at most sizes by chance. So of every two sizes each value of the
one comes together with each of the other, and what the compiled engine computes is compared with the text book.
"""

import numpy as np
import pytest

import scratch
from parity_tests.harness import Case, Problem, assert_parity, run_dynamic
from parity_tests.test_combinations import pairs
from scratch.tree import map_tree, named_leaves

KINDS = {
    "rnn": scratch.BasicRNNCell,
    "relu": lambda size: scratch.BasicRNNCell(size, "relu"),
    "lstm": scratch.BasicLSTMCell,
    "projected": lambda size: scratch.LSTMCell(size, use_peepholes=True, cell_clip=1.0, num_proj=size // 2 + 1),
    "widened": lambda size: scratch.LSTMCell(size, num_proj=size + 1, proj_clip=0.5),
    "block": lambda size: scratch.LSTMBlockCell(size, use_peepholes=True),
    "gru": scratch.GRUCell,
    "reset after": lambda size: scratch.GRUCell(size, reset_after=True),
    "layers": lambda size: scratch.MultiRNNCell([scratch.BasicRNNCell(size), scratch.GRUCell(size + 1)]),
    "residual": lambda size: scratch.MultiRNNCell(
        [scratch.BasicLSTMCell(size), scratch.ResidualWrapper(scratch.BasicRNNCell(size))]
    ),
}


def sizes(vector):
    chosen = pairs(
        {
            "kind": list(KINDS),
            "num_units": [1, 3, vector - 1, vector, vector + 1, 2 * vector + 3],
            "input_size": [1, 2, vector // 4, vector // 4 + 1, vector - 1, vector, vector + 1],
            "batch_size": [0, 1, 2, 5, 13],
            "num_steps": [1, 2, 5],
            "lengths": ["full", "ragged", "none"],
        }
    )
    return [tuple(case.values()) for case in chosen]


def as_vectors(results):
    """Return each result as one vector: of a few units, a weight's gradient may be what rounding left of a sum."""
    return {
        name: np.concatenate([leaf.ravel() for _, leaf in named_leaves({name: tree})])
        for name, tree in results._asdict().items()
    }


@pytest.mark.parametrize(
    ("dtype", "kind", "num_units", "input_size", "batch_size", "num_steps", "lengths"),
    [(dtype, *case) for dtype, vector in ((np.float64, 8), (np.float32, 16)) for case in sizes(vector)],
)
def test_compiled_unrolls(dtype, kind, num_units, input_size, batch_size, num_steps, lengths):
    rng = np.random.default_rng(0)
    rows = {"full": None, "none": (0,) * batch_size}.get(lengths, tuple(rng.integers(num_steps + 1, size=batch_size)))
    case = Case(KINDS[kind](num_units), rows, batch_size, num_steps, input_size)
    problem = case.draw(dtype)
    # Smaller than a case's own, so that wide layers do not saturate and float32 rounds no further than it may.
    problem = problem._replace(params=map_tree(lambda w: w / dtype(np.sqrt(num_units)), problem.params))
    expected = run_dynamic(scratch, case, problem)
    for time_major in (False, True):
        actual = run_dynamic(scratch, case, problem, time_major, engine="numba")
        assert_parity(as_vectors(actual), as_vectors(expected))
    outputs, final_state, _ = scratch.dynamic_rnn(
        case.cell, problem.params, problem.inputs, rows, problem.initial_state, engine="numba", keep_tape=False
    )
    assert_parity({"outputs": outputs, "state": final_state}, {"outputs": expected[0], "state": expected[1]})


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_compiled_streams(dtype):
    vector = 64 // np.dtype(dtype).itemsize
    for chosen in pairs(
        {"kind": list(KINDS), "num_units": [1, vector - 1, vector, vector + 1], "batch_size": [0, 1, 5]}
    ):
        case = Case(KINDS[chosen["kind"]](chosen["num_units"]), None, chosen["batch_size"], 3, 2)
        problem = case.draw(dtype)
        streams = [scratch.Stream(case.cell, problem.params, problem.initial_state, e) for e in ("numpy", "numba")]
        for t in range(3):
            ours, theirs = ({"output": stream.step(problem.inputs[:, t])} for stream in streams)
            assert_parity(theirs, ours)
        assert_parity(*({"state": stream.state} for stream in streams))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_small_networks(dtype):
    most = 64 // np.dtype(dtype).itemsize
    for chosen in pairs(
        {
            "num_units": [1, 3, most - 1, most],
            "input_size": [1, 2, most, most + 1],
            "batch_size": [1, 2, 5],
            "num_steps": [1, 2, 5],
            "num_layers": [1, 2, 3],
        }
    ):
        layers = [scratch.BasicLSTMCell(chosen["num_units"], 0.5 * layer) for layer in range(chosen["num_layers"])]
        cell = scratch.MultiRNNCell(layers) if len(layers) > 1 else layers[0]
        case = Case(cell, None, chosen["batch_size"], chosen["num_steps"], chosen["input_size"])
        problem = case.draw(dtype)
        # The text book in float64: in float32 its own rounding is larger than that of the small engine.
        exact = Problem(*(map_tree(lambda leaf: leaf.astype(np.float64), part) for part in problem[:-1]), masks=())
        expected = map_tree(lambda leaf: leaf.astype(dtype), tuple(run_dynamic(scratch, case, exact)))
        results = tuple(run_dynamic(scratch, case, problem, engine="numba"))
        assert_parity(dict(enumerate(results)), dict(enumerate(expected)))


def test_an_empty_batch_with_steps_and_features():
    """No row, and everything is there in its shape; sums over nothing are 0 and means are not NaN."""
    empty = {
        "dense": scratch.Dense(2).forward({"kernel": np.ones((3, 2)), "bias": np.ones(2)}, np.ones((0, 4, 3)))[0],
        "embedding": scratch.Embedding(3, 2).forward({"embeddings": np.ones((3, 2))}, np.zeros((0, 4), int))[0],
        "losses": scratch.sparse_softmax_cross_entropy_with_logits(np.zeros((0, 4), int), np.ones((0, 4, 3)))[0],
        "mask": scratch.mask_by_length(np.zeros((0, 4), int), []),
        "reversed": scratch.reverse_sequence(np.ones((0, 4, 3)), []),
        "lengths": scratch.sequence_mask([], 4),
        "one-hot": scratch.one_hot(np.zeros(0, int), 3),
        "series": scratch.swap_time_and_batch(np.ones((4, 0, 3))),
        "flat": scratch.flatten_time(np.ones((0, 4, 3))),
        "stacked": scratch.stack([np.ones((0, 3))] * 4),
    }
    shapes = {name: array.shape for name, array in empty.items()}
    assert shapes == {
        "dense": (0, 4, 2),
        "embedding": (0, 4, 2),
        "losses": (0, 4),
        "mask": (0, 4),
        "reversed": (0, 4, 3),
        "lengths": (0, 4),
        "one-hot": (0, 3),
        "series": (0, 4, 3),
        "flat": (0, 3),
        "stacked": (0, 4, 3),
    }
    logits, labels, weights = np.ones((0, 4, 3)), np.zeros((0, 4), int), np.ones((0, 4))
    for mean in ("steps", "examples"):
        loss, cache = scratch.masked_loss(labels, logits, weights > 0, mean)
        assert loss == 0
        assert scratch.masked_loss_backward(cache).shape == (0, 4, 3)
    for options in ({}, {"average_across_timesteps": False}, {"average_across_batch": False}):
        loss, _ = scratch.sequence_loss(logits, labels, weights, **options)
        assert (loss == 0).all()
    listed = [list(np.moveaxis(array, 1, 0)) for array in (logits, labels, weights)]
    assert scratch.legacy_sequence_loss(*listed)[0] == 0
    assert scratch.unpad_batch(np.ones((0, 4)), []) == []


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 7, 8, 9])
def test_batches_of_rows_that_do_not_divide(count):
    rows = [np.full((size % 4, 2), size) for size in range(count)]
    if not rows:
        with pytest.raises(ValueError, match="rows must hold at least one array, but is empty"):
            scratch.padded_batches(rows, 4)
        return
    for drop in (False, True):
        batches = scratch.padded_batches(rows, 4, drop_remainder=drop)
        kept = count // 4 * 4 if drop else count
        assert [len(batch.rows) for batch in batches] == [4] * (count // 4) + [count % 4] * (kept % 4 > 0)
        assert [row for batch in batches for row in batch.rows] == list(range(kept))
    source = scratch.BatchSource(np.arange(count), np.arange(count), np.random.default_rng(0))
    for batch_size in range(1, count + 1):
        source = scratch.BatchSource(np.arange(count), np.arange(count), np.random.default_rng(0))
        taken = [row for _ in range(count) for row in source.next_batch(batch_size)[1]]
        for epoch in range(batch_size):
            assert sorted(taken[epoch * count : (epoch + 1) * count]) == list(range(count))
        assert source.epochs_completed == batch_size - 1
        # The last batch ends where the epoch does: the next one begins another.
        assert source.position == count


@pytest.mark.parametrize("size", [*range(10), 15, 16, 17, 63, 64, 65])
def test_records_of_any_size(tmp_path, size):
    """The checksum takes eight bytes at once and then what is left, one by one."""
    data = bytes(range(size))
    reflected = 0xFFFFFFFF
    for byte in data:
        reflected ^= byte
        for _ in range(8):
            reflected = reflected >> 1 ^ 0x82F63B78 * (reflected & 1)
    crc = reflected ^ 0xFFFFFFFF
    assert scratch.masked_crc32c(data) == ((crc >> 15 | crc << 17) + 0xA282EAD8) % 2**32
    for compression_type in ("", "GZIP"):
        with scratch.TFRecordWriter(tmp_path / "records", compression_type) as writer:
            for _ in range(size % 3):
                writer.write(data)
        assert list(scratch.read_tfrecord(tmp_path / "records", compression_type)) == [data] * (size % 3)


@pytest.mark.parametrize(
    "number", [0, 1, 127, 128, 255, 16383, 16384, 2**31 - 1, 2**31, 2**35, 2**56, 2**63 - 1, -1, -(2**63)]
)
def test_numbers_of_any_size(number):
    example = scratch.SequenceExample({"n": [number, number]}, {"s": [[number]] * 3})
    context, sequences = scratch.parse_single_sequence_example(
        example.serialize(),
        {"n": scratch.FixedLenFeature([2], np.int64)},
        {"s": scratch.FixedLenSequenceFeature([], np.int64)},
    )
    assert context["n"].tolist() == [number] * 2
    assert sequences["s"].tolist() == [number] * 3
    assert scratch.SequenceExample.parse(example.serialize()) == example
