"""One style for all pictures: colours for light and dark pages, text that can be searched, a title and a description.

A picture has no background of its own. Its colours are those of ``LIGHT``; a rule inside the SVG changes them to those
of ``DARK`` where the reader's page is dark. What a colour says is also said by a label, a line style or a marker.
"""

import io
import re
from collections.abc import Callable
from typing import NamedTuple
from xml.etree import ElementTree

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

# Each colour of a light page, and the one that takes its place on a dark page.
LIGHT = {
    "ink": "#222222",
    "grey": "#6b6b6b",
    "faint": "#c9c9c9",
    "blue": "#1f63a8",
    "orange": "#b4520b",
    "green": "#2a7448",
    "purple": "#7547a1",
    "red": "#b3261e",
    "soft blue": "#d6e6f5",
    "soft orange": "#fbe3d0",
    "soft green": "#d8eedf",
    "soft purple": "#e9def5",
    "soft grey": "#e7e7e7",
}
DARK = {
    "ink": "#e8e8e8",
    "grey": "#a8a8a8",
    "faint": "#555555",
    "blue": "#7dbbf5",
    "orange": "#f5a866",
    "green": "#85d3a4",
    "purple": "#c9a5f0",
    "red": "#f58d85",
    "soft blue": "#1c3a57",
    "soft orange": "#53331a",
    "soft green": "#1e4431",
    "soft purple": "#3f2d57",
    "soft grey": "#363636",
}
INK, GREY, FAINT, BLUE, ORANGE, GREEN, PURPLE, RED = list(LIGHT.values())[:8]
# Lines that are told apart without colour: one colour, one dash and one marker each.
LINES = [
    {"color": BLUE, "linestyle": "-", "marker": "o"},
    {"color": ORANGE, "linestyle": "--", "marker": "s"},
    {"color": GREEN, "linestyle": "-.", "marker": "^"},
    {"color": PURPLE, "linestyle": ":", "marker": "D"},
]
SVG = "http://www.w3.org/2000/svg"
SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "unrolled",
    "font.family": ["DejaVu Sans"],
    "font.size": 10.5,
    "axes.titlesize": 10.5,
    "axes.labelsize": 10.5,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "hatch.color": GREY,
    "hatch.linewidth": 0.7,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}


class Picture(NamedTuple):
    """A picture of a page: ``draw`` makes its figure; ``finish``, if given, changes the tree of its SVG."""

    name: str
    page: str
    title: str
    text: str
    draw: Callable[[], Figure]
    finish: Callable[[ElementTree.Element], None] | None


PICTURES: dict[str, Picture] = {}


def picture(page: str, title: str, text: str, finish: Callable[[ElementTree.Element], None] | None = None) -> Callable:
    """Enter a function that draws into ``PICTURES``, under its name; ``text`` is read where the picture is not seen."""

    def enter(draw: Callable[[], Figure]) -> Callable[[], Figure]:
        name = draw.__name__
        if name in PICTURES:
            raise ValueError(f"two pictures are called {name}")
        PICTURES[name] = Picture(name, page, title, text, draw, finish)
        return draw

    return enter


def to_svg(shown: Picture) -> str:
    """Return the text of the SVG of a picture: the same bytes every time."""
    with matplotlib.rc_context(SETTINGS):
        figure, file = shown.draw(), io.StringIO()
        figure.savefig(file, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    for prefix, uri in (("", SVG), ("xlink", "http://www.w3.org/1999/xlink")):
        ElementTree.register_namespace(prefix, uri)
    root = ElementTree.fromstring(file.getvalue())
    root.set("role", "img")
    root.set("aria-labelledby", "title desc")
    for place, (tag, words) in enumerate((("title", shown.title), ("desc", shown.text), ("style", dark_rules()))):
        element = ElementTree.Element(f"{{{SVG}}}{tag}", {} if tag == "style" else {"id": tag})
        element.text = words
        root.insert(place, element)
    if shown.finish:
        shown.finish(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def dark_rules() -> str:
    """Return the rule that changes every colour on a dark page."""
    rules = (
        f'[style*="{what}: {light}"] {{ {what}: {DARK[name]} !important }}'
        for name, light in LIGHT.items()
        for what in ("fill", "stroke")
    )
    return "\n@media (prefers-color-scheme: dark) {\n" + "\n".join(rules) + "\n}\n"


def axes(width: float = 6.2, height: float = 3.2, rows: int = 1, columns: int = 1, **options) -> tuple:
    """Return a figure of this size in inches and its axes: one, or an array of them."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def blank(axis: Axes, width: float, height: float) -> Axes:
    """Turn an axis into a sheet of paper, ``width`` by ``height``, with y down as in a matrix."""
    axis.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    axis.axis("off")
    return axis


def sheet(width: float, height: float, unit: float = 0.3) -> tuple[Figure, Axes]:
    """Return a figure that is one blank sheet; ``unit`` is in inches."""
    figure = Figure(figsize=(width * unit, height * unit))
    return figure, blank(figure.add_axes((0, 0, 1, 1)), width, height)


def tile(axis: Axes, x: float, y: float, text: object = "", fill: str = "none", **options) -> None:
    """Draw a cell of a table with its upper left corner at x, y, 1 by 1 unless ``width`` and ``height`` are given."""
    width, height = options.pop("width", 1), options.pop("height", 1)
    size, colour = options.pop("size", 10.5), options.pop("color", INK)
    frame = {"facecolor": LIGHT.get(fill, fill), "edgecolor": INK, "linewidth": 0.8, **options}
    axis.add_patch(Rectangle((x, y), width, height, **frame)).set_in_layout(False)
    if str(text):
        write(axis, x + width / 2, y + height / 2, str(text), fontsize=size, color=colour)


def write(axis: Axes, x: float, y: float, text: str, **options) -> None:
    """Write a text with its middle at x, y; it takes no part in the layout."""
    options = {"ha": "center", "va": "center", **options}
    axis.text(x, y, re.sub(r"-(?=\d)", "−", text), **options).set_in_layout(False)


def heat(axis: Axes, values: np.ndarray, x: float = 0, y: float = 0, colour: str = BLUE, largest: float = 0) -> None:
    """Draw a matrix as cells, the darker the larger the value; lines show all cells."""
    largest = largest or max(values.max(), 1e-300)
    for (row, column), value in np.ndenumerate(values):
        if value > 0:
            corner, share = (x + column, y + row), 0.6 * float(value / largest)
            axis.add_patch(Rectangle(corner, 1, 1, facecolor=colour, alpha=share, linewidth=0)).set_in_layout(False)
    rows, columns = values.shape
    axis.hlines(np.arange(rows + 1) + y, x, x + columns, color=FAINT, linewidth=0.5)
    axis.vlines(np.arange(columns + 1) + x, y, y + rows, color=FAINT, linewidth=0.5)
