"""The parity table of the site: ``% parity table`` stands for what ``python -m parity_tests --json`` has measured."""

import json
import re
from pathlib import Path

MARK = re.compile(r"^% parity table$", re.MULTILINE)
HEADINGS = ("cell", "engine", "dtype", "quantities", "worst", "of its scale", "ulps", "limit")


def as_tables(rows):
    """Return the rows as Markdown: a section for each witness."""
    text = []
    for witness in dict.fromkeys(row["witness"] for row in rows):
        text += [f"## {witness}\n", "| " + " | ".join(HEADINGS) + " |", "| --- " * len(HEADINGS) + "|"]
        for row in rows:
            if row["witness"] == witness:
                told = row | {"cell": f"`{row['cell']}`", "worst": f"`{row['worst']}`"}
                text.append("| " + " | ".join(str(told[heading]) for heading in HEADINGS) + " |")
        text.append("")
    return "\n".join(text)


def fill(app, docname, source):
    if MARK.search(source[0]):
        measured = Path(app.srcdir) / "reference" / "parity.json"
        table = as_tables(json.loads(measured.read_text(encoding="utf-8")))
        source[0] = MARK.sub(lambda mark: table, source[0])


def setup(app):
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
