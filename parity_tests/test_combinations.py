"""Options together: of every two options of a cell or a function, each value of the one with each value of the other.

Most mistakes that need more than one option need two. So cases are drawn until every pair of values stands in one of
them: some ten cases where all combinations would be hundreds. What agrees is compared as everywhere: with TensorFlow,
and the derivatives with complex steps.
"""

import itertools
from dataclasses import replace

import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.cells import checks
from parity_tests.harness import Case, assert_padding_is_zero, assert_parity, run_dynamic, run_static
from scratch.engines import ENGINES, TextBook
from scratch.layer import Given
from scratch.tasks import echo, mnist, tagging
from scratch.tree import map_tree, named_leaves


def pairs(options, fits=lambda chosen: True):
    """Return dicts ``{name: value}`` in which every two values of two options, where that fits, come together."""
    names, numbers = list(options), {}
    left = []
    for values in itertools.product(*options.values()):
        chosen = dict(zip(names, values, strict=True))
        if fits(chosen):
            found = itertools.combinations(enumerate(map(repr, values)), 2)
            # A bit for each two values of two options.
            left.append((sum(1 << numbers.setdefault(both, len(numbers)) for both in found), chosen))
    chosen_ones, wanted = [], (1 << len(numbers)) - 1
    while wanted:
        together, chosen = max(left, key=lambda one: (one[0] & wanted).bit_count())
        chosen_ones.append(chosen)
        wanted &= ~together
        left = [one for one in left if one[0] & wanted]
    return chosen_ones


def test_pairs_are_all_there():
    options = {"a": [1, 2, 3], "b": "xyz", "c": [True, False], "d": [None, 0.5]}
    found = pairs(options)
    for one, other in itertools.combinations(options, 2):
        assert {(chosen[one], chosen[other]) for chosen in found} == set(
            itertools.product(options[one], options[other])
        )
    assert len(found) < 12
    assert all(
        chosen["a"] != 1 or chosen["b"] == "x" for chosen in pairs(options, lambda c: c["a"] > 1 or c["b"] == "x")
    )


BIAS, ACTIVATION, FLAG = [1.0, 0.0, -0.5], ["tanh", "relu"], [False, True]
WIDE = {"feature_size": 2, "num_frequency_blocks": [2], "start_freqindex_list": None, "end_freqindex_list": None}
TWO_BLOCKS = {
    "feature_size": 2,
    "num_frequency_blocks": [2, 1],
    "start_freqindex_list": [0, 2],
    "end_freqindex_list": [4, 5],
}
CELLS = {
    scratch.BasicRNNCell: {"activation": ACTIVATION, "use_bias": FLAG},
    scratch.BasicLSTMCell: {"forget_bias": BIAS, "activation": ACTIVATION, "use_bias": FLAG},
    scratch.GRUCell: {"activation": ACTIVATION, "reset_after": FLAG, "use_bias": FLAG},
    scratch.LSTMCell: {
        "use_peepholes": FLAG,
        "cell_clip": [None, 0.4],
        "num_proj": [None, 2, 7],
        "proj_clip": [None, 0.2],
        "forget_bias": BIAS,
        "activation": ACTIVATION,
        "use_bias": FLAG,
    },
    scratch.CoupledInputForgetGateLSTMCell: {
        "use_peepholes": FLAG,
        "num_proj": [None, 2, 7],
        "proj_clip": [None, 0.2],
        "forget_bias": BIAS,
        "activation": ACTIVATION,
        "use_bias": FLAG,
    },
    scratch.TimeFreqLSTMCell: {
        "use_peepholes": FLAG,
        "cell_clip": [None, 0.4],
        "forget_bias": BIAS,
        "feature_size": [1, 2, 5],
        "frequency_skip": [1, 2],
    },
    scratch.GridLSTMCell: {
        "use_peepholes": FLAG,
        "share_time_frequency_weights": FLAG,
        "couple_input_forget_gates": FLAG,
        "cell_clip": [None, 0.4],
        "forget_bias": BIAS,
        "frequency_skip": [2, 1],
        "blocks": [WIDE, TWO_BLOCKS],
    },
}


def fits(chosen):
    if chosen.get("proj_clip") and not chosen["num_proj"]:
        return False
    # The windows that there are must be those that were asked for.
    return "blocks" not in chosen or (chosen["frequency_skip"] == 2 or chosen["blocks"] is not WIDE)


