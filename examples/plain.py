"""What prints where there is no Rich: the few of its calls that the programs make, as plain text."""

import re
import sys
from contextlib import contextmanager

MARKUP = re.compile(r"(?<!\\)\[/?(?:bold|dim|green|red)\]")


def without_markup(text):
    return MARKUP.sub("", text).replace("\\[", "[")


class Console:
    """Prints words and tables on the standard output."""

    def print(self, *parts, markup=True, **_):
        """Print the parts in one line; how they would look in Rich is passed over."""
        words = " ".join(map(str, parts))
        print(without_markup(words) if markup else words, flush=True)

    @contextmanager
    def status(self, _):
        """Show nothing of what is being done."""
        yield Progress(self)


class Table:
    """Columns of text, as wide as what is in them; a cell may have several lines."""

    def __init__(self, *headings, title=None, **_):
        self.title, self.headings, self.rows = title, list(headings), []

    def add_column(self, heading="", **_):
        self.headings.append(heading)

    def add_row(self, *cells, **_):
        self.rows.append(cells)

    def __str__(self):
        rows = [[str(cell).split("\n") for cell in row] for row in (self.headings, *self.rows)]
        rows = [[[without_markup(line) for line in cell] for cell in row] for row in rows]
        widths = [max(len(line) for cell in column for line in cell) for column in zip(*rows, strict=True)]
        rows.insert(1, [["-" * width] for width in widths])
        lines = [without_markup(self.title)] if self.title else []
        for row in rows:
            for number in range(max(map(len, row))):
                cells = [cell[number] if number < len(cell) else "" for cell in row]
                lines.append("  ".join(map(str.ljust, cells, widths)).rstrip())
        return "\n".join(lines)


class Progress:
    """Shows nothing of how far the tasks have come."""

    def __init__(self, console):
        self.console = console

    def __enter__(self):
        return self

    def __exit__(self, *_):
        sys.stdout.flush()

    def add_task(self, description, **_):
        return description

    def update(self, *_, **__):
        pass

    def advance(self, *_):
        pass
