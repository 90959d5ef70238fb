"""The eight steps from the text book's loop to the limit, as the page's table measured them."""

from figures.jit.tables import rows_of
from figures.style import BLUE, axes, picture


@picture(
    "jit/index",
    "Eight steps from the text book to the limit",
    "Bars of milliseconds on a logarithmic axis, one for each row of the table below. Scalar loops are "
    "far slower than the text book; vectors are the first step that is faster; all threads come nearest "
    "to the limit.",
)
def steps_to_the_limit():
    rows = rows_of("jit/index.md", "step")
    names, times, shares = [row[0] for row in rows], [float(row[2]) for row in rows], [row[5] for row in rows]
    figure, axis = axes(6, 3.2)
    bars = axis.barh(names[::-1], times[::-1], color=BLUE, height=0.6)
    for bar, time, share in zip(bars, times[::-1], shares[::-1], strict=True):
        words = f"{time:g} ms, {share} of the limit"
        axis.annotate(words, (time, bar.get_y() + 0.3), (4, 0), textcoords="offset points", va="center", fontsize=8.5)
    axis.set(xscale="log", xlim=(1, 12000), xlabel="ms, logarithmic")
    return figure
