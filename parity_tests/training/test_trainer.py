import numpy as np
import pytest

from parity_tests.harness import assert_parity
from parity_tests.training.networks import LENGTHS, NETWORKS, WORDS, B, D, T, problem
from scratch.training.adam import AdamOptimizer
from scratch.training.clipping import Clipping
from scratch.training.losses import CrossEntropy
from scratch.training.momentum import MomentumOptimizer
from scratch.training.schedules import ExponentialDecay
from scratch.training.trainer import Batch, Trainer
from scratch.tree import map_tree, named_leaves
from tf_impl.training.trainer import Feeds
from tf_impl.training.trainer import Trainer as TensorFlowTrainer

# For each network: its loss, its optimiser, and how it is trained.
SETTINGS = {
    "tagger": (CrossEntropy("examples"), AdamOptimizer(0.05), {"clip": Clipping("global_norm", 0.05)}),
    "classifier": (
        CrossEntropy(),
        MomentumOptimizer(0.5, 0.9),
        {"clip": Clipping("norm", 0.02, skip=("dense",)), "schedule": ExponentialDecay(0.2, 2, 0.5)},
    ),
    "dropout": (CrossEntropy(), AdamOptimizer(0.05), {"clip": Clipping("value", 0.004), "carry_state": True}),
}
FEEDS = {
    "tagger": Feeds((None, None), lengths=True),
    "classifier": Feeds((None, T, D)),
    "dropout": Feeds((B, T, D), "static"),
}


def make(name, engine="numpy", dtype=np.float64):
    loss, optimizer, options = SETTINGS[name]
    network, params, *_ = problem(name, dtype)
    return Trainer(network, params, loss, optimizer, engine=engine, **options)


def batches(name, count, dtype=np.float64):
    """Return the keyword arguments of so many steps."""
    rng, found = np.random.default_rng(8), []
    for _ in range(count):
        x = rng.integers(WORDS, size=(B, T)) if name == "tagger" else rng.standard_normal((B, T, D)).astype(dtype)
        batch = {"x": x, "labels": rng.integers(5, size=B if name == "classifier" else (B, T))}
        if name == "tagger":
            batch["sequence_length"] = rng.permutation(LENGTHS)
        if name == "dropout":
            batch["masks"] = NETWORKS[name].draw_masks(rng, x.shape)
        found.append(batch)
    return found


@pytest.mark.parametrize("name", NETWORKS)
def test_a_run_agrees_with_tensorflow(name):
    """Six steps: losses, outputs, gradients raw and clipped, the state that is carried; then all variables by name."""
    loss, optimizer, options = SETTINGS[name]
    network, params, *_ = problem(name)
    theirs = TensorFlowTrainer(network, params, loss, optimizer, FEEDS[name], **options)
    ours = [make(name, engine) for engine in ("numpy", "numba")]
    for batch in batches(name, 6):
        expected = theirs.step(**batch)
        for trainer in ours:
            step = trainer.step(**batch)
            assert_parity(step._replace(labels=()), expected._replace(labels=()))
            assert step.accuracy == pytest.approx(expected.accuracy)
            assert step.accuracy == np.mean(np.argmax(expected.y, axis=-1) == expected.labels)
            assert_parity({"state": trainer.state or {}}, {"state": theirs.state or {}})
            assert any(
                np.any(raw != short)
                for (_, raw), (_, short) in zip(named_leaves(step.gradients), named_leaves(step.clipped), strict=True)
            )
    x, lengths = batch["x"], batch.get("sequence_length")
    for trainer in ours:
        assert_parity(trainer.params, theirs.params)
        np.testing.assert_allclose(trainer.logits(x, lengths), theirs.logits(x, lengths), rtol=0, atol=1e-12)
        if name == "classifier":
            moving = {f"batch_normalization/{part}" for part in ("moving_mean", "moving_variance")}
            variables = theirs.variables()
            assert variables["global_step"] == trainer.global_step == 6
            assert_parity(
                {path: trainer.variables()[path] for path in moving}, {path: variables[path] for path in moving}
            )


