"""Who owns which memory: a result is the caller's to write to, whatever was given or comes later.

A round is a function, what it is given, and its backward pass where it has one. Every round is run three times. The
first says what is true. In the second, everything that was returned is overwritten before the backward pass, and
everything that was given to that before it is run again: only a result that shares memory with the tape, or with what
was given, can change a number. The third, with the same arguments, must give what the first gave.
"""

from typing import NamedTuple

import numpy as np
import pytest

import scratch
from parity_tests.cases import CELLS, COVERED_CELLS, DROPOUT_CELLS
from parity_tests.harness import Case
from scratch.tasks import echo, mnist, tagging
from scratch.tree import map_tree

LENGTHS = (4, 0, 6, 1, 3)
rng = np.random.default_rng(0)


class Round(NamedTuple):
    """``forward(arguments)`` returns ``(results, tape)``, and ``backward(tape, gradients)`` results."""

    arguments: dict
    forward: callable
    gradients: object = None
    backward: callable = None


def leaves(tree):
    """Return every array in a tree of dicts, lists, tuples and frozen dataclasses."""
    if isinstance(tree, np.ndarray):
        return [tree]
    if isinstance(tree, dict):
        tree = list(tree.values())
    elif hasattr(tree, "__dataclass_fields__"):
        tree = list(vars(tree).values())
    return [leaf for part in tree for leaf in leaves(part)] if isinstance(tree, list | tuple) else []


def bits(tree):
    return [
        (leaf.dtype, leaf.shape, leaf.tolist() if leaf.dtype == object else leaf.tobytes()) for leaf in leaves(tree)
    ]


def overwrite(tree):
    for leaf in leaves(tree):
        assert leaf.flags.writeable, "a result is the caller's to write to"
        leaf[...] = {"f": np.nan, "c": np.nan, "b": True, "O": b"overwritten", "U": "overwritten"}.get(
            leaf.dtype.kind, 77
        )


def copied(tree):
    """Return a tree with copies of its arrays and all else as it is."""
    if isinstance(tree, np.ndarray):
        return tree.copy()
    if isinstance(tree, dict):
        return {key: copied(part) for key, part in tree.items()}
    if isinstance(tree, list):
        return [copied(part) for part in tree]
    if hasattr(tree, "_fields"):
        return type(tree)(*map(copied, tree))
    return tuple(map(copied, tree)) if isinstance(tree, tuple) else tree


def assert_apart(results, *others):
    """Fail where two arrays of the results share memory, or one with an array of another tree."""
    found = leaves(results)
    for number, leaf in enumerate(found):
        for other in [*found[:number], *leaves(others)]:
            assert not np.shares_memory(leaf, other), f"result {number}, {leaf.shape}, shares memory"


def assert_alone(results):
    """Fail where an array of the results keeps more memory alive than its own, but for one number."""
    for number, leaf in enumerate(leaves(results)):
        owner = leaf
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        assert owner.nbytes <= leaf.nbytes + 8, f"result {number}, {leaf.shape}, keeps {owner.nbytes} bytes"


def check_round(play):
    given = bits(play.arguments), bits(play.gradients)
    results, tape = play.forward(play.arguments)
    assert bits(play.arguments) == given[0], "what was given was written to"
    expected = bits(results)
    assert leaves(results)
    assert_apart(results, play.arguments)
    if play.backward:
        first = play.backward(tape, play.gradients)
        expected_back = bits(first)
        assert leaves(first)
        assert_apart(first, play.arguments, play.gradients, results)
        assert bits(results) == expected
        overwrite(results)
        second = play.backward(tape, play.gradients)
        assert bits(second) == expected_back, "the results share memory with the tape"
        assert bits(first) == expected_back, "the results of two backward passes share memory"
        assert (bits(play.arguments), bits(play.gradients)) == given, "what was given was written to"
        overwrite(first)
        overwrite(second)
        gradients = copied(play.gradients)
        back = play.backward(tape, gradients)
        overwrite(gradients)
        assert bits(back) == expected_back
        assert bits(play.backward(tape, play.gradients)) == expected_back
        arguments = copied(play.arguments)
        tape = play.forward(arguments)[1]
        if isinstance(arguments, dict) and "lengths" in arguments:
            # A tape refers to weights and inputs, as its description says; lengths are copied.
            overwrite(arguments["lengths"])
        assert bits(play.backward(tape, play.gradients)) == expected_back
    else:
        other = play.forward(play.arguments)[0]
        assert_apart(results, other)
        overwrite(other)
        assert bits(results) == expected, "the results of two calls share memory"
        overwrite(results)
    assert (bits(play.arguments), bits(play.gradients)) == given, "what was given was written to"
    assert bits(play.forward(play.arguments)[0]) == expected, "a call depends on what was done to results of another"
    # What was given is the caller's again as soon as the results are there.
    arguments = copied(play.arguments)
    results = play.forward(arguments)[0]
    overwrite(arguments)
    assert bits(results) == expected


