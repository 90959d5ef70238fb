"""Layers, losses, clipping, optimisers, a trainer."""

import numpy as np

import scratch
from parity_tests.rows.row import ANY_TREE, GENERATOR, Row, integers, normal
from scratch.tree import map_tree, named_leaves

LOGITS, LABELS = normal(4, 3, 5), integers(5, 4, 3)
MASK = np.arange(3) < np.array([3, 0, 1, 2])[:, None]
WEIGHTS, COUNTS = 1.0 * MASK, np.array([3, 0, 1, 2])
TREE = {"a": {"kernel": normal(3, 4), "bias": normal(4)}, "b": normal(2)}
PLAIN_NUMBERS = [
    "axis 1",
    "an axis more behind",
    "other float",
    "half",
    "long",
    "complex",
    "whole",
    "Boolean",
    "float",
    "negative",
    "huge",
    "int32",
    "uint8",
    "byte-swapped",
]
GRADIENTS = map_tree(lambda leaf: leaf[::-1].copy(), TREE)
LISTS = {"logits": list(np.moveaxis(LOGITS, 1, 0).copy()), "targets": list(np.moveaxis(LABELS, 1, 0).copy())}
LISTS |= {"weights": list(np.moveaxis(WEIGHTS, 1, 0).copy())}
# Of a loss, the logits say how many classes there are.
CLASSES = {"logits": ["axis 2", "other float", "complex"]}
ANY = ["axis", "an axis", "other float", "complex"]
# What is told of them differs with the numbers.
EXTREMES = ["one infinity", "infinities", "NaN", "the largest", "denormals"]
# It draws nothing.
UNUSED = [""]
SEEDS = {"rng": GENERATOR, "dtype": np.float64}
CELL = scratch.BasicLSTMCell(3)
PARAMS = CELL.init_params(np.random.default_rng(0), 5, np.float64)
NETWORK = scratch.Network({"rnn": scratch.RNN(CELL), "drop": scratch.Dropout(0.5), "dense": scratch.Dense(5)})
THETA = NETWORK.init_params(np.random.default_rng(0), 5, np.float64)
GIVEN = scratch.Given(masks=NETWORK.draw_masks(np.random.default_rng(0), (4, 3, 5)), training=True)
BOTH = scratch.Bidirectional(CELL, scratch.GRUCell(2))
BOTH_PARAMS = BOTH.init_params(np.random.default_rng(0), 5, np.float64)
PLAIN = scratch.Network({"rnn": scratch.RNN(CELL), "dense": scratch.Dense(5)})
PLAIN_THETA = {name: THETA[name] for name in ("rnn", "dense")}
PICTURES = normal(6, 2), integers(3, 6)
BATCHES = scratch.BatchSource(*PICTURES, np.random.default_rng(0)).state()


@np.errstate(all="ignore")
def cubes(tree):
    return sum((leaf**3).sum() for _, leaf in named_leaves(tree))


# What a layer has no use for, it does not look at.
MAY_BE_NONE = ("given.state", "given.masks", "given.moving", "given.sequence_length")
UNUSED_PARTS = {
    "RNN": ("given.moving",),
    "Bidirectional": ("given.moving",),
    "Dropout": ("given.moving", "given.state", "given.sequence_length", "given.engine"),
    "LastOutput": ("given.moving", "given.state", "given.masks", "given.engine"),
    "Network": ("given.moving", "given.state", "given.masks"),
}
GIVEN_AS = {"x": ("inputs", "params", "sequence_length", "masks", "initial_state"), "d_y": ("d_outputs",)}


