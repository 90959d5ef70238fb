"""Every option of every public name at its bounds, from both sides, and in every kind that a number comes in.

A kind of option says what is taken, and as what, and what is refused. The tables say which option is of which kind;
a frozen dataclass with a field that is in none of them fails the test.
"""

import dataclasses
import inspect
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest

import scratch
from scratch import BasicRNNCell
from scratch.inputs.wire.layout import Schema
from scratch.tasks import echo, mnist, mnist_data, sentences, tagging
from scratch.tree import named_leaves

TINY = 5e-324
BELOW_ONE = float(np.nextafter(np.float32(1), np.float32(0)))
SINGLE, DOUBLE = np.float32, np.float64
NO_NUMBERS = ["1", b"1", None, [1], (1,), {}, 1j, object(), np.array([1]), np.array(1.0)]


class Kind(NamedTuple):
    """Pairs of what is taken and what it is the same as, and what is refused."""

    taken: list
    refused: list

    def or_none(self):
        return Kind(self.taken, [value for value in self.refused if value is not None])


def count(least=1, most=None):
    taken = [(least, least), (np.int64(least), least), (np.uint8(max(least, 0)), max(least, 0))]
    refused = [least - 1, np.int64(least - 1), True, False, np.True_, float(least), SINGLE(least), Fraction(3, 2)]
    if most is not None:
        taken += [(most, most)]
        refused += [most + 1]
    return Kind(taken, [*refused, *NO_NUMBERS])


def number(taken, refused):
    """Return the kind of finite numbers, of which these are taken and these are not."""
    found = [(Fraction(1, 2), 0.5), (SINGLE(0.5), 0.5), (np.float16(0.5), 0.5), (DOUBLE(0.5), 0.5)]
    no_numbers = [True, False, np.True_, np.nan, np.inf, -np.inf, SINGLE(np.inf), 10**400, *NO_NUMBERS]
    return Kind([*found, *((value, float(value)) for value in taken)], [*refused, *no_numbers])


COUNT, SIZE = count(), count(0)
ANY = number([0, -3, -2.5, np.int64(-3)], [])
POSITIVE = number([TINY, 1, 2.5], [0, 0.0, -0.0, -TINY, -1])
RATE = number([0, TINY, 1, 2.5], [-TINY, -1])
DECAY = number([0, TINY, BELOW_ONE], [-TINY, 1, 1.0, np.nextafter(1, 0), 2, BELOW_ONE + 2**-25])
SHARE = number([TINY, 1, 1.0, np.int64(1)], [0, -TINY, np.nextafter(1, 2), 2])
FLAG = Kind([(True, True), (False, False)], [0, 1, 1.0, "True", "", None, [], [True], np.array(True)])


def choice(*choices):
    others = [choices[0].upper() + "x", choices[0][:-1] + "?", None, True, False, 0, 1, [choices[0]], b"x"]
    return Kind([(value, value) for value in choices], others)