def unroll(cell, lengths, num_steps=6, **options):
    """Return the round of ``dynamic_rnn`` on a case's arrays; masks are no results, and may be views of one draw."""
    time_major = options.get("time_major", False)
    case = Case(cell, lengths, num_steps=num_steps)
    problem = case.draw(np.float64)
    masks = problem.options()

    def layout(array):
        return np.ascontiguousarray(array.swapaxes(0, 1)) if time_major else array

    def forward(given):
        *results, tape = scratch.dynamic_rnn(
            cell, given["params"], given["inputs"], given["lengths"], given["state"], **masks, **options
        )
        return results, tape

    def backward(tape, gradients):
        # Lengths are kept, not referred to.
        return scratch.dynamic_rnn_backward(tape, *gradients)

    arguments = {"params": problem.params, "inputs": layout(problem.inputs), "state": problem.initial_state}
    arguments["lengths"] = None if lengths is None else np.array(lengths)
    if options.get("keep_tape") is False:
        backward = None
    return Round(arguments, forward, (layout(problem.d_outputs), problem.d_final_state), backward)


# A wrapper that drops nothing hands through the very array that it was given.
THROUGH = [
    scratch.DropoutWrapper(scratch.BasicRNNCell(4)),
    scratch.ResidualWrapper(scratch.DropoutWrapper(scratch.BasicLSTMCell(3))),
    scratch.MultiRNNCell(
        [scratch.DropoutWrapper(scratch.GRUCell(4)), scratch.DropoutWrapper(scratch.LSTMCell(3, num_proj=2))]
    ),
]
OF_ONE_STEP_AND_OF_MANY = pytest.mark.parametrize(
    ("lengths", "num_steps"), [(None, 1), (LENGTHS, 6)], ids=["one", "many"]
)


@OF_ONE_STEP_AND_OF_MANY
@pytest.mark.parametrize("cell", [*THROUGH, *CELLS, *DROPOUT_CELLS], ids=repr)
def test_unrolls(cell, lengths, num_steps):
    check_round(unroll(cell, lengths, num_steps))


@OF_ONE_STEP_AND_OF_MANY
@pytest.mark.parametrize("cell", [*THROUGH, *COVERED_CELLS[::4]], ids=repr)
def test_compiled_unrolls(cell, lengths, num_steps):
    check_round(unroll(cell, lengths, num_steps, engine="numba"))


