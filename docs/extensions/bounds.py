"""The table of the page on rounding: ``% bounds table`` stands for what ``python -m parity_tests.bounds`` found."""

import json
import re
from pathlib import Path

MARK = re.compile(r"^% bounds table$", re.MULTILINE)
HEADINGS = ("cell", "quantity", "float32", "float64", "numbers held")


def as_table(found):
    """Return the rows as Markdown: the two dtypes of a quantity side by side."""
    parts = {(cell, quantity, dtype): (part, numbers) for cell, dtype, quantity, part, numbers in found["worst"]}
    lines = ["| " + " | ".join(HEADINGS) + " |", "| --- " * len(HEADINGS) + "|"]
    for cell, quantity in dict.fromkeys((cell, quantity) for cell, quantity, _ in parts):
        both = [parts[cell, quantity, dtype] for dtype in ("float32", "float64")]
        told = f"`{cell}`", f"`{quantity}`", *(f"{part:.2f}" for part, _ in both), f"{sum(n for _, n in both):,}"
        lines.append("| " + " | ".join(told) + " |")
    cases, near = sum(found["drawn"].values()), found["near a kink"]
    return "\n".join([*lines, "", f"{cases:,} cases were drawn; {near} of them were too near a kink to be held.", ""])


def fill(app, docname, source):
    if MARK.search(source[0]):
        found = json.loads((Path(app.srcdir) / "reference" / "bounds.json").read_text(encoding="utf-8"))
        source[0] = MARK.sub(lambda mark: as_table(found), source[0])


def setup(app):
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
