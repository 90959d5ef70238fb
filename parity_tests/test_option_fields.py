"""Every option of every class and function at its exact boundary: what is just allowed is taken, what is just beyond
is refused by its own name, and every class of options is a value that cannot be changed."""

import dataclasses
import importlib
import inspect
import pkgutil

import numpy as np
import pytest

import scratch
from scratch.tasks.tagging import Tagger

JUST_BELOW_1 = float(np.nextafter(np.float32(1), np.float32(0)))
# What is taken and what is refused, for each kind of option.
COUNT = (1, np.int32(7)), (0, 1.5, True, "1", None)
RATE = (0, 3e38), (-5e-324, np.nan, np.inf, "0.1", True, None)
DECAY = (0, JUST_BELOW_1), (-5e-324, 1, np.nan, "0.1", True, None)
POSITIVE = (5e-324, 3e38), (0, -1.0, np.nan, np.inf, "1", True, None)
PROBABILITY = (5e-324, 1), (0, float(np.nextafter(1, 2)), np.nan, "1", True, None)
NUMBER = (-3e38, 0), (-4e38, np.nan, -np.inf, "1", True, None)
FLAG = (True, False), (1, 0, None, "True", np.bool_(True))
PHI = ("tanh", "relu", "hard_sigmoid"), ("silu", None, np.tanh, ("tanh", 1.0), ("elu", -5e-324))
STARTS = (scratch.initializers.zeros, scratch.initializers.orthogonal), (None, 0.0, "zeros")
GATED = {"activation": PHI, "use_bias": FLAG, "recurrent_activation": PHI}


def or_none(kind):
    return (*kind[0], None), tuple(value for value in kind[1] if value is not None)


OPTIONS = [
    (scratch.BasicRNNCell(4), {"num_units": COUNT, "activation": PHI, "use_bias": FLAG}),
    (
        scratch.BasicLSTMCell(4),
        {"num_units": COUNT, "forget_bias": NUMBER, **GATED},
    ),
    (
        scratch.GRUCell(4),
        {"num_units": COUNT, "reset_after": FLAG, **GATED},
    ),
    (
        scratch.LSTMCell(4, num_proj=2),
        {
            **{"num_units": COUNT, "use_peepholes": FLAG, "cell_clip": or_none(POSITIVE), "num_proj": or_none(COUNT)},
            **{
                "proj_clip": or_none(POSITIVE),
                "forget_bias": NUMBER,
                "activation": PHI,
                "use_bias": FLAG,
                "recurrent_activation": PHI,
            },
        },
    ),
    (
        scratch.LSTMBlockCell(4),
        {
            **{"num_units": COUNT, "use_peepholes": FLAG, "cell_clip": or_none(POSITIVE), "forget_bias": NUMBER},
            **{"num_proj": ((None,), (2,)), "proj_clip": ((None,), (0.5,)), "activation": (("tanh",), ("relu",))},
            **{"use_bias": ((True,), (False,)), "recurrent_activation": (("sigmoid",), ("tanh",))},
        },
    ),
    (
        scratch.CoupledInputForgetGateLSTMCell(4, num_proj=2),
        {
            **{"num_units": COUNT, "use_peepholes": FLAG, "num_proj": or_none(COUNT), "proj_clip": or_none(POSITIVE)},
            **{"forget_bias": NUMBER, **GATED},
        },
    ),
    (
        scratch.TimeFreqLSTMCell(4, feature_size=2),
        {
            **{"num_units": COUNT, "use_peepholes": FLAG, "cell_clip": or_none(POSITIVE), "forget_bias": NUMBER},
            **{"feature_size": COUNT, "frequency_skip": COUNT, "num_shifts": or_none(COUNT)},
        },
    ),
    (
        scratch.GridLSTMCell(4, feature_size=2, frequency_skip=1, num_frequency_blocks=[2]),
        {
            **{"num_units": COUNT, "use_peepholes": FLAG, "cell_clip": or_none(POSITIVE), "forget_bias": NUMBER},
            **{"share_time_frequency_weights": FLAG, "couple_input_forget_gates": FLAG},
            **{"feature_size": COUNT, "frequency_skip": COUNT},
            "start_freqindex_list": ((None,), ([0], [-1], [0.0], [], 0)),
            "end_freqindex_list": ((None,), ([1], [0], [1.0], [], 1)),
            "num_frequency_blocks": (([1], (np.int64(2),)), (None, [], [0], [1.0], 2)),
        },
    ),
    (
        scratch.DropoutWrapper(scratch.BasicRNNCell(4)),
        {
            **dict.fromkeys(("input_keep_prob", "output_keep_prob", "state_keep_prob"), PROBABILITY),
            "variational_recurrent": FLAG,
            "dropout_state_filter_visitor": ((bool,), (None, True)),
            "cell": ((scratch.GRUCell(2),), (None, scratch.GRUCell)),
        },
    ),
    (scratch.ResidualWrapper(scratch.BasicRNNCell(4)), {"cell": ((scratch.GRUCell(2),), (None, scratch.GRUCell))}),
    (
        scratch.AttentionCellWrapper(scratch.BasicRNNCell(4), 2),
        {
            **{"attn_length": COUNT, "cell": ((scratch.GRUCell(2),), (None, scratch.GRUCell))},
            **dict.fromkeys(("attn_size", "attn_vec_size", "input_size"), or_none(COUNT)),
        },
    ),
    (scratch.GradientDescentOptimizer(0.1), {"learning_rate": RATE}),
    (scratch.AdagradOptimizer(0.1), {"learning_rate": RATE, "initial_accumulator_value": POSITIVE}),
    (scratch.MomentumOptimizer(0.1, 0.9), {"learning_rate": RATE, "momentum": DECAY, "use_nesterov": FLAG}),
    (
        scratch.RMSPropOptimizer(0.1),
        {"learning_rate": RATE, "decay": DECAY, "momentum": DECAY, "epsilon": POSITIVE, "centered": FLAG},
    ),
    (scratch.AdamOptimizer(), {"learning_rate": RATE, "beta1": DECAY, "beta2": DECAY, "epsilon": POSITIVE}),
    (scratch.BatchNormalization(), {"momentum": DECAY, "epsilon": POSITIVE, "center": FLAG, "scale": FLAG}),
    (scratch.Dense(2), {"units": COUNT, **dict.fromkeys(("kernel_initializer", "bias_initializer"), STARTS)}),
    (scratch.Embedding(5, 2), {"vocabulary_size": COUNT, "embedding_size": COUNT}),
    (
        Tagger(5, 3, 2, 4),
        dict.fromkeys(("vocabulary_size", "num_labels", "embedding_size", "num_units"), COUNT),
    ),
]