@pytest.mark.parametrize(
    "options",
    [
        {"checkpoint_every": 2},
        {"checkpoint_every": 9},
        {"keep_tape": False},
        {"keep_tape": False, "engine": "numba"},
        {"time_major": True},
        {"time_major": True, "engine": "numba"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "cell",
    [scratch.BasicRNNCell(4), scratch.MultiRNNCell([scratch.GRUCell(4), scratch.BasicLSTMCell(2)]), THROUGH[0]],
    ids=repr,
)
def test_unrolls_with_options(cell, options):
    for lengths, num_steps in ((None, 1), (None, 6), (LENGTHS, 6)):
        check_round(unroll(cell, lengths, num_steps, **options))


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("cell", [scratch.BasicRNNCell(4), scratch.BasicLSTMCell(4), *THROUGH[:1]], ids=str)
@OF_ONE_STEP_AND_OF_MANY
def test_unrolls_of_unrolls(cell, engine, lengths, num_steps):
    problems = [Case(cell, lengths, num_steps=num_steps, input_size=size).draw(np.float64) for size in (3, 3, 8, 8)]
    params, d_states = [problem.params for problem in problems], [problem.d_final_state for problem in problems]
    states = [problem.initial_state for problem in problems]
    lengths = None if lengths is None else np.array(lengths)
    d_outputs = [problem.d_outputs for problem in problems]
    one = {"params": {"fw": params[0], "bw": params[1]}, "inputs": problems[0].inputs, "states": tuple(states[:2])}
    one["lengths"] = lengths

    def both_ways(given):
        options = {"engine": engine}
        *results, tape = scratch.bidirectional_dynamic_rnn(
            cell, cell, given["params"], given["inputs"], given["lengths"], *given["states"], **options
        )
        return results, tape

    check_round(
        Round(
            one,
            both_ways,
            (tuple(d_outputs[:2]), tuple(d_states[:2])),
            lambda tape, d: scratch.bidirectional_dynamic_rnn_backward(tape, *d),
        )
    )
    two = {
        "params": {"cell_0": one["params"], "cell_1": {"fw": params[2], "bw": params[3]}},
        "inputs": problems[0].inputs,
        "states": ((states[0], states[2]), (states[1], states[3])),
        "lengths": lengths,
    }

    def stacked(given):
        *results, tapes = scratch.stack_bidirectional_dynamic_rnn(
            [cell] * 2, [cell] * 2, given["params"], given["inputs"], *given["states"], given["lengths"], engine=engine
        )
        return results, tapes

    check_round(
        Round(
            two,
            stacked,
            (np.concatenate(d_outputs[2:], axis=2), ((d_states[0], d_states[2]), (d_states[1], d_states[3]))),
            lambda tapes, d: scratch.stack_bidirectional_dynamic_rnn_backward(tapes, *d),
        )
    )
    plain = {"params": params[0], "inputs": problems[0].inputs, "state": states[0], "lengths": lengths}

    for width in (1, 4, 9):

        def cut(given, width=width):
            *results, tapes = scratch.truncated_rnn(
                cell, given["params"], given["inputs"], width, given["lengths"], given["state"], engine=engine
            )
            return results, tapes

        for reach in (1, 2):
            check_round(
                Round(
                    plain,
                    cut,
                    (d_outputs[0], d_states[0]),
                    lambda tapes, d, reach=reach: scratch.truncated_rnn_backward(tapes, *d, reach=reach),
                )
            )
        if num_steps <= width:
            check_round(
                Round(plain, cut, (d_outputs[0], d_states[0]), lambda tapes, d: scratch.last_window_backward(tapes, *d))
            )
    if engine == "numba":
        return

    def as_steps(given):
        *results, tape = scratch.static_rnn(cell, given["params"], given["inputs"], given["state"], given["lengths"])
        return results, tape

    steps, d_steps = (list(array.swapaxes(0, 1).copy()) for array in (problems[0].inputs, d_outputs[0]))
    check_round(
        Round(
            plain | {"inputs": steps},
            as_steps,
            (d_steps, d_states[0]),
            lambda tape, d: scratch.static_rnn_backward(tape, *d),
        )
    )

    def both_as_steps(given):
        *results, tape = scratch.static_bidirectional_rnn(
            cell, cell, given["params"], given["inputs"], *given["states"], given["lengths"]
        )
        return results, tape

    d_both = [np.concatenate([d, d], axis=1) for d in d_steps]
    check_round(
        Round(
            one | {"inputs": steps},
            both_as_steps,
            (d_both, tuple(d_states[:2])),
            lambda tape, d: scratch.static_bidirectional_rnn_backward(tape, *d),
        )
    )


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize(
    "cell", [scratch.BasicRNNCell(4), THROUGH[0], scratch.MultiRNNCell([scratch.GRUCell(3)] * 2)], ids=str
)
def test_streams(cell, engine):
    """Whatever is done to what went in and came out, the outputs are those of ``dynamic_rnn``."""
    problem = Case(cell).draw(np.float64)
    expected, final_state, _ = scratch.dynamic_rnn(
        cell, problem.params, problem.inputs, initial_state=problem.initial_state, engine=engine, **problem.options()
    )
    start = map_tree(np.copy, problem.initial_state)
    stream = scratch.Stream(cell, problem.params, start, engine)
    overwrite(start)
    assert stream.state is None
    for t in range(problem.inputs.shape[1]):
        x = problem.inputs[:, t].copy()
        output = stream.step(x)
        assert output.tobytes() == np.ascontiguousarray(expected[:, t]).tobytes()
        assert_apart((output, stream.state, stream.state), x)
        overwrite((x, output, stream.state))
    assert bits(stream.state) == bits(final_state)


def normal(*shape):
    return rng.standard_normal(shape)


def layer(module, params, *inputs, d=None, **options):
    """Return the round of a layer: ``forward(params, *inputs)`` and ``backward(params, cache, d)``."""
    given = {"params": params, "inputs": list(inputs)}

    def forward(given):
        *results, cache = module.forward(given["params"], *given["inputs"], **options)
        return results, cache

    return Round(given, forward, d, lambda cache, d: module.backward(params, cache, d))


def loss(function, backward, *given, d_loss=None, **options):
    def forward(given):
        value, cache = function(*given, **options)
        return np.array(value) if np.ndim(value) == 0 else value, cache

    return Round(list(given), forward, d_loss, lambda cache, d: backward(cache, *([] if d is None else [d])))


def plain(function, *given, **options):
    return Round(list(given), lambda given: (function(*given, **options), None))


TREE = {"a": {"kernel": normal(3, 4), "bias": normal(4)}, "b": normal(2)}
GRADIENTS = map_tree(lambda leaf: normal(*leaf.shape), TREE)
LABELS, MASK = rng.integers(5, size=(4, 3)), np.arange(3) < np.array([3, 0, 1, 2])[:, None]
LOGITS, WEIGHTS = normal(4, 3, 5), rng.random((4, 3)) * MASK
ROWS = [normal(size, 2) for size in (3, 0, 5, 1)]
FLAGS = ("average_across_timesteps", "average_across_batch", "sum_over_timesteps", "sum_over_batch")
OPTIMIZERS = [
    scratch.GradientDescentOptimizer(0.0),
    scratch.AdagradOptimizer(0.1),
    scratch.MomentumOptimizer(0.1, 0.9),
    scratch.MomentumOptimizer(0.1, 0.0, use_nesterov=True),
    scratch.RMSPropOptimizer(0.1, momentum=0.5),
    scratch.RMSPropOptimizer(0.1, centered=True),
    scratch.AdamOptimizer(),
]
DISTRIBUTIONS = np.eye(5)[LABELS]
D_STEPS = normal(4, 3)
LISTS = [list(np.moveaxis(array, 1, 0).copy()) for array in (LOGITS, LABELS, WEIGHTS)]
ONE_STEP = [part[:1] for part in LISTS]
sequence_backward = scratch.sequence_loss_backward
cross_entropy_backward = scratch.softmax_cross_entropy_with_logits_backward
PARTS = {
    "Dense": layer(scratch.Dense(2), {"kernel": normal(5, 2), "bias": normal(2)}, LOGITS, d=normal(4, 3, 2)),
    "Embedding": layer(scratch.Embedding(5, 2), {"embeddings": normal(5, 2)}, LABELS, d=normal(4, 3, 2)),
    "softmax": loss(
        scratch.softmax_cross_entropy_with_logits, cross_entropy_backward, DISTRIBUTIONS, LOGITS, d_loss=D_STEPS
    ),
    "sparse softmax": loss(
        scratch.sparse_softmax_cross_entropy_with_logits, cross_entropy_backward, LABELS, LOGITS, d_loss=D_STEPS
    ),
    "by example": loss(scratch.sequence_loss_by_example, sequence_backward, *LISTS, d_loss=normal(4)),
    "by example, sums": loss(
        scratch.sequence_loss_by_example, sequence_backward, *ONE_STEP, d_loss=normal(4), average_across_timesteps=False
    ),
    "legacy": loss(scratch.legacy_sequence_loss, sequence_backward, *LISTS),
    "legacy, sums": loss(
        scratch.legacy_sequence_loss,
        sequence_backward,
        *LISTS,
        average_across_timesteps=False,
        average_across_batch=False,
    ),
    "pad_batch": plain(scratch.pad_batch, ROWS),
    "pad_batch of one": plain(scratch.pad_batch, ROWS[:1]),
    "unpad_batch": plain(scratch.unpad_batch, LOGITS, np.array([3, 0, 1, 2])),
    "padded_batches": plain(lambda rows: scratch.padded_batches(rows, 3), ROWS),
    "buckets": plain(lambda rows: scratch.bucket_by_length(rows, [2, 4], [1, 2, 1]), ROWS),
    "sequence_mask": plain(scratch.sequence_mask, np.array([1, 0, 3])),
    "reverse_sequence": plain(scratch.reverse_sequence, LOGITS, np.array([3, 0, 1, 2])),
    "reverse nothing": plain(scratch.reverse_sequence, LOGITS[:, :1].copy(), np.zeros(4, int)),
    "reverse time-major": plain(scratch.reverse_sequence, LOGITS, np.array([4, 0, 1]), seq_axis=0, batch_axis=1),
    "stack": plain(scratch.stack, [LOGITS[0].copy()]),
    "permuted pixels": plain(scratch.as_pixels, normal(3, 4), np.arange(4)),
    "one_hot": plain(scratch.one_hot, np.arange(3), num_classes=3),
    "seeded_permutation": plain(lambda _: scratch.seeded_permutation(3, 5), np.ones(1)),
    "numbers": plain(lambda _: scratch.Vocabulary(("a", "b")).numbers(["a"]), np.ones(1)),
    "histogram": plain(scratch.histogram, LOGITS),
    "mask_by_sign": plain(scratch.mask_by_sign, LABELS),
    "mask_by_length": plain(scratch.mask_by_length, LABELS, np.array([3, 0, 1, 2])),
    "clip_by_value": plain(scratch.clip_by_value, GRADIENTS, clip_value_min=-9.0, clip_value_max=9.0),
    "clip_by_norm": plain(scratch.clip_by_norm, GRADIENTS, clip_norm=9.0, skip=("b", "a/bias")),
    "clip_by_global_norm": plain(lambda g: scratch.clip_by_global_norm(g, 1e9)[0], GRADIENTS),
    "echo data": plain(lambda _: echo.generate_data(np.random.default_rng(0), 20, 3, 5), np.ones(1)),
    "batches of sentences": plain(
        lambda rows: tagging.make_batches(rows)[0], [rng.integers(3, size=(size, 2)) for size in (5, 3)]
    ),
}
for options in ({}, {"center": False}, {"scale": False}, {"center": False, "scale": False}):
    for training in (True, False):
        module = scratch.BatchNormalization(**options)
        params, moving = (map_tree(np.array, make(5, np.float64)) for make in (module.init_params, module.init_moving))
        PARTS[f"BatchNormalization {options} {training}"] = layer(
            module, params, moving, LOGITS, d=normal(4, 3, 5), training=training
        )
for mean in ("steps", "examples"):
    PARTS[f"masked_loss {mean}"] = loss(
        scratch.masked_loss, scratch.masked_loss_backward, LABELS, LOGITS, MASK, mean=mean
    )
    PARTS[f"masked_loss {mean} of full rows"] = loss(
        scratch.masked_loss, scratch.masked_loss_backward, LABELS, LOGITS, MASK | True, mean=mean
    )
for chosen in ((), (0,), (1,), (2,), (3,), (0, 1), (2, 3)):
    flags = {flag: number in chosen for number, flag in enumerate(FLAGS)}
    axes = {0: 1, 1: 0, 2: 1, 3: 0}
    left = [size for axis, size in enumerate((4, 3)) if axis not in {axes[number] for number in chosen}]
    d_loss = normal(*left) if left else None
    PARTS[f"sequence_loss {chosen}"] = loss(
        scratch.sequence_loss, sequence_backward, LOGITS, LABELS, WEIGHTS, d_loss=d_loss, **flags
    )
for optimizer in OPTIMIZERS:
    PARTS[f"init_slots {optimizer}"] = plain(lambda params, o=optimizer: [o.init_slots(params), params["b"] + 1], TREE)
    PARTS[f"step {optimizer}"] = plain(optimizer.apply_gradients, TREE, GRADIENTS, optimizer.init_slots(TREE))
for name, cell, kinds in (
    ("rnn", scratch.BasicRNNCell(4), ["keras"]),
    ("lstm", scratch.BasicLSTMCell(4, 0.0), ["keras", "block_v2"]),
    ("lstm", scratch.LSTMCell(4, use_peepholes=True), ["block_v2"]),
    ("gru", scratch.GRUCell(4), ["keras"]),
    ("gru", scratch.GRUCell(4, reset_after=True), ["keras"]),
):
    params = Case(cell).draw(np.float64).params
    for kind in kinds:
        to, back = (getattr(scratch, f"{name}_{way}_{kind}") for way in ("to", "from"))
        PARTS[f"{cell} to {kind}"] = plain(lambda params, to=to, cell=cell: to(cell, params), params)
        PARTS[f"{cell} from {kind}"] = plain(lambda given, back=back, cell=cell: back(cell, given), to(cell, params))
for cell in [*CELLS[::3], *DROPOUT_CELLS]:
    PARTS[f"start of {cell}"] = plain(
        lambda _, cell=cell: (cell.init_params(np.random.default_rng(0), 3), cell.zero_state(5)), np.ones(1)
    )


@pytest.mark.parametrize("name", PARTS)
def test_parts(name):
    check_round(PARTS[name])


@pytest.mark.parametrize("name", [name for name in PARTS if " to " in name or " from " in name or "unpad" in name])
def test_a_part_that_is_kept_does_not_keep_the_whole(name):
    assert_alone(PARTS[name].forward(PARTS[name].arguments)[0])


def test_what_moves_no_number_is_a_view():
    """Shapes alone change, as with NumPy's ``reshape``; nobody is told otherwise."""
    for view in (
        scratch.unstack(LOGITS)[0],
        scratch.swap_time_and_batch(LOGITS),
        scratch.flatten_time(LOGITS),
        scratch.unflatten_time(LOGITS, 2),
        scratch.series_to_rows(LOGITS, 2),
    ):
        assert np.shares_memory(view, LOGITS)


def test_batches():
    images, labels = normal(7, 2), np.arange(7)
    sources = [scratch.BatchSource(images, labels, np.random.default_rng(0)) for _ in range(2)]
    for source in sources:
        state = copied(source.state())
        source.next_batch(3)
        source.restore(state)
        if source is sources[0]:
            overwrite(state)
            overwrite(source.state())
    for _ in range(5):
        ours, theirs = (source.next_batch(3) for source in sources)
        assert bits(ours) == bits(theirs)
        assert_apart((ours, sources[0].state()), images, labels)
        overwrite(ours)
    # All of an epoch, in which nothing is left over.
    assert_apart((sources[0].next_batch(7), sources[0].next_batch(7)), images, labels)


SCHEMA = {
    "context": {
        "numbers": scratch.FixedLenFeature([2], np.int64, np.array([7, 8])),
        "texts": scratch.FixedLenFeature([2], bytes, [b"a", b"b"]),
        "any": scratch.VarLenFeature(np.float32),
        "rows": scratch.RaggedFeature(np.int64, np.int64),
    },
    "lists": {
        "steps": scratch.FixedLenSequenceFeature([], np.int64),
        "vectors": scratch.FixedLenSequenceFeature([2], np.float32, allow_missing=True),
        "any": scratch.VarLenFeature(np.int64),
        "rows": scratch.RaggedFeature(bytes, np.int64),
    },
}


def examples():
    steps = {"steps": [1, 2], "vectors": [[1.0, 2.0]], "any": [[1], [2, 3]], "rows": [[b"a", b"b"], [b"c"]]}
    first = scratch.SequenceExample({"numbers": [1, 2], "texts": [b"x", b"y"], "any": [1.0], "rows": [1, 2]}, steps)
    second = scratch.SequenceExample({}, {"steps": [3], "any": [[1]], "rows": [[b"d"]]})
    return [first.serialize(), second.serialize(), first.serialize()]


def test_examples(tmp_path):
    serialized = examples()
    schema = SCHEMA["context"], SCHEMA["lists"]
    path = tmp_path / "records"
    with scratch.TFRecordWriter(path) as writer:
        for data in serialized:
            writer.write(data)

    def from_a_file(given):
        return list(scratch.read_sequence_examples(path, *schema)), None

    def as_a_batch(given):
        return list(scratch.parse_sequence_example(serialized, *schema)), None

    def one_by_one(given):
        return [scratch.parse_single_sequence_example(data, *schema) for data in serialized], None

    for read in (from_a_file, as_a_batch, one_by_one):
        check_round(Round(normal(1), read))
    # Whoever keeps one example of a file does not keep all that was read with it.
    assert_alone([from_a_file(None), one_by_one(None)])


def test_an_example_keeps_values_of_its_own():
    numbers, steps, texts = np.arange(3), np.ones((2, 2), np.float32), np.array([b"a", "b"], object)
    given = {"numbers": numbers, "texts": texts}, {"steps": steps, "list": [numbers]}
    example = scratch.SequenceExample(*given)
    before = example.serialize()
    overwrite([numbers, steps, texts])
    given[0]["more"] = given[1]["more"] = [1]
    assert example.serialize() == before
    parsed = scratch.SequenceExample.parse(before)
    assert_apart([parsed.context, parsed.feature_lists])


def test_descriptions_keep_values_of_their_own():
    default, shape, words, cells = np.array([1, 2]), [2], ["a"], [scratch.BasicRNNCell(2)]
    description = scratch.FixedLenFeature(shape, np.int64, default)
    vocabulary, layers, sizes = scratch.Vocabulary(words), scratch.MultiRNNCell(cells), [2]
    grid = scratch.GridLSTMCell(2, feature_size=1, frequency_skip=1, num_frequency_blocks=sizes)
    overwrite(default)
    for changed in (shape, words, cells, sizes):
        changed.append(changed[0])
    assert description.default().tolist() == [1, 2]
    assert description.shape == (2,)
    assert (vocabulary.words, len(layers.cells), grid.num_frequency_blocks) == (("a",), 1, (2,))
    assert_apart([description.default(), description.default()])


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_trainers_write_to_nothing_that_was_given(engine):
    part = echo.EchoPart("", scratch.BasicLSTMCell(3), "dynamic")
    tagger = tagging.Tagger(7, 3, 2, 3)
    program = mnist.MnistProgram("", "rows", scratch.BasicLSTMCell(3), scratch.AdamOptimizer(), 2, 3, clip_norm=1.0)
    words, digits = rng.integers(3, size=(2, 2, 5)), np.array([3, 9])
    batch = tagging.TaggingBatch(words[0], words[1], np.array([5, 2]))
    images, state = rng.random((2, 4, 3)), part.cell.zero_state(2, np.float64)
    for trainer, given in (
        (
            echo.EchoTrainer(part, echo.init_params(part, rng, np.float64), engine),
            [words[0] % 2, words[1] % 2, state, ()],
        ),
        (tagging.TaggingTrainer(tagger, tagger.init_params(rng, np.float64), engine), [batch]),
        (mnist.MnistTrainer(program, mnist.init_params(program, rng, 3, np.float64), engine), [images, digits]),
    ):
        params, slots = trainer.params, trainer.slots
        before = bits([params, slots, given])
        results = trainer.step(*given)
        assert bits([params, slots, given]) == before
        after = bits([trainer.params, trainer.slots])
        assert_apart([trainer.params, trainer.slots], params, slots, given)
        overwrite([params, slots, results])
        assert bits([trainer.params, trainer.slots]) == after