ACTIVATION, ENGINE = choice("tanh", "relu", "sigmoid"), choice("numpy", "numba")
COUNTS = Kind([([2], (2,)), ((np.int64(2),), (2,))], [[], [0], [1.0], [True], 2, "2", np.array([2]), {2}, [None], None])
LSTM = {
    "num_units": COUNT,
    "forget_bias": ANY,
    "activation": ACTIVATION,
    "use_bias": FLAG,
    "recurrent_activation": ACTIVATION,
}
PROJECTION = {"num_proj": COUNT.or_none(), "use_peepholes": FLAG}
PLACES = {
    "num_units": COUNT,
    "use_peepholes": FLAG,
    "cell_clip": POSITIVE.or_none(),
    "forget_bias": ANY,
    "feature_size": COUNT,
    "frequency_skip": COUNT,
}
# Of each class: arguments that make one, the kind of each field, and the fields that tests of their own look at.
CLASSES = [
    (scratch.BasicRNNCell, {"num_units": 3}, {"num_units": COUNT, "activation": ACTIVATION, "use_bias": FLAG}, ()),
    (scratch.BasicLSTMCell, {"num_units": 3}, LSTM, ()),
    (
        scratch.LSTMCell,
        {"num_units": 3, "num_proj": 2},
        LSTM | PROJECTION | {"cell_clip": POSITIVE.or_none(), "proj_clip": POSITIVE.or_none()},
        (),
    ),
    (
        scratch.LSTMBlockCell,
        {"num_units": 3},
        {"num_units": COUNT, "forget_bias": ANY, "use_peepholes": FLAG, "cell_clip": POSITIVE.or_none()},
        ("num_proj", "proj_clip", "activation", "use_bias", "recurrent_activation"),
    ),
    (
        scratch.GRUCell,
        {"num_units": 3},
        {
            "num_units": COUNT,
            "activation": ACTIVATION,
            "reset_after": FLAG,
            "use_bias": FLAG,
            "recurrent_activation": ACTIVATION,
        },
        (),
    ),
    (
        scratch.CoupledInputForgetGateLSTMCell,
        {"num_units": 3, "num_proj": 2},
        LSTM | PROJECTION | {"proj_clip": POSITIVE.or_none()},
        (),
    ),
    (scratch.TimeFreqLSTMCell, {"num_units": 3, "feature_size": 2}, PLACES | {"num_shifts": COUNT.or_none()}, ()),
    (
        scratch.GridLSTMCell,
        {"num_units": 3, "feature_size": 2, "frequency_skip": 1, "num_frequency_blocks": [1]},
        PLACES
        | {"share_time_frequency_weights": FLAG, "couple_input_forget_gates": FLAG, "num_frequency_blocks": COUNTS},
        ("start_freqindex_list", "end_freqindex_list"),
    ),
    (scratch.MultiRNNCell, {"cells": [BasicRNNCell(2)]}, {}, ("cells",)),
    (scratch.ResidualWrapper, {"cell": BasicRNNCell(2)}, {}, ("cell",)),
    (
        scratch.DropoutWrapper,
        {"cell": BasicRNNCell(2)},
        dict.fromkeys(("input_keep_prob", "output_keep_prob", "state_keep_prob"), SHARE)
        | {"variational_recurrent": FLAG},
        ("cell", "dropout_state_filter_visitor"),
    ),
    (
        scratch.AttentionCellWrapper,
        {"cell": BasicRNNCell(2), "attn_length": 2},
        {"attn_length": COUNT} | dict.fromkeys(("attn_size", "attn_vec_size", "input_size"), COUNT.or_none()),
        ("cell",),
    ),
    (scratch.Dense, {"units": 2}, {"units": COUNT}, ("kernel_initializer", "bias_initializer")),
    (
        scratch.Embedding,
        {"vocabulary_size": 3, "embedding_size": 2},
        {"vocabulary_size": COUNT, "embedding_size": COUNT},
        (),
    ),
    (
        scratch.BatchNormalization,
        {},
        {"momentum": DECAY, "epsilon": POSITIVE, "center": FLAG, "scale": FLAG},
        (),
    ),
    (scratch.RNN, {"cell": BasicRNNCell(2)}, {}, ("cell", "start")),
    (scratch.Bidirectional, {"cell_fw": BasicRNNCell(2), "cell_bw": BasicRNNCell(2)}, {}, ("cell_fw", "cell_bw")),
    (scratch.Dropout, {"keep_prob": 0.5}, {"keep_prob": SHARE}, ()),
    (scratch.LastOutput, {}, {}, ()),
    (scratch.Network, {"layers": {"dense": scratch.Dense(2)}}, {}, ("layers",)),
    (scratch.CrossEntropy, {}, {"mean": choice("examples", "steps")}, ()),
    (scratch.Clipping, {"by": "norm", "limit": 1.0}, {"limit": POSITIVE}, ("by", "skip")),
    *(
        (
            kind,
            {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5},
            {"initial_learning_rate": RATE, "decay_steps": COUNT, "decay_rate": RATE, "staircase": FLAG},
            (),
        )
        for kind in (scratch.ExponentialDecay, scratch.InverseTimeDecay)
    ),
    (
        scratch.PolynomialDecay,
        {"initial_learning_rate": 0.1, "decay_steps": 5},
        {"decay_steps": COUNT, "cycle": FLAG}
        | dict.fromkeys(("initial_learning_rate", "end_learning_rate", "power"), RATE),
        (),
    ),
    (
        scratch.CosineDecay,
        {"initial_learning_rate": 0.1, "decay_steps": 5},
        {"initial_learning_rate": RATE, "decay_steps": COUNT},
        ("alpha",),
    ),
    (scratch.PiecewiseConstantDecay, {"boundaries": [3], "values": [0.1, 0.2]}, {}, ("boundaries", "values")),
    (
        scratch.WarmUp,
        {"schedule": float, "warmup_steps": 5},
        {"warmup_steps": COUNT, "initial_learning_rate": RATE},
        ("schedule",),
    ),
    (scratch.GradientDescentOptimizer, {"learning_rate": 0.1}, {"learning_rate": RATE}, ()),
    (
        scratch.AdagradOptimizer,
        {"learning_rate": 0.1},
        {"learning_rate": RATE, "initial_accumulator_value": POSITIVE},
        (),
    ),
    (
        scratch.MomentumOptimizer,
        {"learning_rate": 0.1, "momentum": 0.9},
        {"learning_rate": RATE, "momentum": DECAY, "use_nesterov": FLAG},
        (),
    ),
    (
        scratch.RMSPropOptimizer,
        {"learning_rate": 0.1},
        {"learning_rate": RATE, "decay": DECAY, "momentum": DECAY, "epsilon": POSITIVE, "centered": FLAG},
        (),
    ),
    (
        scratch.AdamOptimizer,
        {},
        {"learning_rate": RATE, "beta1": DECAY, "beta2": DECAY, "epsilon": POSITIVE},
        (),
    ),
    (
        tagging.Tagger,
        {"vocabulary_size": 5, "num_labels": 3},
        dict.fromkeys(("vocabulary_size", "num_labels", "embedding_size", "num_units"), COUNT),
        (),
    ),
    (
        scratch.FixedLenSequenceFeature,
        {"shape": [], "dtype": np.int64},
        {"allow_missing": FLAG},
        ("shape", "dtype", "default_value"),
    ),
    (scratch.FixedLenFeature, {"shape": [], "dtype": np.int64}, {}, ("shape", "dtype", "default_value")),
    (scratch.VarLenFeature, {"dtype": np.int64}, {}, ("dtype",)),
    (scratch.RaggedFeature, {"dtype": np.int64}, {}, ("dtype", "row_splits_dtype")),
    (scratch.Vocabulary, {"words": ("a",)}, {}, ("words",)),
]
# No options: what a function returns, or an example.
OTHERS = {"MnistData", "SequenceExample"}


