"""What data-flow drawings are made of: boxes, operations, and lines with arrows. y goes up."""

from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from figures.style import INK, LIGHT


class Flow:
    """A drawing of ``width`` by ``height``."""

    def __init__(self, width: float, height: float, unit: float = 0.42) -> None:
        self.figure = Figure(figsize=(width * unit, height * unit))
        self.axis = self.figure.add_axes((0, 0, 1, 1))
        self.axis.set(xlim=(0, width), ylim=(0, height), aspect="equal")
        self.axis.axis("off")

    def box(self, x: float, y: float, text: str, fill="soft blue", width=1.5, height=0.9, zorder=3) -> None:
        """Draw a box around x, y: what has weights, or a function; with ``zorder`` 1 it lies behind the lines."""
        corner, shape = (x - width / 2, y - height / 2), "round,pad=0,rounding_size=0.18"
        look = {"facecolor": LIGHT.get(fill, fill), "edgecolor": INK, "linewidth": 1.1, "zorder": zorder}
        self.axis.add_patch(FancyBboxPatch(corner, width, height, boxstyle=shape, **look))
        self.text(x, y, text)

    def op(self, x: float, y: float, text: str, fill: str = "soft orange") -> None:
        """Draw a circle around x, y: an operation entry by entry."""
        circle = Circle((x, y), 0.36, facecolor=LIGHT.get(fill, fill), edgecolor=INK, linewidth=1.1, zorder=3)
        self.axis.add_patch(circle)
        self.text(x, y, text)

    def text(self, x: float, y: float, text: str, size: float = 10.5, ha: str = "center", color: str = INK) -> None:
        self.axis.text(x, y, text, ha=ha, va="center", fontsize=size, color=color, zorder=4, linespacing=1.25)

    def line(self, *points: tuple[float, float], arrow: bool = True, color: str = INK, style: str = "-") -> None:
        """Draw a line through the points, with an arrow at the last."""
        options = {"color": color, "linewidth": 1.3, "linestyle": style, "zorder": 2}
        start = points[:-1] if arrow else points
        if len(start) > 1:
            self.axis.plot(*zip(*start, strict=True), solid_joinstyle="round", **options)
        if arrow:
            head = FancyArrowPatch(
                points[-2], points[-1], arrowstyle="-|>,head_length=4.5,head_width=2.4", mutation_scale=1,
                shrinkA=0, shrinkB=0, **options,
            )  # fmt: skip
            self.axis.add_patch(head)

    def dot(self, x: float, y: float) -> None:
        """Mark a place where a line is read twice."""
        self.axis.add_patch(Circle((x, y), 0.09, color=INK, zorder=3))