def layer_rows(layer, params, x, d_y, **given):
    """Return the rows of a layer that is called as every layer of a network is."""
    name, kept = type(layer).__name__, layer.forward(params, x, scratch.Given(**given))[1]
    free = {part: [""] for part in UNUSED_PARTS[name]} | {
        "x": ["axis 1", *(["axis 2", "other float", "complex"] if not params else [])]
    }
    rows = {
        f"{name}.forward": Row(
            lambda **a: layer.forward(**a)[0],
            {"params": params, "x": x, "given": scratch.Given(**given)},
            free,
            GIVEN_AS,
            MAY_BE_NONE,
        ),
        f"{name}.backward": Row(
            lambda **a: layer.backward(**a),
            {"params": params, "kept": kept, "d_y": d_y},
            {"d_y": ["other float", "complex"] if name in ("Dropout", "LastOutput") else []},
            GIVEN_AS,
        ),
        f"{name}.init_params": Row(lambda **a: layer.init_params(**a), SEEDS | {"input_size": 5}),
        f"{name}.draw_masks": Row(
            lambda **a: layer.draw_masks(**a),
            {"rng": GENERATOR, "shape": (4, 3, 5)},
            {"shape": ["empty", "shorter", "longer"]} if name in ("Dropout", "LastOutput") else {},
        ),
        f"{name}.zero_state": Row(lambda **a: layer.zero_state(**a), {"batch_size": 2, "dtype": np.float64}),
    }
    return rows


def trainer(**options):
    given = {"network": PLAIN, "params": PLAIN_THETA, "loss": scratch.CrossEntropy()}
    return scratch.Trainer(**given | {"optimizer": scratch.AdamOptimizer()} | options)


def stepped(**given):
    made = trainer()
    step = made.step(**given)
    return step.loss, step.gradients, made.params


def batches_after(state):
    source = scratch.BatchSource(*PICTURES, np.random.default_rng(1))
    source.restore(state)
    return source.next_batch(2)


def cache_of(loss, *given, **options):
    return loss(*given, **options)[1]


def inherited(layer):
    """Return the rows of what a layer has of ``Layer``."""
    name = type(layer).__name__
    return {
        f"{name}.draw_masks": Row(
            lambda **a: layer.draw_masks(**a),
            {"rng": GENERATOR, "shape": (4, 3, 5)},
            {"shape": ["empty", "shorter", "longer"]},
        ),
        f"{name}.zero_state": Row(lambda **a: layer.zero_state(**a), {"batch_size": 2, "dtype": np.float64}),
    }