def test_no_field_of_a_public_class_is_left_out():
    public = {
        name
        for name in scratch.__all__
        if inspect.isclass(getattr(scratch, name)) and dataclasses.is_dataclass(getattr(scratch, name))
    }
    assert public - OTHERS <= {kind.__name__ for kind, *_ in CLASSES}
    for kind, _, options, others in CLASSES:
        assert {field.name for field in dataclasses.fields(kind) if field.init} == {*options, *others}, kind


FIELDS = [(kind, good, name, options[name]) for kind, good, options, _ in CLASSES for name in options]


@pytest.mark.parametrize(
    ("kind", "good", "name", "option"), FIELDS, ids=[f"{kind.__name__}.{name}" for kind, _, name, _ in FIELDS]
)
def test_fields(kind, good, name, option):
    for value, same in option.taken:
        made = kind(**{**good, name: value})
        kept = getattr(made, name)
        assert type(kept) is type(same), f"{value!r} is kept as a {type(kept).__name__}"
        assert repr(kept) == repr(same)
        assert made == kind(**{**good, name: same})
        assert hash(made) == hash(kind(**{**good, name: same}))
    for value in option.refused:
        with pytest.raises((TypeError, ValueError), match=name):
            kind(**{**good, name: value})


@pytest.mark.parametrize("dtype", [np.int64, np.float32, bytes])
def test_what_a_feature_is(dtype):
    """Its dtype by any name of NumPy's, its shape in integers from 0 on."""
    names = {np.int64: ["int64", np.dtype("int64")], np.float32: ["float32", "f4"], bytes: ["S"]}
    wrong = [None, "int32", np.int32, np.float64, float, str, object, bool, np.uint64, "text", 5, np.complex64]
    shapes = [([], ()), ((), ()), (3, (3,)), ([0], (0,)), ([np.int64(2), 3], (2, 3))]
    for make in (scratch.FixedLenFeature, scratch.FixedLenSequenceFeature):
        for same in [dtype, *names[dtype]]:
            assert make([2], same).dtype is dtype
        for refused in wrong:
            with pytest.raises(TypeError, match="dtype must be np.int64, np.float32 or bytes"):
                make([2], refused)
        for shape, kept in shapes:
            assert make(shape, dtype).shape == kept
            assert all(type(size) is int for size in make(shape, dtype).shape)
        for shape in ([-1], [2, -1], [2.0], [True], "2", None, [None], -1, 2.0, np.array([2])):
            with pytest.raises((TypeError, ValueError), match=r"shape\["):
                make(shape, dtype)
    for make in (scratch.VarLenFeature, scratch.RaggedFeature):
        assert make(dtype).dtype is dtype
        for refused in wrong:
            with pytest.raises(TypeError, match="dtype must be np.int64, np.float32 or bytes"):
                make(refused)
    for splits, kept in ((np.int32, np.int32), ("int64", np.int64), (np.dtype("int32"), np.int32)):
        assert scratch.RaggedFeature(dtype, splits).row_splits_dtype is kept
    for splits in (None, np.int16, np.uint32, np.float32, float, bool, "text", 5):
        with pytest.raises(TypeError, match="row_splits_dtype must be np.int32 or np.int64"):
            scratch.RaggedFeature(dtype, splits)