def make(kind, chosen):
    chosen = dict(chosen)
    if kind is scratch.TimeFreqLSTMCell:
        chosen["num_shifts"] = (5 - chosen["feature_size"]) // chosen["frequency_skip"] + 1
    if kind is scratch.GridLSTMCell:
        blocks = dict(chosen.pop("blocks"))
        if blocks["start_freqindex_list"] and chosen["frequency_skip"] == 1:
            blocks["num_frequency_blocks"] = [3, 2]
        chosen |= blocks
    return kind(4, **chosen)


MADE = [make(kind, chosen) for kind, options in CELLS.items() for chosen in pairs(options, fits)]
INNER = {
    "lstm": scratch.BasicLSTMCell(4),
    "rnn": scratch.BasicRNNCell(4, activation="relu"),
    "layers": scratch.MultiRNNCell([scratch.GRUCell(3), scratch.LSTMCell(4, use_peepholes=True, num_proj=2)]),
    "coupled": scratch.CoupledInputForgetGateLSTMCell(4, use_peepholes=True, num_proj=3),
}
ATTENTION = [
    scratch.AttentionCellWrapper(INNER[chosen.pop("cell")], **chosen)
    for chosen in pairs(
        {
            "cell": list(INNER),
            "attn_length": [1, 3],
            "attn_size": [None, 6],
            "attn_vec_size": [None, 7],
            "input_size": [None, 8],
        }
    )
]


@pytest.mark.parametrize("cell", MADE + ATTENTION, ids=repr)
def test_cells(cell):
    case = Case(cell, num_steps=1, input_size=5)
    checks.check_against_tensorflow(case, np.float64)
    checks.check_against_complex_steps(case)
    problem = case.draw(np.float32)
    x, d_output = problem.inputs[:, 0], problem.d_outputs[:, 0]
    results = checks.step(cell, problem.params, x, problem.initial_state, d_output, problem.d_final_state)
    assert {leaf.dtype for _, leaf in named_leaves(results)} == {np.dtype(np.float32)}


DROPOUT = pairs(
    {
        "input_keep_prob": [1.0, 0.6],
        "output_keep_prob": [1.0, 0.7],
        "state_keep_prob": [1.0, 0.8],
        "variational_recurrent": FLAG,
        "inner": ["lstm", "rnn", "layers", "attention", "residual", "dropout"],
        "outer": [None, "residual", "layers", "attention"],
    },
    # TensorFlow's names do not tell one attention from another inside it.
    lambda chosen: (chosen["inner"], chosen["outer"]) != ("attention", "attention"),
)


def wrapped(chosen):
    """Return a wrapper around a wrapper, with masks drawn at each level."""
    chosen = dict(chosen)
    inner, outer = chosen.pop("inner"), chosen.pop("outer")
    lstm = scratch.BasicLSTMCell(4)
    cells = INNER | {
        "attention": scratch.AttentionCellWrapper(scratch.DropoutWrapper(lstm, 0.5), 2, attn_size=4, input_size=7),
        "residual": scratch.ResidualWrapper(scratch.DropoutWrapper(lstm, 0.6, 0.9)),
        "dropout": scratch.DropoutWrapper(lstm, 0.7, 0.8, 0.9),
    }
    width = 4 if inner == "residual" or outer == "residual" else 5
    if inner == "layers" and outer == "residual":
        # As wide as the input: the projected output of the upper layer.
        width = 2
    cell = scratch.DropoutWrapper(cells[inner], **chosen)
    if outer == "residual":
        cell = scratch.ResidualWrapper(cell)
    elif outer == "layers":
        cell = scratch.MultiRNNCell([cell, scratch.DropoutWrapper(scratch.GRUCell(3), 0.7, 0.5)])
    elif outer == "attention":
        cell = scratch.AttentionCellWrapper(cell, 2, input_size=width)
    return Case(cell, num_steps=3, input_size=width)


@pytest.mark.parametrize("case", [wrapped(chosen) for chosen in DROPOUT], ids=str)
def test_wrappers_of_wrappers(case):
    problem = case.draw(np.float64)
    assert_parity(run_static(scratch, case, problem), run_static(tf_impl, case, problem))
    # TensorFlow cannot be given masks where rows end: every other way to run it must be the same.
    case = replace(case, sequence_length=(2, 0, 3, 1, 3))
    ours = run_static(scratch, case, problem)
    assert_padding_is_zero(case, ours)
    assert_parity(run_dynamic(scratch, case, problem, time_major=True), ours, limit=0)
    assert_parity(run_dynamic(scratch, case, problem, checkpoint_every=2), ours, limit=0)
    if covered(case.cell):
        assert_parity(run_dynamic(scratch, case, problem, engine="numba"), ours)


