"""The tape with a few states in place of all caches: the walk, and the memory measured on a real tape."""

import numpy as np

from figures.style import BLUE, GREY, ORANGE, RED, axes, blank, picture, tile
from scratch import BasicLSTMCell
from scratch.tree import named_leaves

T, B, H, D = 10_000, 4, 32, 3


def sizes():
    """Return the bytes of one step's cache and of one state, of an LSTM of 32 units and four rows."""
    cell = BasicLSTMCell(H)
    params = cell.init_params(np.random.default_rng(0), D, np.float64)
    state = cell.zero_state(B, np.float64)
    _, state, cache = cell.forward(params, np.zeros((B, D)), state)
    # A view costs what it shows.
    return sum(leaf.nbytes for _, leaf in named_leaves((tuple(cache),))), sum(
        leaf.nbytes for _, leaf in named_leaves((state,))
    )


@picture(
    "unroll/checkpointed",
    "Memory of the checkpointed tape against the stretch k",
    "On two logarithmic axes, the states fall with k, the caches of one stretch rise with k, and their "
    "sum is smallest where the two are equal, near the square root of T times s over c.",
)
def checkpoint_memory():
    cache, state = sizes()
    figure, axis = axes(5.8, 3.1)
    k = np.geomspace(1, T, 200)
    axis.loglog(k, (T / k * state + k * cache) / 1e6, color=BLUE, label="both", linewidth=2.4)
    axis.loglog(k, T / k * state / 1e6, color=ORANGE, linestyle="--", label="states, T s / k")
    axis.loglog(k, k * cache / 1e6, color=GREY, linestyle=":", label="caches, k c")
    best = np.sqrt(T * state / cache)
    least = 2 * np.sqrt(T * state * cache) / 1e6
    axis.plot([best], [least], marker="o", color=RED, markersize=8)
    axis.annotate(f"k = {best:.0f}: {least:.1f} MB", (best, least), (0, 14), textcoords="offset points", ha="center")
    axis.axhline(T * cache / 1e6, color=RED, linestyle="-.", linewidth=1.2)
    axis.annotate(f"full tape: {T * cache / 1e6:.0f} MB", (1.2, T * cache / 1e6), (0, -12), textcoords="offset points")
    axis.set(xlabel=f"k, steps of a stretch (T = {T:,})", ylabel="MB", ylim=(0.05, 400))
    axis.legend(loc="lower left", bbox_to_anchor=(0.66, 0.02), fontsize=9)
    return figure


@picture(
    "unroll/checkpointed",
    "The walk of a checkpointed tape, stretch by stretch",
    "Twelve steps in three stretches of four. Forward, a state is kept before each stretch. Backward, the "
    "last stretch is run again with caches and differentiated, then the one before it, then the first.",
)
def checkpoint_walk():
    figure, axis = axes(6.2, 3.4)
    blank(axis, 15, 6.6)
    lines = ["forward", "back, 1st", "back, 2nd", "back, 3rd"]
    for line, words in enumerate(lines):
        y = 0.6 + 1.5 * line
        axis.text(-0.2, y + 0.5, words, ha="right", va="center")
        again = 3 - line if line else None
        for step in range(12):
            stretch, x = step // 4, step + stretch_gap(step)
            kept = step % 4 == 0
            if line == 0:
                tile(axis, x, y, "s" if kept else "", "soft blue" if kept else "none")
            elif stretch == again:
                tile(axis, x, y, "c", "soft orange")
            elif stretch < again:
                tile(axis, x, y, "s" if kept else "", "soft blue" if kept else "none", edgecolor=GREY)
        if again is not None:
            x = 4 * again + stretch_gap(4 * again)
            axis.annotate(
                "", (x, y + 1.2), (x + 4, y + 1.2), arrowprops={"arrowstyle": "-|>", "color": RED, "linestyle": "--"}
            )
    axis.text(
        6.5, 0.1, "s: a state that is kept     c: a cache, computed again     dashed: backward", ha="center", fontsize=9
    )
    return figure


def stretch_gap(step):
    """Return the room before a step's stretch."""
    return 0.4 * (step // 4)