rng = np.random.default_rng(0)
CELL = BasicRNNCell(3)
LAYERS = scratch.MultiRNNCell([CELL, scratch.BasicLSTMCell(2)])
PARAMS = CELL.init_params(rng, 2, np.float32)
INPUTS = rng.standard_normal((4, 6, 2)).astype(np.float32)
TWO = {"fw": PARAMS, "bw": PARAMS | {"kernel": PARAMS["kernel"] + 1, "bias": PARAMS["bias"] + 1}}
GRADIENTS = {"a": np.ones((2, 3), np.float32), "b": np.full(2, -5, np.float32)}
LOGITS, LABELS = rng.standard_normal((4, 3, 5)).astype(np.float32), rng.integers(5, size=(4, 3))
MASK, WEIGHTS = LABELS > 0, (LABELS > 0).astype(np.float32)
LISTS = [list(np.moveaxis(array, 1, 0)) for array in (LOGITS, LABELS, WEIGHTS)]
ROWS = [np.ones((size, 2), np.float32) for size in (3, 1, 2)]
SQUARE = {"params": PARAMS, "inputs": INPUTS}
OUTPUTS = {"d_outputs": np.ones((4, 6, 3), np.float32)}
TAPES = scratch.truncated_rnn(CELL, PARAMS, INPUTS, 2)[2]


def generated(**options):
    trainer = echo.EchoTrainer(echo.PARTS[2], echo.init_params(echo.PARTS[2], new()))
    # As it is without the check of signatures, which looks at a generator before that has begun.
    return next(inspect.unwrap(echo.train)(trainer, new(), **options))


def new():
    return np.random.default_rng(5)


def trained(**options):
    tagger = tagging.Tagger(7, 3, 2, 3)
    trainer = tagging.TaggingTrainer(tagger, tagger.init_params(new()))
    return list(inspect.unwrap(tagging.train)(trainer, [np.ones((2, 2), int)], new(), **options))


class Saved:
    """``CheckpointManager.save`` in a folder that is new each time."""

    def __init__(self, folders):
        self.folders = folders

    def __call__(self, max_to_keep=5, **options):
        manager = scratch.CheckpointManager(self.folders.mktemp("run"), max_to_keep)
        path = manager.save(tree={}, **options)
        return path.name, manager.best_step(), manager.max_to_keep