def covered(cell):
    try:
        ENGINES["numba"].check_cell(cell)
    except ValueError:
        return False
    return True


NORMS = pairs(
    {"momentum": [0.9, 0.0], "epsilon": [1e-3, 0.5], "center": FLAG, "scale": FLAG, "training": FLAG, "rank": [2, 3]}
)


@pytest.mark.parametrize("chosen", NORMS, ids=str)
def test_batch_normalization(chosen):
    chosen = dict(chosen)
    rng, training, rank = np.random.default_rng(0), chosen.pop("training"), chosen.pop("rank")
    layer = scratch.BatchNormalization(**chosen)
    x = rng.standard_normal((4, 3, 5) if rank == 3 else (6, 5))
    params = {name: rng.standard_normal(5) for name in layer.init_params(5)}
    moving = {"moving_mean": rng.standard_normal(5), "moving_variance": rng.random(5) + 0.5}
    y, new_moving, cache = layer.forward(params, moving, x, training)
    axes = tuple(range(x.ndim - 1))
    mean, variance = (x.mean(axes), x.var(axes)) if training else (moving["moving_mean"], moving["moving_variance"])
    expected = (x - mean) / np.sqrt(variance + layer.epsilon) * params.get("gamma", 1) + params.get("beta", 0)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
    rate = (1 - np.float64(np.float32(layer.momentum))) if training else 0
    np.testing.assert_allclose(new_moving["moving_mean"], moving["moving_mean"] * (1 - rate) + mean * rate, rtol=1e-6)
    assert layer.backward(params, cache, np.ones_like(x))[1].keys() == params.keys()


class Witness(TextBook):
    """An engine that writes down what reaches it."""

    def __init__(self):
        self.runs = []

    def forward(self, run):
        self.runs.append(run)
        return super().forward(run)


@pytest.fixture
def witness(monkeypatch):
    found = Witness()
    monkeypatch.setitem(ENGINES, "witness", found)
    return found


LENGTHS = np.array([4, 0, 6, 1, 3])
RNN, LSTM = scratch.DropoutWrapper(scratch.BasicRNNCell(4), 0.5), scratch.BasicLSTMCell(3)


def draw(cell, width):
    return Case(cell, tuple(LENGTHS), input_size=width).draw(np.float64)


