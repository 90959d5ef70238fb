"""Whole training steps with ``engine="numba"``: the losses, gradients, weights, slots and states of the text book."""

import copy
import pickle
from dataclasses import dataclass

import numpy as np
import pytest

from parity_tests.harness import assert_parity
from parity_tests.training.networks import problem
from scratch import (
    AdagradOptimizer,
    AdamOptimizer,
    BasicLSTMCell,
    Dense,
    GRUCell,
    LSTMCell,
    MomentumOptimizer,
    MultiRNNCell,
)
from scratch.jit.training.step import plans
from scratch.training.clipping import Clipping
from scratch.training.layers import RNN, LastOutput
from scratch.training.losses import CrossEntropy
from scratch.training.network import Network
from scratch.training.trainer import Trainer
from scratch.tree import map_tree, named_leaves

SMALL = Network({"rnn": RNN(MultiRNNCell([BasicLSTMCell(4)] * 2)), "dense": Dense(3)})
HOW = {
    "as it is": {"optimizer": AdagradOptimizer(0.3)},
    "clipped": {"optimizer": MomentumOptimizer(0.1, 0.9, use_nesterov=True), "clip": Clipping("global_norm", 0.1)},
    "schedule": {
        "optimizer": AdamOptimizer(0.01),
        "clip": Clipping("norm", 0.05, ("dense",)),
        "schedule": lambda step: 0.1 / (step + 1),
    },
}


def trainers(network, params, how):
    """Return a trainer of each engine, of the same weights."""
    made = dict(HOW[how])
    optimizer = made.pop("optimizer")
    return [
        Trainer(network, params, CrossEntropy(), optimizer, carry_state=True, engine=engine, **made)
        for engine in ("numpy", "numba")
    ]


def small_params(dtype=np.float64):
    return SMALL.init_params(np.random.default_rng(0), 2, dtype)