def flags(*names):
    return dict.fromkeys(names, FLAG)


def step_of_mnist(**options):
    program = mnist.MnistProgram("", "rows", CELL, scratch.AdamOptimizer(), 2, 3)
    trainer = mnist.MnistTrainer(program, mnist.init_params(program, new(), 2), **options)
    return trainer.logits(INPUTS)


def step_of_tagging(**options):
    tagger = tagging.Tagger(7, 3, 2, 3)
    batch = tagging.TaggingBatch(LABELS, LABELS % 3, np.array([3, 1, 0, 2]))
    return tagging.TaggingTrainer(tagger, tagger.init_params(new()), **options).step(batch)


def step_of_echo(**options):
    part = echo.EchoPart("", CELL, "static")
    trainer = echo.EchoTrainer(part, echo.init_params(part, new()), **options)
    return trainer.step(LABELS % 2, LABELS % 2, trainer.zero_state(4), ())[:2]


# What is called, with what, and the kind of each option.
CALLS = {
    "init_params": (lambda **o: CELL.init_params(new(), **o), {"input_size": 2}, {"input_size": COUNT}),
    "zero_state": (CELL.zero_state, {"batch_size": 2}, {"batch_size": SIZE}),
    "dynamic_rnn": (
        lambda **o: scratch.dynamic_rnn(CELL, PARAMS, INPUTS, **o)[:2],
        {},
        {**flags("keep_tape"), "engine": ENGINE, "checkpoint_every": COUNT.or_none()},
    ),
    "dynamic_rnn_backward": (
        lambda **o: scratch.dynamic_rnn_backward(scratch.dynamic_rnn(CELL, PARAMS, INPUTS)[2], **o),
        {},
        flags("needs_d_inputs"),
    ),
    "dynamic_rnn, layout": (
        lambda time_major: scratch.dynamic_rnn(CELL, PARAMS, INPUTS[:, :4], time_major=time_major)[:2],
        {"time_major": True},
        flags("time_major"),
    ),
    "bidirectional_dynamic_rnn": (
        lambda **o: scratch.bidirectional_dynamic_rnn(CELL, CELL, TWO, INPUTS, **o)[:2],
        {},
        {**flags("time_major"), "engine": ENGINE},
    ),
    "stack_bidirectional_dynamic_rnn": (
        lambda **o: scratch.stack_bidirectional_dynamic_rnn([CELL], [CELL], {"cell_0": TWO}, INPUTS, **o)[:3],
        {},
        {**flags("time_major"), "engine": ENGINE},
    ),
    "stack_bidirectional_params": (
        lambda **o: scratch.stack_bidirectional_params(new(), [CELL], [CELL], **o),
        {"input_size": 2},
        {"input_size": COUNT},
    ),
    "bidirectional_params": (
        lambda **o: scratch.bidirectional_params(new(), CELL, CELL, **o),
        {"input_size": 2},
        {"input_size": COUNT},
    ),
    "truncated_rnn": (
        lambda **o: scratch.truncated_rnn(CELL, PARAMS, INPUTS, **o)[:2],
        {"truncated_backprop_length": 2},
        {"truncated_backprop_length": count(), "engine": ENGINE},
    ),
    "truncated_rnn_backward": (
        lambda **o: scratch.truncated_rnn_backward(TAPES, OUTPUTS["d_outputs"], **o),
        {},
        {"reach": COUNT},
    ),
    "windows": (
        scratch.windows,
        {"num_steps": 5, "truncated_backprop_length": 2},
        {"num_steps": COUNT, "truncated_backprop_length": COUNT},
    ),
    "Stream": (lambda **o: scratch.Stream(CELL, PARAMS, **o).step(INPUTS[:, 0]), {}, {"engine": ENGINE}),
    "set_num_threads": (scratch.set_num_threads, {"count": 1}, {"count": COUNT}),
    "clip_by_value": (
        lambda **o: scratch.clip_by_value(GRADIENTS, **o),
        {"clip_value_min": -3, "clip_value_max": 3},
        {"clip_value_min": number([3, -4], [3.5, 4]), "clip_value_max": number([-3, 4], [-3.5, -4])},
    ),
    "clip_by_norm": (
        lambda **o: scratch.clip_by_norm(GRADIENTS, **o),
        {"clip_norm": 1},
        {"clip_norm": number([1, 2.5], [0, -TINY])},
    ),
    "clip_by_global_norm": (
        lambda **o: scratch.clip_by_global_norm(GRADIENTS, **o),
        {"clip_norm": 1},
        {"clip_norm": number([1, 2.5], [0, -TINY])},
    ),
    "masked_loss": (
        lambda **o: scratch.masked_loss(LABELS, LOGITS, MASK, **o)[0],
        {},
        {"mean": choice("examples", "steps")},
    ),
    "masked_loss_backward": (
        lambda **o: scratch.masked_loss_backward(scratch.masked_loss(LABELS, LOGITS, MASK)[1], **o),
        {},
        {"d_loss": ANY},
    ),
    "sequence_loss": (
        lambda **o: scratch.sequence_loss(LOGITS, LABELS, WEIGHTS, **o)[0],
        {},
        flags("average_across_timesteps", "average_across_batch"),
    ),
    "sequence_loss, sums": (
        lambda **o: scratch.sequence_loss(LOGITS, LABELS, WEIGHTS, False, False, **o)[0],
        {},
        flags("sum_over_timesteps", "sum_over_batch"),
    ),
    "sequence_loss_by_example": (
        lambda **o: scratch.sequence_loss_by_example(*LISTS, **o)[0],
        {},
        flags("average_across_timesteps"),
    ),
    "legacy_sequence_loss": (
        lambda **o: scratch.legacy_sequence_loss(*LISTS, **o)[0],
        {},
        flags("average_across_timesteps", "average_across_batch"),
    ),
    "sequence_loss_backward": (
        lambda **o: scratch.sequence_loss_backward(scratch.sequence_loss(LOGITS, LABELS, WEIGHTS)[1], **o),
        {},
        {"d_loss": ANY},
    ),
    "BatchNormalization.init_params": (scratch.BatchNormalization().init_params, {"size": 2}, {"size": COUNT}),
    "BatchNormalization.init_moving": (scratch.BatchNormalization().init_moving, {"size": 2}, {"size": COUNT}),
    "BatchNormalization.forward": (
        lambda **o: scratch.BatchNormalization().forward(
            *(make(2) for make in (scratch.BatchNormalization().init_params, scratch.BatchNormalization().init_moving)),
            INPUTS,
            **o,
        )[:2],
        {"training": True},
        flags("training"),
    ),
    "Dense.init_params": (
        lambda **o: scratch.Dense(2).init_params(new(), **o),
        {"input_size": 2},
        {"input_size": COUNT},
    ),
    "next_batch": (
        lambda **o: scratch.BatchSource(np.arange(5), np.arange(5), new()).next_batch(**o),
        {"batch_size": 2},
        {"batch_size": count(1, 5)},
    ),
    "pad_batch": (lambda **o: scratch.pad_batch(ROWS, **o), {}, {"num_steps": count(3).or_none()}),
    "padded_batches": (
        lambda **o: scratch.padded_batches(ROWS, **o),
        {"batch_size": 2},
        {"batch_size": COUNT, **flags("drop_remainder")},
    ),
    "bucket_by_length": (
        lambda **o: scratch.bucket_by_length(ROWS, [5], [2, 2], **o),
        {},
        flags("pad_to_bucket_boundary", "drop_remainder"),
    ),
    "buckets": (
        lambda boundary, size: scratch.bucket_by_length(ROWS, [boundary, 10], [2, size, 2]),
        {"boundary": 2, "size": 2},
        {"boundary": count(1, 9), "size": COUNT},
    ),
    "sequence_mask": (lambda **o: scratch.sequence_mask([1, 3], **o), {}, {"maxlen": SIZE.or_none()}),
    "reverse_sequence": (
        lambda **o: scratch.reverse_sequence(np.ones((2, 2, 2)), [2, 1], **o),
        {"batch_axis": 1, "seq_axis": 0},
        {"seq_axis": count(0, 0)},
    ),
    "reverse_sequence, batch_axis": (
        lambda **o: scratch.reverse_sequence(np.ones((2, 2, 2)), [2, 1], **o),
        {"seq_axis": 2},
        {"batch_axis": count(0, 1)},
    ),
    "series_to_rows": (
        lambda **o: scratch.series_to_rows(np.arange(4), **o),
        {"batch_size": 2},
        {"batch_size": Kind([*COUNT.taken, (4, 4)], [*COUNT.refused, 3, 5, 8])},
    ),
    "unflatten_time": (
        lambda **o: scratch.unflatten_time(np.arange(4), **o),
        {"batch_size": 2},
        {"batch_size": Kind([*COUNT.taken, (4, 4)], [*COUNT.refused, 3, 5, 8])},
    ),
    "unstack": (lambda **o: scratch.unstack(INPUTS, **o), {}, {"axis": count(-3, 2)}),
    "stack": (lambda **o: scratch.stack(list(INPUTS), **o), {}, {"axis": count(-3, 2)}),
    "one_hot": (lambda **o: scratch.one_hot(np.array([0, 2]), **o), {"num_classes": 3}, {"num_classes": count(3)}),
    "seeded_permutation": (scratch.seeded_permutation, {"seed": 1, "size": 3}, {"seed": SIZE, "size": COUNT}),
    "load_digits": (
        lambda **o: scratch.load_digits(**o).validation.labels,
        {},
        {"validation_size": count(1, 1499), "test_size": COUNT},
    ),
    "read": (
        lambda **o: mnist_data.read(images=np.ones((2, 4), np.float32), **o),
        {"reading": "rows"},
        {"reading": choice("rows", "pixels", "permuted")},
    ),
    "generate_data": (
        lambda **o: echo.generate_data(new(), **o),
        {"total_series_length": 20, "echo_step": 3, "batch_size": 1},
        {"echo_step": COUNT, "batch_size": COUNT, "total_series_length": COUNT},
    ),
    "echo.train": (generated, {"num_epochs": 1, "total_series_length": 75}, {"num_epochs": COUNT}),
    "tagging.train": (trained, {"num_epochs": 1}, {"num_epochs": COUNT}),
    "MnistTrainer": (step_of_mnist, {}, {"engine": ENGINE}),
    "TaggingTrainer": (step_of_tagging, {}, {"engine": ENGINE}),
    "EchoTrainer": (step_of_echo, {}, {"engine": ENGINE}),
    "make_sentences": (lambda **o: sentences.make_sentences(new(), **o), {"count": 2}, {"count": COUNT}),
    "shard_paths": (lambda **o: sentences.shard_paths("a", "b", **o), {"num_shards": 2}, {"num_shards": COUNT}),
    "vocabulary_of": (lambda **o: scratch.vocabulary_of([["a", "b", "a"]], **o), {}, {"least_count": COUNT}),
    "TFRecordWriter": (
        lambda **o: scratch.TFRecordWriter("a", **o).compression_type,
        {},
        {"compression_type": choice("GZIP", "ZLIB", "")},
    ),
    "read_tfrecord": (
        lambda **o: scratch.read_tfrecord("a", **o) and None,
        {},
        {"compression_type": choice("GZIP", "ZLIB", "")},
    ),
    "read_sequence_examples": (
        lambda **o: scratch.read_sequence_examples("a", {"b": scratch.VarLenFeature(bytes)}, **o) and None,
        {},
        {"compression_type": choice("GZIP", "ZLIB", "")},
    ),
    "CheckpointManager": (
        Saved,
        {"step": 3, "max_to_keep": 2},
        {"step": count(0, 10**18 - 1), "validation": ANY.or_none(), "max_to_keep": COUNT},
    ),
}
# Where the refusal has another name for it, or for what it does not fit.
NAMED = {
    ("unstack", "axis"): "axis is|axis must",
    ("stack", "axis"): "axis is|axis must",
    ("clip_by_value", "clip_value_min"): "clip_value_m",
    ("buckets", "boundary"): r"bucket_boundaries\b",
    ("buckets", "size"): r"bucket_batch_sizes\b",
    ("series_to_rows", "batch_size"): "batch_size must|which do not divide into",
    ("unflatten_time", "batch_size"): "batch_size must|which do not divide into",
    ("one_hot", "num_classes"): r"num_classes must|labels\[1\] must be from 0 to 1",
}
OPTIONS = [(name, option) for name, (_, _, options) in CALLS.items() for option in options]