@pytest.mark.parametrize("time_major", FLAG)
@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["full", "lengths"])
def test_every_option_of_an_unroll_reaches_the_engine(witness, lengths, time_major):
    """What is around ``dynamic_rnn`` hands on engine, layout, lengths, states and masks, in both directions."""
    fw, bw = draw(RNN, 3), draw(LSTM, 3)
    above_fw, above_bw = draw(RNN, 7), draw(LSTM, 7)
    inputs = fw.inputs.swapaxes(0, 1).copy() if time_major else fw.inputs
    options = {"time_major": time_major, "engine": "witness"}

    def assert_runs(expected):
        assert len(witness.runs) == len(expected)
        for run, (cell, problem) in zip(witness.runs, expected, strict=True):
            assert run.cell is cell
            assert run.time_major is time_major
            assert run.keep_tape
            np.testing.assert_array_equal(run.lengths, lengths)
            assert_parity({"state": run.state}, {"state": problem.initial_state}, limit=0)
            for (_, mask), (_, drawn) in zip(named_leaves(run.masks), named_leaves(problem.masks), strict=True):
                np.testing.assert_array_equal(mask, drawn)
            assert run.params is problem.params or run.params == problem.params
        witness.runs.clear()

    scratch.dynamic_rnn(RNN, fw.params, inputs, lengths, fw.initial_state, masks=fw.masks, **options)
    assert_runs([(RNN, fw)])
    scratch.bidirectional_dynamic_rnn(
        RNN,
        LSTM,
        {"fw": fw.params, "bw": bw.params},
        inputs,
        lengths,
        fw.initial_state,
        bw.initial_state,
        masks=(fw.masks, None),
        **options,
    )
    assert_runs([(RNN, fw), (LSTM, bw)])
    scratch.stack_bidirectional_dynamic_rnn(
        [RNN, RNN],
        [LSTM, LSTM],
        {
            "cell_0": {"fw": fw.params, "bw": bw.params},
            "cell_1": {"fw": above_fw.params, "bw": above_bw.params},
        },
        inputs,
        (fw.initial_state, above_fw.initial_state),
        (bw.initial_state, above_bw.initial_state),
        lengths,
        masks=[(fw.masks, None), (above_fw.masks, None)],
        **options,
    )
    assert_runs([(RNN, fw), (LSTM, bw), (RNN, above_fw), (LSTM, above_bw)])
    params = {"fw": bw.params, "bw": draw(LSTM, 3).params}
    scratch.bidirectional_dynamic_rnn(LSTM, LSTM, params, inputs, lengths, keep_tape=False, **options)
    assert [run.keep_tape for run in witness.runs] == [False, False]


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["full", "lengths"])
def test_every_option_reaches_every_window(witness, lengths):
    problem = draw(RNN, 3)
    outputs, final_state, tapes = scratch.truncated_rnn(
        RNN,
        problem.params,
        problem.inputs,
        [1, 3, 2],
        lengths,
        problem.initial_state,
        engine="witness",
        masks=problem.masks,
    )
    whole = scratch.dynamic_rnn(
        RNN, problem.params, problem.inputs, lengths, problem.initial_state, masks=problem.masks
    )
    assert_parity({"outputs": outputs, "state": final_state}, {"outputs": whole[0], "state": whole[1]}, limit=0)
    assert [run.inputs.shape[1] for run in witness.runs] == [1, 3, 2]
    left = np.full(5, 6) if lengths is None else lengths
    for run, start in zip(witness.runs, (0, 1, 4), strict=True):
        width = run.inputs.shape[1]
        np.testing.assert_array_equal(run.lengths, np.clip(left - start, 0, width))
        np.testing.assert_array_equal(run.masks.input, problem.masks.input[start : start + width])
    assert len(tapes) == 3


def test_every_program_hands_on_its_engine(witness):
    rng = np.random.default_rng(0)
    words, lengths = rng.integers(3, size=(2, 2, 5)), np.array([5, 2])
    tagger = tagging.Tagger(7, 3, 2, 3)
    params = tagger.init_params(rng)
    batch = tagging.TaggingBatch(words[0], words[1], lengths)
    trainer = tagging.TaggingTrainer(tagger, params, "witness")

    def runs():
        found = [
            (run.time_major, run.keep_tape, None if run.lengths is None else run.lengths.tolist())
            for run in witness.runs
        ]
        witness.runs.clear()
        return found

    with_tape = (False, True, lengths.tolist())
    for call in (
        lambda: tagger.network.forward(params, words[0], Given(sequence_length=lengths, engine="witness")),
        lambda: tagging.loss_and_gradients(tagger, params, batch, "witness"),
        lambda: trainer.step(batch),
        lambda: trainer.predict(words[0], lengths),
    ):
        call()
        assert runs() == [with_tape, with_tape]
    for unroll in ("static", "dynamic"):
        part = echo.EchoPart("", scratch.BasicRNNCell(3), unroll)
        echo_trainer = echo.EchoTrainer(part, echo.init_params(part, rng), "witness")
        state = map_tree(lambda leaf: leaf + 1, echo_trainer.zero_state(2))
        echo_trainer.step(words[0] % 2, words[1] % 2, state, ())
        assert witness.runs[0].state is state
        assert runs() == [(False, True, None)]
    program = mnist.MnistProgram("", "rows", scratch.BasicRNNCell(3), scratch.AdamOptimizer(), 2, 3)
    mnist_trainer = mnist.MnistTrainer(program, mnist.init_params(program, rng, 3), "witness")
    images = rng.random((5, 4, 3)).astype(np.float32)
    mnist_trainer.step(images[:2], np.array([3, 9]))
    assert runs() == [(False, True, None)]
    mnist.evaluate(mnist_trainer, images, np.arange(5), batch_size=2)
    assert runs() == [(False, False, None)] * 3


