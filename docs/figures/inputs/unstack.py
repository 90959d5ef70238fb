"""A series cut into rows, in the right order and in the wrong one; and [B, T, D] taken apart into steps."""

import numpy as np

from figures.flow import Flow
from figures.style import axes, blank, picture, tile, write
from scratch import series_to_rows

SOFT = ("soft blue", "soft orange", "soft green", "soft purple")


@picture(
    "inputs/unstack",
    "The series of the echo task cut into rows",
    "A series of 20 numbers in four colours. Row-major: each row is one piece of the series, 0 to 4, 5 to "
    "9 and so on, so time runs along a row. Column order: neighbours in a row are 4 apart, and no row is "
    "a piece of the series.",
)
def coloured_reshape():
    series = np.arange(20)
    figure, axis = axes(6.4, 3.9)
    blank(axis, 20, 10.6)
    write(axis, 0, 0.3, "the series, in time", ha="left")
    for place, value in enumerate(series):
        tile(axis, place, 0.9, value, SOFT[place // 5])
    tables = {
        "row-major: reshape(4, 5)": series_to_rows(series, 4),
        "column order: every row mixed": series.reshape(4, 5, order="F"),
    }
    for left, (title, table) in zip((1, 11.5), tables.items(), strict=True):
        write(axis, left, 3.6, title, ha="left")
        for (row, column), value in np.ndenumerate(table):
            tile(axis, left + 1.5 * column, 4.2 + 1.5 * row, value, SOFT[value // 5], width=1.5, height=1.5)
    return figure


@picture(
    "inputs/unstack",
    "unstack: one array [B, T, D] becomes a list of T arrays [B, D]",
    "A block of three rows and four steps is cut along time into four columns, one for each step, as "
    "static_rnn takes them.",
)
def unstack_steps():
    flow = Flow(15.6, 5.4)
    for step in range(4):
        for row in range(3):
            name = f"{'abc'[row]}{step}"
            flow.box(1.5 + step, 3.4 - row, name, SOFT[step], width=1, height=1)
            flow.box(9 + 1.7 * step, 3.4 - row, name, SOFT[step], width=1, height=1)
        flow.text(9 + 1.7 * step, 0.5, f"t = {step}", size=9.5)
    flow.line((5.4, 2.4), (7.8, 2.4))
    flow.text(6.6, 2.9, "unstack", size=9.5)
    flow.text(3.0, 4.6, "[B, T, D]")
    flow.text(11.6, 4.6, "T arrays [B, D]")
    return flow.figure