def told(results):
    """Return all that can be told of results: of arrays also the dtype."""
    if isinstance(results, np.ndarray | np.generic):
        return results.dtype, results.shape, results.tobytes()
    if isinstance(results, dict | list | tuple):
        parts = results.values() if isinstance(results, dict) else results
        return type(results).__name__, [told(part) for part in parts]
    return repr(results)


@pytest.fixture(autouse=True)
def threads_as_before():
    before = scratch.get_num_threads()
    yield
    scratch.set_num_threads(before)


@pytest.mark.parametrize(("call", "name"), OPTIONS, ids=[f"{call}({name})" for call, name in OPTIONS])
def test_options_of_calls(call, name, tmp_path_factory):
    function, good, options = CALLS[call]
    if function is Saved:
        function = Saved(tmp_path_factory)
    for value, same in options[name].taken:
        assert told(function(**{**good, name: value})) == told(function(**{**good, name: same}))
    for value in options[name].refused:
        with pytest.raises((TypeError, ValueError), match=NAMED.get((call, name), name)):
            function(**{**good, name: value})


DTYPES = {
    "init_params": lambda dtype: CELL.init_params(new(), 2, dtype),
    "init_params of a GRU": lambda dtype: scratch.GRUCell(3).init_params(new(), 2, dtype),
    "init_params of layers": lambda dtype: LAYERS.init_params(new(), 2, dtype),
    "init_params of attention": lambda dtype: scratch.AttentionCellWrapper(CELL, 2).init_params(new(), 2, dtype),
    "zero_state": lambda dtype: LAYERS.zero_state(2, dtype),
    "bidirectional_params": lambda dtype: scratch.bidirectional_params(new(), CELL, CELL, 2, dtype),
    "stack_bidirectional_params": lambda dtype: scratch.stack_bidirectional_params(new(), [CELL], [CELL], 2, dtype),
    "Dense": lambda dtype: scratch.Dense(2).init_params(new(), 3, dtype),
    "Embedding": lambda dtype: scratch.Embedding(2, 3).init_params(new(), dtype),
    "BatchNormalization": lambda dtype: scratch.BatchNormalization().init_params(2, dtype),
    "moving": lambda dtype: scratch.BatchNormalization().init_moving(2, dtype),
    "one_hot": lambda dtype: scratch.one_hot(np.array([0, 2]), 3, dtype),
    "Tagger": lambda dtype: tagging.Tagger(7, 3, 2, 3).init_params(new(), dtype),
    "echo": lambda dtype: echo.init_params(echo.PARTS[4], new(), dtype),
    "mnist": lambda dtype: mnist.init_params(mnist.PROGRAMS["choi"], new(), 3, dtype),
    "mnist, batch norm": lambda dtype: mnist.init_params(mnist.PROGRAMS["lee3"], new(), 3, dtype),
}


@pytest.mark.parametrize("name", DTYPES)
def test_a_dtype_reaches_every_array(name):
    for dtype in (np.float32, np.float64, "float64", np.dtype("float32")):
        for path, leaf in named_leaves(DTYPES[name](dtype)):
            assert leaf.dtype == dtype, path
    for dtype in (None, int, "int64", np.float16, np.longdouble, object, "text", 5, np.complex64, ">f8", bool):
        if name in ("mnist", "mnist, batch norm") and dtype not in (int, object):
            continue
        with pytest.raises(TypeError, match="must be float32 or float64"):
            DTYPES[name](dtype)


def test_a_schema_asks_for_something():
    with pytest.raises(ValueError, match="must not both be empty"):
        Schema({}, None)
    with pytest.raises(ValueError, match="must not both be empty"):
        Schema(None, {})
