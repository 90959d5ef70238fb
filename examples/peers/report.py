"""What was found, for people: tables, in a terminal and in Markdown."""

import statistics
from dataclasses import asdict, dataclass
from math import floor, log10

from common import BOX, Table

HEAD = ("peer", "ms", "min..max", "p99 ms", "of limit", "first s", "cold s", "MB", "off")
SUMMARY = ("workload", "ours", "ms", "times as fast as", "the fastest peer", "its ms", "of the limit")
# Larger differences from the reference, as a part of its scale, are errors: float32 over long sequences.
LIMIT = 2e-5


@dataclass
class Found:
    """All rows of one workload, and what its limit is made of, measured in the same rounds.

    ``flops`` at ``product_rate``, in operations a second; ``loop_seconds``: of a bare loop, or to read the weights at
    ``read_rate``, in bytes a second.
    """

    name: str
    workload: object
    flops: int
    rows: list
    product_rate: float | None
    loop_seconds: float | None
    read_rate: float | None = None

    @property
    def limit(self):
        """Return the seconds of a step that nobody is expected to beat, or ``None`` where they are not known."""
        products = self.flops / self.product_rate if self.product_rate else 0
        return (self.loop_seconds or 0) + products or None

    def timed(self):
        """Return the rows with times, the fastest first."""
        return sorted((row for row in self.rows if row.seconds), key=lambda row: row.median)

    @staticmethod
    def fault(row):
        """Return what is wrong with a peer that failed or disagrees, in words; ``""`` for any other."""
        if row.failed:
            return f"{row.name} failed: {row.failed}"
        # Not the other way round: a difference that is no number is an error.
        if row.off is not None and not row.off <= LIMIT:
            return f"{row.name} disagrees: {row.worst} is off by {row.off:.1e}, limit {LIMIT:.0e}"
        return ""

    def wrong(self):
        """Return what is wrong, with whomever it is."""
        return [fault for row in self.rows if (fault := self.fault(row))]

    def contest(self):
        """Return the rows of our faster compiled one and of the fastest peer whose numbers are right, or ``None``."""
        right = [row for row in self.timed() if not self.fault(row)]
        ours = [row for row in right if row.name.startswith("numba")]
        peers = [row for row in right if not row.ours]
        return ours[0] if ours else None, peers[0] if peers else None

    def verdicts(self):
        """Return in words how Numba stands: to the fastest peer present, and to the limit."""
        ours, peer = self.contest()
        if ours is None:
            return []
        lines = []
        if peer:
            ratio = peer.median / ours.median
            lines.append(f"{ours.name} against the fastest peer present, {peer.name}: {ratio:.2f} times as fast")
        if self.limit:
            what = "the bare loop" if self.workload.limit == "loop" else "the limit"
            rate = f", weights at {self.read_rate / 1e9:.0f} GB/s" if self.read_rate else ""
            rate += f", products at {self.product_rate / 1e9:.0f} GFLOP/s" if self.product_rate and self.flops else ""
            lines.append(f"{ours.name} of {what}: {self.limit / ours.median:.0%} ({milliseconds(self.limit)} ms{rate})")
        return lines

    def remarks(self):
        """Return in words who has no times, and how calm the machine was."""
        lines = [f"{row.name}: not installed ({row.absent})" for row in self.rows if row.absent]
        lines += [f"{row.name}: does not run this: {row.refused}" for row in self.rows if row.refused]
        repeated, foreign = sum(row.repeated for row in self.rows), max(row.foreign for row in self.rows)
        if repeated or foreign > 0.25:
            lines.append(f"{repeated} blocks repeated; in those that count others used at most {foreign:.2f} CPUs")
        return lines

    def cells(self):
        """Return the table's rows, as text."""
        for row in self.timed():
            yield (
                row.name,
                milliseconds(row.median),
                f"{milliseconds(min(row.seconds))}..{milliseconds(max(row.seconds))}",
                "-" if None in row.p99 or not row.p99 else milliseconds(statistics.median(row.p99)),
                f"{self.limit / row.median:.0%}" if self.limit else "-",
                f"{row.first:.2f}",
                "-" if row.cold is None else f"{row.cold:.1f}",
                f"{row.peak / 1e6:,.0f}",
                f"{row.off:.0e}",
            )

    def as_json(self):
        return {
            "name": self.name,
            "workload": asdict(self.workload),
            "flops": self.flops,
            "product_rate": self.product_rate,
            "read_rate": self.read_rate,
            "limit_seconds": self.limit,
            "rows": [asdict(row) for row in self.rows],
        }


def milliseconds(seconds):
    """Return a time as text with three digits that count."""
    number = 1e3 * seconds
    return f"{number:.{max(0, 2 - floor(log10(number)))}f}"


def summary(all_found):
    """Return a row for each workload on which a compiled one of ours has times: how it stands."""
    for found in all_found:
        ours, peer = found.contest()
        if ours:
            against = (f"{peer.median / ours.median:.2f}", peer.name, milliseconds(peer.median)) if peer else ("-",) * 3
            limit = f"{found.limit / ours.median:.0%}" if found.limit else "-"
            yield found.name, ours.name, milliseconds(ours.median), *against, limit


def print_table(head, rows, console):
    table = Table(box=BOX, pad_edge=False, collapse_padding=True)
    for name in head:
        table.add_column(name, no_wrap=True)
    for cells in rows:
        table.add_row(*cells)
    console.print(table)


def markdown_table(head, rows):
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def show(found, console):
    """Print a workload's table and what is to be said of it."""
    console.print(f"\n{found.name}: {found.workload.describe()}", style="bold", highlight=False)
    print_table(HEAD, found.cells(), console)
    for line in (*found.verdicts(), *found.remarks()):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    for line in found.wrong():
        console.print(line, style="red", markup=False, soft_wrap=True)


def markdown(all_found, lines):
    """Return the tables as a piece of Markdown, under ``lines`` on the machine."""
    parts = ["\n\n".join(lines)]
    if rows := list(summary(all_found)):
        parts.append(markdown_table(SUMMARY, rows))
    for found in all_found:
        table = markdown_table(HEAD, found.cells())
        said = "\n".join(f"- {line}" for line in (*found.verdicts(), *found.remarks(), *found.wrong()))
        parts.append(f"### {found.name}: {found.workload.describe()}\n\n{table}" + (f"\n\n{said}" if said else ""))
    return "\n\n".join(parts) + "\n"