def batch(dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((5, 6, 2)).astype(dtype), rng.integers(3, size=(5, 6))


def all_of(trainer):
    """Return all that training goes on from, as one tree."""
    carried = {} if trainer.state is None else {"state": trainer.state}
    return {"params": trainer.params, "slots": trainer.slots, "moving": trainer.moving, **carried}


def shown(step):
    """Return what a step showed, as one tree."""
    loss = np.asarray(step.loss, step.y.dtype)
    return loss, step.y, step.probabilities, step.gradients, step.clipped


def assert_steps_agree(expected, actual, steps):
    for given in steps:
        # Each a tuple of an x, labels, and what else a step takes.
        right, found = expected.step(*given), actual.step(*given)
        assert_parity(shown(found), shown(right))
        assert_parity(all_of(actual), all_of(expected))
        assert found.accuracy == right.accuracy
        assert actual.global_step == expected.global_step


@pytest.mark.parametrize("how", HOW)
def test_small_networks_in_one_call(how):
    expected, actual = trainers(SMALL, small_params(), how)
    assert_steps_agree(expected, actual, [batch(seed=seed) for seed in range(4)])
    assert plans[actual].small[5, 6, 2] is not None
    # From zeros again, and on batches of another shape.
    expected.state = actual.state = None
    x, labels = batch(seed=9)
    assert_steps_agree(expected, actual, [(x[:, :4], labels[:, :4])])


def test_float32():
    expected, actual = trainers(SMALL, small_params(np.float32), "as it is")
    assert_steps_agree(expected, actual, [batch(np.float32)])


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", ["tagger", "classifier", "dropout"])
def test_every_other_network(name, how):
    network, params, x, given = problem(name)
    expected, actual = trainers(network, params, how if name == "classifier" or how != "schedule" else "clipped")
    labels = np.random.default_rng(1).integers(5, size=network.output_shape((*x.shape[:2], 3))[:-1])
    step = x, labels, given.sequence_length, given.masks
    assert_steps_agree(expected, actual, [step, step])
    assert plans[actual] is not None


@pytest.mark.parametrize("lengths", [(None, None), ((6, 1, 0, 4, 3), (0, 2, 5, 6, 1))], ids=["full", "padded"])
@pytest.mark.parametrize("cell", [BasicLSTMCell(4), LSTMCell(4, use_peepholes=True, num_proj=3), GRUCell(17)], ids=str)
def test_the_last_output_is_the_h_of_the_final_state(cell, lengths):
    network = Network({"rnn": Network({"cell": RNN(cell)}), "last": LastOutput(), "dense": Dense(3)})
    rng = np.random.default_rng(5)
    params = map_tree(lambda leaf: leaf + 0.3 * rng.standard_normal(leaf.shape), network.init_params(rng, 2))
    expected, actual = trainers(network, params, "clipped")
    steps = [(batch(seed=seed)[0], rng.integers(3, size=5), lengths[seed], {"last": ()}) for seed in range(2)]
    # The second goes on from the state of the first: where a row has no step, too, and so no last output.
    assert_steps_agree(expected, actual, steps)
    assert [*plans[actual].body.layers] == ["rnn"]
    with pytest.raises(ValueError, match="x must have shape") as refused:
        actual.step(np.ones((5, 6)), np.zeros(5, int))
    assert refused.value.__notes__[0] == f"in the layer 'cell', {RNN(cell)}"


def test_what_was_handed_out_stays_as_it_was_and_what_is_given_is_taken():
    expected, actual = trainers(SMALL, small_params(), "as it is")
    params = actual.params
    before = map_tree(np.copy, params)
    actual.step(*batch())
    assert_parity(params, before, limit=0)
    kept = actual.params, actual.slots
    copies = map_tree(np.copy, kept)
    for _ in range(2):
        actual.step(*batch())
    assert_parity(kept, copies, limit=0)
    # Another tree; another array in the tree; other numbers in an array.
    for trainer in (expected, actual):
        trainer.params = map_tree(np.copy, before)
        trainer.slots = trainer.optimizer.init_slots(before)
        trainer.state, trainer.global_step = None, 0
    assert_steps_agree(expected, actual, [batch()])
    for trainer in (expected, actual):
        trainer.params["dense"]["bias"] = np.array([0.1, 0.2, 0.3])
    assert_steps_agree(expected, actual, [batch()])
    for trainer in (expected, actual):
        trainer.params["dense"]["kernel"][:] *= 0.5
    assert_steps_agree(expected, actual, [batch()])


def test_a_copy_of_a_trainer_goes_its_own_way(tmp_path):
    expected, actual = trainers(SMALL, small_params(), "as it is")
    assert_steps_agree(expected, actual, [batch()])
    other, saved = copy.deepcopy(actual), pickle.dumps(actual.params)
    actual.save(tmp_path / "run.npz")
    actual.step(*batch(seed=1))
    assert_parity(pickle.loads(saved), expected.params)
    assert_steps_agree(copy.deepcopy(expected), other, [batch(seed=2)])
    actual.restore(tmp_path / "run.npz")
    assert_steps_agree(expected, actual, [batch(seed=3)])


def test_bad_labels_are_refused_as_by_the_text_book_and_change_nothing():
    expected, actual = trainers(SMALL, small_params(), "as it is")
    x, labels = batch()
    actual.step(x, labels)
    before = map_tree(np.copy, all_of(actual))
    for bad in (labels + 1, labels - 1, labels[:4], labels.astype(float), labels.tolist()):
        errors = []
        for trainer in (expected, actual):
            with pytest.raises((TypeError, ValueError)) as refused:
                trainer.step(x, bad)
            errors.append(str(refused.value))
        assert errors[0] == errors[1]
    for bad in (x.astype(np.float32), x[:, :, 0], x[:, :, :1]):
        with pytest.raises((TypeError, ValueError)):
            actual.step(bad, labels)
    assert_parity(all_of(actual), before, limit=0)


@dataclass(frozen=True)
class MyOptimizer(AdagradOptimizer):
    """Of its own class: what it computes no kernel can know."""

    def apply_gradients(self, params, gradients, slots):
        return params, slots


def test_what_has_no_kernel_takes_the_text_books_step():
    params = small_params()
    trainer = Trainer(SMALL, params, CrossEntropy(), MyOptimizer(0.1), engine="numba")
    trainer.step(*batch())
    assert plans[trainer] is None
    assert all(a is b for (_, a), (_, b) in zip(named_leaves(trainer.params), named_leaves(params), strict=True))