def kind_of(value):
    return type(value).__name__


@pytest.mark.parametrize(("options", "fields"), OPTIONS, ids=kind_of)
def test_each_field_at_its_boundary(options, fields):
    assert fields.keys() == {field.name for field in dataclasses.fields(options)}
    for name, (taken, refused) in fields.items():
        for value in taken:
            made = getattr(dataclasses.replace(options, **{name: value}), name)
            assert made == (tuple(value) if isinstance(value, list) else value)
            # NumPy's numbers would make float64 of float32.
            assert not isinstance(made, np.generic)
        for value in refused:
            with pytest.raises((TypeError, ValueError), match=f"^(start_freqindex_list and .*)?{name}( |\\[)"):
                dataclasses.replace(options, **{name: value})


def classes_of_options():
    for module in pkgutil.walk_packages(scratch.__path__, "scratch."):
        for value in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(value) and value.__module__ == module.name and dataclasses.is_dataclass(value):
                yield value


def test_no_dataclass_can_be_changed():
    classes = set(classes_of_options())
    assert {type(options) for options, _ in OPTIONS} <= classes
    assert [kind for kind in classes if not kind.__dataclass_params__.frozen] == []


@pytest.mark.parametrize(("options", "fields"), OPTIONS, ids=kind_of)
def test_equal_options_are_equal_values(options, fields):
    same = dataclasses.replace(options)
    assert (same, hash(same), repr(same)) == (options, hash(options), repr(options))