@pytest.mark.parametrize("name", NETWORKS)
def test_a_run_that_was_saved_goes_on_bit_for_bit(name, tmp_path):
    steady, restored, seen = make(name), make(name), batches(name, 5)
    for batch in seen[:3]:
        steady.step(**batch)
    steady.save(tmp_path / "run.npz", {"place": {"epoch": np.int64(4)}})
    saved = restored.restore(tmp_path / "run.npz")
    assert saved["place"]["epoch"] == 4
    for trainer in (steady, restored):
        for batch in seen[3:]:
            trainer.step(**batch)
    assert restored.global_step == steady.global_step == 5
    assert_parity(restored.variables(), steady.variables(), limit=0)
    assert_parity({"state": restored.state or {}}, {"state": steady.state or {}}, limit=0)


def test_evaluation_changes_nothing_and_starts_from_zeros():
    trainer = make("dropout")
    batch = batches("dropout", 1)[0]
    trainer.step(**batch)
    before = trainer.variables(), map_tree(np.copy, trainer.state)
    loss, y = trainer.evaluate(batch["x"], batch["labels"])
    assert_parity((trainer.variables(), trainer.state), before, limit=0)
    trainer.state = None
    again, _ = trainer.evaluate(batch["x"], batch["labels"])
    assert again == loss == pytest.approx(float(CrossEntropy().forward(batch["labels"], y)[0]))


def test_a_step_starts_from_zeros_unless_the_state_is_carried():
    batch, other = batches("dropout", 2)
    loss, optimizer, _ = SETTINGS["dropout"]
    network, params, *_ = problem("dropout")
    carried = Trainer(network, params, loss, optimizer, carry_state=True)
    alone = Trainer(network, params, loss, optimizer)
    for trainer in (carried, alone):
        trainer.step(**other)
    assert alone.state is None
    alone.params = carried.params
    assert carried.loss_and_gradients(Batch(**batch))[0] != alone.loss_and_gradients(Batch(**batch))[0]
    carried.state = None
    assert carried.loss_and_gradients(Batch(**batch))[0] == alone.loss_and_gradients(Batch(**batch))[0]


def test_float32_stays_float32():
    for name in NETWORKS:
        trainer = make(name, dtype=np.float32)
        step = trainer.step(**batches(name, 1, np.float32)[0])
        leaves = [*named_leaves(trainer.params), *named_leaves(trainer.moving), *named_leaves(step.gradients)]
        assert {leaf.dtype for _, leaf in leaves} == {step.y.dtype} == {np.dtype(np.float32)}


def test_refusals(tmp_path):
    network, params, *_ = problem("tagger")
    with pytest.raises(ValueError, match="engine must be one of 'numpy', 'numba', but is 'torch'"):
        Trainer(network, params, CrossEntropy(), AdamOptimizer(), engine="torch")
    with pytest.raises(ValueError, match="mean must be one of 'examples', 'steps', but is 'rows'"):
        CrossEntropy("rows")
    with pytest.raises(ValueError, match="by must be one of 'value', 'norm', 'global_norm', but is 'length'"):
        Clipping("length", 1.0)
    with pytest.raises(ValueError, match="skip must be \\(\\), or with by='norm' a tuple"):
        Clipping("value", 1.0, skip=("dense",))
    trainer = make("tagger")
    with pytest.raises(ValueError, match="others must have names of their own, but has 'global_step'"):
        trainer.save(tmp_path / "run.npz", {"global_step": np.int64(1)})
    variables = trainer.variables()
    del variables["dense/kernel/Adam"]
    with pytest.raises(ValueError, match="has no 'dense/kernel/Adam'"):
        trainer.restore(variables)
    assert trainer.params is not None
