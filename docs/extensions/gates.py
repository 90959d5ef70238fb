"""The table of the gates: ``% gate table`` on a page stands for ``scratch.conversions.gates.table()``."""

import re

from scratch.conversions.gates import table

MARK = re.compile(r"^% gate table$", re.MULTILINE)


def as_table(rows):
    """Return the rows as Markdown, the first of them as headings; orders of gates as symbols."""
    headings, *rows = rows
    lines = ["| " + " | ".join(headings) + " |", "|---" * len(headings) + "|"]
    for library, lstm, gru, *words in rows:
        orders = [f"${order}$" if order else "" for order in (lstm, gru)]
        lines.append("| " + " | ".join([library, *orders, *words]) + " |")
    return "\n".join(lines)


def fill(app, docname, source):
    source[0] = MARK.sub(lambda mark: as_table(table()), source[0])


def setup(app):
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
