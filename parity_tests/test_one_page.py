"""``examples/one_page.py``, held to ``scratch``: a window, three steps of training, and the program as it is run."""

import re

import numpy as np
import pytest

from examples import one_page
from parity_tests.harness import assert_parity
from parity_tests.test_examples import ROOT, run, without
from scratch import (
    AdagradOptimizer,
    BasicLSTMCell,
    BasicRNNCell,
    Dense,
    LSTMState,
    dynamic_rnn,
    dynamic_rnn_backward,
    masked_loss,
    masked_loss_backward,
)

CELLS = {"lstm": BasicLSTMCell, "rnn": BasicRNNCell}
D, H, B, T = one_page.D, 7, 3, 5


def draw(name):
    """Return params in which nothing is 0, and a window: letters and labels [B, T], c and h [B, H]."""
    rng = np.random.default_rng(8)
    n = one_page.CELLS[name][2] * H
    shapes = {"W": (D + H, n), "b": (n,), "W_y": (H, D), "b_y": (D,)}
    params = {key: 0.5 * rng.standard_normal(shape) for key, shape in shapes.items()}
    return params, (*rng.integers(D, size=(2, B, T)), *rng.standard_normal((2, B, H)))


def to_scratch(params):
    return {
        "rnn": {"kernel": params["W"], "bias": params["b"]},
        "dense": {"kernel": params["W_y"], "bias": params["b_y"]},
    }


def from_scratch(params):
    return {
        "W": params["rnn"]["kernel"],
        "b": params["rnn"]["bias"],
        "W_y": params["dense"]["kernel"],
        "b_y": params["dense"]["bias"],
    }


def scratch_step(name, params, letters, labels, c, h):
    """Return what ``one_page.loss_and_gradients`` returns, computed by ``scratch``."""
    cell, dense, weights = CELLS[name](H), Dense(D), to_scratch(params)
    start = LSTMState(c, h) if name == "lstm" else h
    outputs, state, tape = dynamic_rnn(cell, weights["rnn"], np.eye(D)[letters], initial_state=start)
    logits, kept = dense.forward(weights["dense"], outputs)
    loss, cache = masked_loss(labels, logits, np.ones(labels.shape, bool), "steps")
    d_outputs, d_dense = dense.backward(weights["dense"], kept, masked_loss_backward(cache))
    _, _, d_rnn = dynamic_rnn_backward(tape, d_outputs)
    c, h = state if name == "lstm" else (c, state)
    return loss, from_scratch({"rnn": d_rnn, "dense": d_dense}), c, h


@pytest.mark.parametrize("name", CELLS)
def test_loss_gradients_and_state_are_those_of_scratch(name):
    params, window = draw(name)
    found, expected = one_page.loss_and_gradients(name, params, *window), scratch_step(name, params, *window)
    for values in (found, expected):
        assert values[1].keys() == params.keys()
    names = "loss", "gradients", "c", "h"
    assert_parity(dict(zip(names, found, strict=True)), dict(zip(names, expected, strict=True)))


@pytest.mark.parametrize("name", CELLS)
def test_three_windows_train_as_scratch_trains(name):
    """Adagrad's own step, its sum over the steps, and the state carried from window to window."""
    params, (letters, labels, c, h) = draw(name)
    theirs, their_c, their_h, optimizer = params, c, h, AdagradOptimizer(one_page.ETA)
    slots, a, ours, losses = optimizer.init_slots(theirs), {}, dict(params), []
    for _ in range(3):
        loss, gradients, c, h = one_page.loss_and_gradients(name, ours, letters, labels, c, h)
        one_page.adagrad(ours, gradients, a)
        their_loss, gradients, their_c, their_h = scratch_step(name, theirs, letters, labels, their_c, their_h)
        theirs, slots = optimizer.apply_gradients(theirs, gradients, slots)
        losses.append((loss, their_loss))
    found, expected = np.transpose(losses)
    expected = {"losses": expected, "params": theirs, "a": slots["accumulator"]}
    assert_parity({"losses": found, "params": ours, "a": a}, expected)


@pytest.mark.parametrize("name", CELLS)
def test_the_check_sees_right_and_wrong_gradients(name, monkeypatch):
    params, window = draw(name)
    v = draw(name)[0]
    assert one_page.gradient_error(name, params, v, *window) < 1e-13
    forward, backward, blocks = one_page.CELLS[name]

    def forgets_the_sum(cache, d_c, d_h):
        return backward(cache, 0 * d_c, d_h) if name == "lstm" else (d_h, d_c)

    monkeypatch.setitem(one_page.CELLS, name, (forward, forgets_the_sum, blocks))
    assert one_page.gradient_error(name, params, v, *window) > 1e-3


@pytest.mark.parametrize("name", CELLS)
def test_with_numpy_alone_it_learns_to_write(tmp_path, name):
    # Without the project beside it: the file is all there is.
    program = tmp_path / "one_page.py"
    program.write_text((ROOT / "examples/one_page.py").read_text(encoding="utf-8"), encoding="utf-8")
    blocked = without(tmp_path, "scratch", "numba", "tensorflow", "matplotlib", "rich")
    done = run(program, "--cell", name, "--seed", 1, **blocked)
    assert (done.returncode, done.stderr) == (0, "")
    first, *_, last = map(float, re.findall(r"loss (\S+)", done.stdout))
    assert first > 2
    assert last < 0.1
    # Letters by chance make next to none. The last digits of a processor's sums decide how many: 68 to 91 were seen.
    assert int(re.search(r"(\d+)% are words of the rhyme", done.stdout)[1]) > 50


def test_it_ends_non_zero_where_the_gradients_are_wrong(monkeypatch, capsys):
    monkeypatch.setattr(one_page, "gradient_error", lambda *_: np.nan)
    assert one_page.main(["--cell", "rnn"]) == 1
    assert "they are off by nan" in capsys.readouterr().out


def test_it_is_one_page():
    source = (ROOT / "examples/one_page.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 120
    assert re.findall(r"^(?:import|from) (\w+)", source, flags=re.MULTILINE) == ["argparse", "numpy"]


def test_what_is_wrong_takes_a_line(capfd):
    with pytest.raises(SystemExit):
        one_page.main(["--seed", "-1"])
    assert capfd.readouterr().err.splitlines()[-1].endswith("error: --seed must be at least 0, but is -1")


def test_ctrl_c_and_an_output_without_room_take_a_line(tmp_path):
    """An error where the training begins stands for Ctrl-C: of a signal nobody knows when it arrives."""
    source = (ROOT / "examples/one_page.py").read_text(encoding="utf-8")
    for error in ("KeyboardInterrupt()", "OSError(28, 'No space left on device')"):
        program = tmp_path / "one_page.py"
        program.write_text(source.replace("    for epoch in", f"    raise {error}\n    for epoch in"), encoding="utf-8")
        done = run(program)
        assert (done.returncode, done.stderr) == (1, f"stopped before the end: {error}\n")