TRAINING = {
    **inherited(scratch.Dense(2)),
    **inherited(scratch.Embedding(5, 2)),
    **inherited(scratch.BatchNormalization()),
    **layer_rows(scratch.RNN(CELL), PARAMS, LOGITS, normal(4, 3, 3), state=CELL.zero_state(4, np.float64)),
    **layer_rows(BOTH, BOTH_PARAMS, LOGITS, normal(4, 3, 5), sequence_length=COUNTS),
    **layer_rows(scratch.Dropout(0.5), {}, LOGITS, normal(4, 3, 5), masks=normal(4, 3, 5) > 0),
    **layer_rows(scratch.LastOutput(), {}, LOGITS, normal(4, 5), sequence_length=COUNTS),
    **layer_rows(NETWORK, THETA, LOGITS, normal(4, 3, 5), **GIVEN._asdict()),
    "Dense.forward": Row(
        lambda **a: scratch.Dense(2).forward(**a)[0],
        {"params": {"kernel": normal(5, 2), "bias": normal(2)}, "inputs": LOGITS},
        {"inputs": ["axis 0", "axis 1", "an axis"]},
    ),
    "Dense.backward": Row(
        lambda **a: scratch.Dense(2).backward(**a),
        {"params": {"kernel": normal(5, 2), "bias": normal(2)}, "cache": LOGITS, "d_outputs": normal(4, 3, 2)},
        {},
        {"cache": ("d_outputs",)},
    ),
    "Dense.init_params": Row(
        lambda **a: scratch.Dense(2).init_params(**a), SEEDS | {"input_size": 5, "kernel_initializer": scratch.uniform}
    ),
    "Embedding.forward": Row(
        lambda **a: scratch.Embedding(5, 2).forward(**a)[0],
        {"params": {"embeddings": normal(5, 2)}, "numbers": LABELS},
        {"numbers": ["axis", "an axis"], "params": ["other float", "complex"]},
    ),
    "Embedding.backward": Row(
        lambda **a: scratch.Embedding(5, 2).backward(**a),
        {"params": {"embeddings": normal(5, 2)}, "cache": LABELS, "d_vectors": normal(4, 3, 2)},
        {},
        {"cache": ("d_vectors",)},
    ),
    "Embedding.init_params": Row(
        lambda **a: scratch.Embedding(5, 2).init_params(**a), SEEDS | {"initializer": scratch.uniform}
    ),
    "BatchNormalization.forward": Row(
        lambda **a: scratch.BatchNormalization().forward(**a)[:2],
        {"params": {"gamma": normal(5), "beta": normal(5)}, "x": LOGITS, "training": True}
        | {"moving": {"moving_mean": normal(5), "moving_variance": normal(5) ** 2}},
        {"x": ["axis 0", "axis 1", "an axis"]},
    ),
    "BatchNormalization.backward": Row(
        lambda **a: scratch.BatchNormalization().backward(**a),
        {"params": {"gamma": normal(5), "beta": normal(5)}, "d_y": normal(4, 3, 5)}
        | {
            "cache": scratch.BatchNormalization().forward(
                *(
                    make(5, np.float64)
                    for make in (scratch.BatchNormalization().init_params, scratch.BatchNormalization().init_moving)
                ),
                LOGITS,
                True,
            )[2]
        },
    ),
    "BatchNormalization.init_params": Row(scratch.BatchNormalization().init_params, {"size": 5, "dtype": np.float64}),
    "BatchNormalization.init_moving": Row(scratch.BatchNormalization().init_moving, {"size": 5, "dtype": np.float64}),
    "CrossEntropy.forward": Row(
        lambda **a: scratch.CrossEntropy().forward(**a)[0],
        {"labels": LABELS, "logits": LOGITS, "sequence_length": COUNTS},
        CLASSES,
    ),
    "CrossEntropy.backward": Row(
        lambda **a: scratch.CrossEntropy().backward(**a),
        {"cache": cache_of(scratch.CrossEntropy().forward, LABELS, LOGITS, COUNTS)},
    ),
    "softmax": Row(scratch.softmax, {"logits": LOGITS}, {"logits": ANY}),
    "softmax_cross_entropy_with_logits": Row(
        lambda **a: scratch.softmax_cross_entropy_with_logits(**a)[0], {"labels": np.eye(5)[LABELS], "logits": LOGITS}
    ),
    "softmax_cross_entropy_with_logits_backward": Row(
        scratch.softmax_cross_entropy_with_logits_backward,
        {"cache": cache_of(scratch.sparse_softmax_cross_entropy_with_logits, LABELS, LOGITS), "d_loss": normal(4, 3)},
    ),
    "sparse_softmax_cross_entropy_with_logits": Row(
        lambda **a: scratch.sparse_softmax_cross_entropy_with_logits(**a)[0],
        {"labels": LABELS, "logits": LOGITS},
        CLASSES,
    ),
    "masked_loss": Row(
        lambda **a: scratch.masked_loss(**a)[0],
        {"labels": LABELS, "logits": LOGITS, "mask": MASK, "mean": "steps"},
        CLASSES,
    ),
    "masked_loss_backward": Row(
        scratch.masked_loss_backward, {"cache": cache_of(scratch.masked_loss, LABELS, LOGITS, MASK), "d_loss": 0.5}
    ),
    "mask_by_length": Row(
        scratch.mask_by_length,
        {"labels": LABELS, "sequence_length": COUNTS},
        {"labels": ["axis 1 by 1", "negative", "huge"]},
        {"labels": ("sequence_length",)},
    ),
    "mask_by_sign": Row(scratch.mask_by_sign, {"labels": LABELS}, {"labels": ["axis", "huge"]}),
    "sequence_loss": Row(
        lambda **a: scratch.sequence_loss(**a)[0],
        {"logits": LOGITS, "targets": LABELS, "weights": WEIGHTS, "average_across_timesteps": True}
        | {"average_across_batch": True, "sum_over_timesteps": False, "sum_over_batch": False},
        {"logits": ["axis 2"]},
    ),
    "sequence_loss_by_example": Row(
        lambda **a: scratch.sequence_loss_by_example(**a)[0],
        LISTS | {"average_across_timesteps": True},
    ),
    "legacy_sequence_loss": Row(
        lambda **a: scratch.legacy_sequence_loss(**a)[0],
        LISTS | {"average_across_timesteps": True, "average_across_batch": True},
    ),
    "sequence_loss_backward": Row(
        scratch.sequence_loss_backward,
        {"cache": cache_of(scratch.sequence_loss, LOGITS, LABELS, WEIGHTS), "d_loss": 0.5},
    ),
    "complex_step": Row(scratch.complex_step, {"function": cubes, "tree": TREE}, {"tree": [*ANY_TREE, "complex"]}),
    "check_gradients": Row(
        scratch.check_gradients,
        {
            "function": cubes,
            "tree": TREE,
            "gradients": map_tree(lambda leaf: 3 * leaf**2, TREE),
            "num_entries": 2,
            "rng": GENERATOR,
        },
        {"tree": ["complex", *EXTREMES], "gradients": EXTREMES},
        {"tree": ("gradients",), "gradients": ("gradient",)},
    ),
    "global_norm": Row(scratch.global_norm, {"gradients": GRADIENTS}, {"gradients": ANY_TREE}),
    "clip_by_norm": Row(
        scratch.clip_by_norm,
        {"gradients": GRADIENTS, "clip_norm": 0.5, "skip": ("b",)},
        {"gradients": ANY_TREE, "skip": ["empty", "shorter", "longer"]},
    ),
    "clip_by_global_norm": Row(
        scratch.clip_by_global_norm, {"gradients": GRADIENTS, "clip_norm": 0.5}, {"gradients": ANY_TREE}
    ),
    "clip_by_value": Row(
        scratch.clip_by_value,
        {"gradients": GRADIENTS, "clip_value_min": -0.5, "clip_value_max": 0.5},
        {"gradients": ANY_TREE},
    ),
    "Clipping.apply": Row(scratch.Clipping("norm", 0.5).apply, {"gradients": GRADIENTS}, {"gradients": ANY_TREE}),
    "slot_variables": Row(
        scratch.slot_variables,
        {"optimizer": scratch.AdamOptimizer(), "slots": scratch.AdamOptimizer().init_slots(TREE)},
        {"slots": [*ANY_TREE, "other float", "complex"]},
    ),
    "slots_from_variables": Row(
        scratch.slots_from_variables,
        {"optimizer": scratch.AdamOptimizer(), "params": TREE}
        | {"variables": scratch.slot_variables(scratch.AdamOptimizer(), scratch.AdamOptimizer().init_slots(TREE))},
        {"params": ANY_TREE, "variables": ["more"]},
        {"params": ("variables",)},
    ),
    "Trainer": Row(
        lambda **a: scratch.Trainer(**a).step(LOGITS, LABELS).loss,
        {"network": PLAIN, "params": PLAIN_THETA, "loss": scratch.CrossEntropy(), "optimizer": scratch.AdamOptimizer()}
        | {"clip": scratch.Clipping("norm", 1.0), "schedule": scratch.ExponentialDecay(0.1, 5, 0.5)}
        | {"carry_state": True, "engine": "numpy"},
    ),
    "Trainer.step": Row(stepped, {"x": LOGITS, "labels": LABELS, "sequence_length": COUNTS}, {}, GIVEN_AS),
    "Trainer.step with dropout": Row(
        lambda **given: trainer(network=NETWORK, params=THETA).step(**given).loss,
        {"x": LOGITS, "labels": LABELS, "masks": GIVEN.masks},
        {},
        GIVEN_AS,
    ),
    "Trainer.logits": Row(
        lambda **a: trainer().logits(**a), {"x": LOGITS, "sequence_length": COUNTS}, {"x": ["axis 1"]}, GIVEN_AS
    ),
    "Trainer.evaluate": Row(
        lambda **a: trainer().evaluate(**a),
        {"x": LOGITS, "labels": LABELS, "sequence_length": COUNTS},
        {},
        GIVEN_AS,
    ),
    "Trainer.restore": Row(
        lambda saved: trainer().restore(saved),
        {"saved": trainer().variables()},
        {"saved": ["more"]},
        {"saved": ("variables", "global_step", "path")},
    ),
    "Trainer.variables": Row(lambda: trainer().variables(), {}),
    "BatchSource": Row(
        lambda **a: scratch.BatchSource(**a).next_batch(2),
        {"images": PICTURES[0], "labels": PICTURES[1], "rng": GENERATOR},
        {"images": PLAIN_NUMBERS, "labels": PLAIN_NUMBERS},
    ),
    "BatchSource.next_batch": Row(
        lambda batch_size: scratch.BatchSource(*PICTURES, np.random.default_rng(0)).next_batch(batch_size),
        {"batch_size": 2},
    ),
    "BatchSource.restore": Row(batches_after, {"state": BATCHES}, {"state": ["more", "a key", "a number"]}),
    "BatchSource.state": Row(lambda: scratch.BatchSource(*PICTURES, np.random.default_rng(0)).state(), {}),
    "histogram": Row(scratch.histogram, {"values": LOGITS}, {"values": ["axis", "an axis", "other float", *EXTREMES]}),
    "categorical": Row(
        scratch.categorical, {"rng": GENERATOR, "logits": LOGITS, "temperature": 0.5, "top_k": 2}, {"logits": [*ANY]}
    ),
    "generator_state": Row(scratch.generator_state, {"rng": GENERATOR}),
    "restore_generator": Row(
        scratch.restore_generator, {"rng": GENERATOR, "state": scratch.generator_state(np.random.default_rng(3))}
    ),
}
for kind in (
    scratch.GradientDescentOptimizer(0.1),
    scratch.AdagradOptimizer(0.1),
    scratch.MomentumOptimizer(0.1, 0.9),
    scratch.RMSPropOptimizer(0.1, centered=True),
    scratch.AdamOptimizer(),
):
    TRAINING[f"{type(kind).__name__}.apply_gradients"] = Row(
        kind.apply_gradients,
        {"params": TREE, "gradients": GRADIENTS, "slots": kind.init_slots(TREE)},
        {},
        {"params": ("gradients",)},
    )
    TRAINING[f"{type(kind).__name__}.init_slots"] = Row(kind.init_slots, {"params": TREE}, {"params": ANY_TREE})
for schedule in (
    scratch.ExponentialDecay(0.1, 5, 0.5),
    scratch.InverseTimeDecay(0.1, 5, 0.5),
    scratch.PolynomialDecay(0.1, 5),
    scratch.CosineDecay(0.1, 5),
    scratch.PiecewiseConstantDecay([3], [0.1, 0.2]),
    scratch.WarmUp(scratch.CosineDecay(0.1, 5), 3),
):
    TRAINING[f"{type(schedule).__name__}.__call__"] = Row(schedule, {"step": 2}, {"step": ["2**62"]})
for start in (scratch.glorot_uniform, scratch.orthogonal, scratch.uniform, scratch.zeros):
    TRAINING[start.__name__] = Row(
        start,
        SEEDS | {"shape": (3, 2)},
        {"shape": ["shorter", "longer", "empty"], "rng": UNUSED if start is scratch.zeros else []},
    )
