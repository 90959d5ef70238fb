"""The counts of the attacks: a mark stands for what ``python -m parity_tests.attack`` has tried."""

import json
import re
from pathlib import Path

MARK = re.compile(r"^% counts of attacks$", re.MULTILINE)
BAD = ("wrong", "crashed", "hung", "lost")
HEADINGS = ("kind", "what", "tried", "right", "refused by name", *BAD)


def as_table(records):
    """Return the records as Markdown: those of one kind and sort together, whatever their seeds."""
    found = {}
    for record in records:
        numbers = [record[name] for name in ("tried", "right", "refused", *BAD)]
        old = found.get((record["kind"], record["what"]), [0] * len(numbers))
        found[record["kind"], record["what"]] = [a + b for a, b in zip(old, numbers, strict=True)]
    lines = ["| " + " | ".join(HEADINGS) + " |", "| --- | --- " + "| ---: " * (len(HEADINGS) - 2) + "|"]
    for (kind, what), numbers in sorted(found.items()):
        lines.append("| " + " | ".join([kind, what, *(f"{number:,}" for number in numbers)]) + " |")
    total = [sum(column) for column in zip(*found.values(), strict=True)]
    lines.append("| **all** | | " + " | ".join(f"**{number:,}**" for number in total) + " |")
    minutes = sum(record["seconds"] for record in records) / 60
    dates = sorted({record["date"] for record in records})
    return "\n".join([*lines, "", f"They took {minutes:.0f} minutes, on {' and '.join(dates)}.", ""])


def fill(app, docname, source):
    if MARK.search(source[0]):
        text = (Path(app.srcdir) / "reference" / "robustness.json").read_text(encoding="utf-8")
        source[0] = MARK.sub(lambda mark: as_table(json.loads(text)), source[0])


def setup(app):
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
