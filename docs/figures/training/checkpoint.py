"""A run that is stopped and resumed from a checkpoint, beside one that is not stopped."""

import tempfile
from pathlib import Path

import numpy as np

from figures.style import GREY, LINES, axes, picture
from scratch import AdamOptimizer, Dense, load_tree, save_checkpoint

LAYER, OPTIMIZER = Dense(1), AdamOptimizer(0.05)


def advance(state, rng, steps):
    """Return the state after so many steps of a small regression, and the loss of each."""
    losses = []
    for _ in range(steps):
        x = rng.standard_normal((16, 3))
        y, cache = LAYER.forward(state["params"], x)
        error = y - x @ np.array([[1.0], [-2.0], [0.5]])
        losses.append(float((error**2).mean()))
        _, gradients = LAYER.backward(state["params"], cache, 2 * error / len(x))
        params, slots = OPTIMIZER.apply_gradients(state["params"], gradients, state["slots"])
        state = {"params": params, "slots": slots}
    return state, losses


def runs():
    """Return the losses of 80 steps, and of the last 40 of them: resumed, and resumed without the slots."""
    params = LAYER.init_params(np.random.default_rng(0), 3, np.float64)
    start = {"params": params, "slots": OPTIMIZER.init_slots(params)}
    rng = np.random.default_rng(1)
    half, first = advance(start, rng, 40)
    kept = rng.bit_generator.state
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(Path(folder) / "half.npz", half)
        loaded = load_tree(Path(folder) / "half.npz")
    _, second = advance(half, rng, 40)
    rng.bit_generator.state = kept
    _, resumed = advance(loaded, rng, 40)
    rng.bit_generator.state = kept
    _, forgot = advance({**loaded, "slots": OPTIMIZER.init_slots(params)}, rng, 40)
    return first + second, resumed, forgot


@picture(
    "training/checkpoint",
    "Stopped at step 40 and resumed: the same losses; without the optimiser's slots, others",
    "The loss of 80 steps. Resumed from the checkpoint, the second half lies exactly on the undisturbed "
    "run. With Adam's slots started anew, it leaves the run.",
)
def resumed_run():
    whole, resumed, forgot = runs()
    figure, axis = axes(6, 2.9)
    axis.semilogy(whole, color=LINES[0]["color"], label="not stopped")
    axis.semilogy(
        range(40, 80), resumed, color=LINES[2]["color"], marker="o", linestyle="none", fillstyle="none", label="resumed"
    )
    axis.semilogy(range(40, 80), forgot, color=LINES[1]["color"], linestyle="--", label="resumed without slots")
    axis.axvline(40, color=GREY, linestyle=":", linewidth=1)
    axis.set(xlabel="step", ylabel="loss")
    axis.legend()
    return figure