RNG = np.random.default_rng(0)
LOGITS, TARGETS = RNG.standard_normal((2, 3, 4)), RNG.integers(4, size=(2, 3))
LOSS = {"logits": LOGITS, "targets": TARGETS, "weights": np.ones((2, 3))}
LISTED = {name: list(array.swapaxes(0, 1)) for name, array in LOSS.items()}
AVERAGES = dict.fromkeys(("average_across_timesteps", "average_across_batch"), FLAG)
NONE_AVERAGED = dict.fromkeys(AVERAGES, False)
CELL = scratch.BasicRNNCell(4)
PARAMS = CELL.init_params(np.random.default_rng(0), 4, np.float64)
BOTH = scratch.bidirectional_params(np.random.default_rng(0), CELL, CELL, 4, np.float64)
STACK = scratch.stack_bidirectional_params(np.random.default_rng(0), [CELL], [CELL], 4, np.float64)
UNROLL = {"params": PARAMS, "inputs": LOGITS}
ENGINE = ("numpy", "numba"), ("NumPy", None, 0)
ROWS = [np.arange(size) for size in (1, 4, 2)]
GRADIENTS = {"w": np.ones(3)}
CALLS = {
    "sequence_loss": (scratch.sequence_loss, LOSS, AVERAGES),
    "sequence_loss, sums": (
        lambda **given: scratch.sequence_loss(**LOSS, **NONE_AVERAGED, **given),
        {},
        dict.fromkeys(("sum_over_timesteps", "sum_over_batch"), FLAG),
    ),
    "legacy_sequence_loss": (scratch.legacy_sequence_loss, LISTED, AVERAGES),
    "by_example": (scratch.sequence_loss_by_example, LISTED, {"average_across_timesteps": FLAG}),
    "masked_loss": (
        scratch.masked_loss,
        {"labels": TARGETS, "logits": LOGITS, "mask": np.ones((2, 3), bool)},
        {"mean": (("examples", "steps"), ("example", None))},
    ),
    "dynamic_rnn": (
        lambda **given: scratch.dynamic_rnn(CELL, **given),
        UNROLL,
        {"time_major": FLAG, "engine": ENGINE, "keep_tape": FLAG, "checkpoint_every": or_none(COUNT)},
    ),
    "bidirectional_dynamic_rnn": (
        lambda **given: scratch.bidirectional_dynamic_rnn(CELL, CELL, **given),
        {"params": BOTH, "inputs": LOGITS},
        {"time_major": FLAG, "engine": ENGINE},
    ),
    "stack_bidirectional_dynamic_rnn": (
        lambda **given: scratch.stack_bidirectional_dynamic_rnn([CELL], [CELL], **given),
        {"params": STACK, "inputs": LOGITS},
        {"time_major": FLAG, "engine": ENGINE},
    ),
    "truncated_rnn": (
        lambda **given: scratch.truncated_rnn(CELL, **given),
        {**UNROLL, "truncated_backprop_length": 2},
        {"truncated_backprop_length": COUNT, "engine": ENGINE},
    ),
    "Stream": (lambda **given: scratch.Stream(CELL, PARAMS, **given), {}, {"engine": ENGINE}),
    "windows": (
        scratch.windows,
        {"num_steps": 3, "truncated_backprop_length": 2},
        {"num_steps": COUNT, "truncated_backprop_length": COUNT},
    ),
    "padded_batches": (
        scratch.padded_batches,
        {"rows": ROWS, "batch_size": 2},
        {"batch_size": COUNT, "drop_remainder": FLAG},
    ),
    "bucket_by_length": (
        scratch.bucket_by_length,
        {"rows": ROWS, "bucket_boundaries": [3, 5], "bucket_batch_sizes": [1, 2, 2]},
        {"pad_to_bucket_boundary": FLAG, "drop_remainder": FLAG},
    ),
    "pad_batch": (scratch.pad_batch, {"rows": ROWS}, {"num_steps": ((4, None), (3, 4.0, True, "4"))}),
    "sequence_mask": (scratch.sequence_mask, {"lengths": [1, 2]}, {"maxlen": ((0, None), (-1, 1.0, True))}),
    "clip_by_norm": (scratch.clip_by_norm, {"gradients": GRADIENTS}, {"clip_norm": POSITIVE}),
    "clip_by_global_norm": (scratch.clip_by_global_norm, {"gradients": GRADIENTS}, {"clip_norm": POSITIVE}),
    "clip_by_value": (
        scratch.clip_by_value,
        {"gradients": GRADIENTS, "clip_value_min": -1, "clip_value_max": 1},
        {
            "clip_value_min": ((1, -1e300), (np.nan, "1", True, None)),
            "clip_value_max": ((-1, 1e300), (np.nextafter(-1, -2), np.nan, "1", True, None)),
        },
    ),
    "BatchNormalization": (
        lambda training: scratch.BatchNormalization().forward(
            {"gamma": np.ones(4), "beta": np.zeros(4)},
            {"moving_mean": np.zeros(4), "moving_variance": np.ones(4)},
            LOGITS,
            training,
        ),
        {},
        {"training": FLAG},
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_each_argument_at_its_boundary(name):
    call, given, arguments = CALLS[name]
    for argument, (taken, refused) in arguments.items():
        for value in taken:
            call(**{**given, argument: value})
        for value in refused:
            with pytest.raises((TypeError, ValueError), match=f"^(rows.*, but )?{argument} "):
                call(**{**given, argument: value})


@pytest.mark.parametrize(
    "optimizer", [options for options, _ in OPTIONS if hasattr(options, "init_slots")], ids=kind_of
)
def test_no_optimizer_starts_on_what_are_no_weights(optimizer):
    for params in (None, {}, {"a": {}}, {"w": np.ones(3, int)}, {"w": [1.0]}, {"w": np.ones(3), "v": np.ones(3, "f")}):
        with pytest.raises(TypeError, match="^params"):
            optimizer.init_slots(params)
