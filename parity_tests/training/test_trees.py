"""Trees in checkpoints: parameters, slots and the states of layers come back as they were."""

from collections import namedtuple
from typing import NamedTuple

import numpy as np
import pytest

from parity_tests.training.test_checkpoint import assert_bits
from scratch import (
    AdamOptimizer,
    AttentionCellWrapper,
    BasicLSTMCell,
    CheckpointManager,
    GridLSTMCell,
    GRUCell,
    LSTMCell,
    LSTMState,
    MultiRNNCell,
    dynamic_rnn,
    dynamic_rnn_backward,
    latest_checkpoint,
    load_checkpoint,
    load_tree,
    params_from_variables,
    save_checkpoint,
    slot_variables,
    windows,
)
from scratch.tree import map_tree, named_leaves

LAYERS = MultiRNNCell(
    [
        BasicLSTMCell(3),
        GRUCell(2),
        AttentionCellWrapper(LSTMCell(3, num_proj=2), attn_length=2),
        GridLSTMCell(2, feature_size=1, frequency_skip=1, num_frequency_blocks=[2]),
    ]
)


def assert_trees(actual, expected):
    """Fail unless two trees have one structure, the kinds of tuples included, and the same bits."""
    assert type(actual) is (type(expected) if isinstance(expected, dict | tuple) else np.ndarray)
    if isinstance(expected, dict):
        assert list(actual) == list(expected)
        actual, expected = tuple(actual.values()), tuple(expected.values())
    if isinstance(expected, tuple):
        for have, want in zip(actual, expected, strict=True):
            assert_trees(have, want)
    else:
        assert_bits({"": actual}, {"": expected})


def test_every_tree_of_the_library_comes_back_whole(tmp_path):
    path, rng = tmp_path / "run.npz", np.random.default_rng(0)
    params, state = LAYERS.init_params(rng, 2, np.float64), LAYERS.zero_state(5, np.float64)
    state = map_tree(lambda leaf: rng.standard_normal(leaf.shape), state)
    optimizer = AdamOptimizer(0.01)
    slots = optimizer.init_slots(params)
    everything = {"params": params, "state": state, "slots": slots, "nothing": {}, "masks": ((), {})}
    everything |= slot_variables(optimizer, slots)
    for tree in (everything, params, state, state[0], (state,), slots, {}, ()):
        save_checkpoint(path, tree)
        assert_trees(load_tree(path), tree)
        assert_bits(load_checkpoint(path), dict(named_leaves(tree)))
    # What was loaded is a state to every check.
    save_checkpoint(path, state)
    LAYERS.check_step(params, rng.standard_normal((5, 2)), load_tree(path))


class Other(NamedTuple):
    x: np.ndarray


class Mine(NamedTuple):
    c: np.ndarray
    h: np.ndarray


def test_named_tuples_of_others_come_back_where_they_are_named(tmp_path):
    path = tmp_path / "run.npz"
    save_checkpoint(path, {"state": Mine(1, LSTMState(2, 3))})
    assert_trees(load_tree(path, [Other, Mine]), {"state": Mine(1, LSTMState(2, 3))})
    assert list(load_checkpoint(path)) == ["state.c", "state.h.c", "state.h.h"]
    with pytest.raises(ValueError, match="run.npz must hold a tree, .* it holds a Mine, which is not known here"):
        load_tree(path)
    with pytest.raises(ValueError, match="it holds a Mine of c, h, but here it has x"):
        load_tree(path, [namedtuple("Mine", "x")])


def test_a_file_of_before_has_names_and_no_structure(tmp_path):
    path = tmp_path / "run.npz"
    np.savez(path, format="a checkpoint of unrolled, 1: 1 arrays", a=np.ones(2))
    assert_bits(load_checkpoint(path), {"a": np.ones(2)})
    with pytest.raises(ValueError, match="run.npz has no structure in it: take its arrays by name"):
        load_tree(path)
    for structure in ('{"b": null}', "{", "[" * 9000 + "]" * 9000, '{"LSTMState()": null}'):
        np.savez(path, format=f"a checkpoint of unrolled, 2: 1 arrays\n{structure}", a=np.ones(2))
        with pytest.raises(ValueError, match="run.npz must hold a tree, but cannot be read as one"):
            load_tree(path)


def truncated_run(folder, stop_after=None):
    """Train a stack on windows of one long series, saving after each, and return the weights at the end.

    The state goes on from window to window, so it is saved, too. A run that was stopped goes on where it was.
    """
    rng = np.random.default_rng(0)
    series, wanted = rng.standard_normal((3, 24, 2)), rng.standard_normal((3, 24, 2))
    cell, optimizer = MultiRNNCell([BasicLSTMCell(4), GRUCell(3), LSTMCell(5, num_proj=2)]), AdamOptimizer(0.05)
    params = cell.init_params(rng, 2, np.float64)
    run = {"params": params, "slots": optimizer.init_slots(params), "state": cell.zero_state(3, np.float64)}
    manager, latest = CheckpointManager(folder), latest_checkpoint(folder)
    step = 0
    if latest is not None:
        saved = load_tree(latest)
        run, step = {name: saved[name] for name in run}, int(saved["global_step"])
    for window in windows(24, 4)[step:stop_after]:
        outputs, state, tape = dynamic_rnn(cell, run["params"], series[:, window], initial_state=run["state"])
        _, _, gradients = dynamic_rnn_backward(tape, outputs - wanted[:, window])
        params, slots = optimizer.apply_gradients(run["params"], gradients, run["slots"])
        run = {"params": params, "slots": slots, "state": state}
        step += 1
        manager.save(step, run)
    return run


def test_truncated_bptt_on_layers_goes_on_from_a_checkpoint(tmp_path):
    undisturbed = truncated_run(tmp_path / "undisturbed")
    truncated_run(tmp_path / "stopped", 2)
    truncated_run(tmp_path / "stopped", 5)
    resumed = truncated_run(tmp_path / "stopped")
    assert_trees(resumed, undisturbed)
    # By name, too, into a tree that is like it.
    path = latest_checkpoint(tmp_path / "stopped")
    assert_trees(params_from_variables(map_tree(np.zeros_like, undisturbed), load_checkpoint(path)), undisturbed)
