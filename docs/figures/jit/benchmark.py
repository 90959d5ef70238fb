"""How many times as fast as the fastest peer the engine is, as the results' table measured it."""

from figures.jit.tables import rows_of
from figures.style import BLUE, GREY, axes, picture


@picture(
    "jit/benchmark",
    "The engine beside the fastest peer of each workload",
    "Two bars for each of six workloads, the engine's time as a share of the fastest peer's, which is 1. "
    "Each bar has the milliseconds and the peer's name.",
)
def beside_the_fastest():
    rows = rows_of("jit/benchmark_results.md", "workload")
    figure, axis = axes(6, 3)
    for place, (name, _, ours, _, peer, theirs, _) in enumerate(reversed(rows)):
        share = float(ours) / float(theirs)
        axis.barh([place + 0.18], [share], 0.34, color=BLUE)
        axis.barh([place - 0.2], [1], 0.34, facecolor="none", edgecolor=GREY, hatch="///")
        axis.annotate(
            f"{ours} ms", (share, place + 0.18), (4, 0), textcoords="offset points", va="center", fontsize=8.5
        )
        axis.annotate(
            f"{peer}: {theirs} ms", (1, place - 0.2), (4, 0), textcoords="offset points", va="center", fontsize=8.5
        )
        axis.text(-0.02, place, name, ha="right", va="center")
    axis.set(xlim=(0, 1.5), yticks=[], xlabel="time of a training step; the fastest peer's is 1, hatched")
    return figure