@pytest.mark.parametrize("rows", [(0, 1, 2), (1,), (2, 1), (0,), (1, 0, 1)], ids=str)
def test_defaults_where_some_examples_have_the_feature_and_some_do_not(rows):
    """Context features with and without a default, of every kind, in examples that hold all, none or half of them."""
    kinds = {"numbers": (np.int64, [7, 8]), "floats": (np.float32, [0.5, 0.25]), "texts": (bytes, [b"x", b"yz"])}
    held = {"numbers": [1, 2], "floats": [1.5, 2.5], "texts": [b"a", b"bc"]}
    contexts = [held, {}, {"floats": [3.5, 4.5]}]
    serialized = [scratch.SequenceExample(contexts[row], {"steps": [row]}).serialize() for row in rows]
    features = {name: scratch.FixedLenFeature([2], dtype, default) for name, (dtype, default) in kinds.items()}
    alone = {f"one {name}": scratch.FixedLenFeature([], dtype, default[0]) for name, (dtype, default) in kinds.items()}
    nothing = {"nothing": scratch.FixedLenFeature([0], np.int64, [])}
    steps = {
        "steps": scratch.FixedLenSequenceFeature([], np.int64),
        "absent": scratch.FixedLenSequenceFeature([2], np.float32, allow_missing=True),
    }
    schema = features | alone | nothing
    context, sequences, lengths = scratch.parse_sequence_example(serialized, schema, steps)
    for number, row in enumerate(rows):
        single, single_sequences = scratch.parse_single_sequence_example(serialized[number], schema, steps)
        for name, (_, default) in kinds.items():
            want = contexts[row].get(name, default)
            assert context[name][number].tolist() == want == single[name].tolist()
            assert context[f"one {name}"][number] == default[0] == single[f"one {name}"]
        assert context["nothing"].shape == (len(rows), 0)
        assert sequences["steps"][number].tolist() == [row] == single_sequences["steps"].tolist()
        assert single_sequences["absent"].shape == (0, 2)
        if row != 0:
            with pytest.raises(ValueError, match="'numbers'\\] is required, but the example has none"):
                scratch.parse_single_sequence_example(
                    serialized[number], {"numbers": scratch.FixedLenFeature([2], np.int64)}
                )
    assert lengths["absent"].tolist() == [0] * len(rows)
    assert sequences["absent"].shape == (len(rows), 0, 2)


PADDING = pairs(
    {
        "dtype": [np.float32, np.int64, bool],
        "padding_value": [0, 1],
        "pad_to_bucket_boundary": FLAG,
        "drop_remainder": FLAG,
        "boundaries": [[], [3], [2, 4, 7]],
        "trailing": [(), (2,), (2, 3)],
    }
)


@pytest.mark.parametrize("chosen", PADDING, ids=str)
def test_buckets(chosen):
    rng = np.random.default_rng(0)
    boundaries = chosen["boundaries"]
    sizes = [2, 1, 3, 2][: len(boundaries) + 1]
    to_boundary = chosen["pad_to_bucket_boundary"] and boundaries
    longest = boundaries[-1] if to_boundary else 9
    rows = [
        rng.integers(2, size=(size % longest, *chosen["trailing"])).astype(chosen["dtype"])
        for size in (3, 0, 8, 1, 2, 4, 5)
    ]
    if chosen["pad_to_bucket_boundary"] and not boundaries:
        with pytest.raises(ValueError, match="pad_to_bucket_boundary has no end for the last bucket"):
            scratch.bucket_by_length(rows, boundaries, sizes, chosen["padding_value"], True)
        return
    batches = scratch.bucket_by_length(
        rows, boundaries, sizes, chosen["padding_value"], bool(to_boundary), chosen["drop_remainder"]
    )
    seen, in_buckets = [], [[] for _ in sizes]
    for batch in batches:
        buckets = {sum(boundary <= len(rows[row]) for boundary in boundaries) for row in batch.rows}
        (bucket,) = buckets
        width = boundaries[bucket] - 1 if to_boundary else max(len(rows[row]) for row in batch.rows)
        assert batch.inputs.shape == (len(batch.rows), width, *chosen["trailing"])
        assert batch.inputs.dtype == chosen["dtype"]
        for padded, length, row in zip(*batch, strict=True):
            assert length == len(rows[row])
            np.testing.assert_array_equal(padded[:length], rows[row])
            assert (padded[length:] == chosen["padding_value"]).all()
        in_buckets[bucket].append(len(batch.rows))
        seen += batch.rows.tolist()
    assert len(set(seen)) == len(seen)
    for bucket, size in enumerate(sizes):
        count = sum(bucket == sum(boundary <= len(row) for boundary in boundaries) for row in rows)
        rest = [count % size] if count % size and not chosen["drop_remainder"] else []
        assert in_buckets[bucket] == [size] * (count // size) + rest
