"""A report as text: quantity by quantity, then a hint, or with ``explain`` the whole diagnosis."""

import math
from collections.abc import Iterator

from parity_tests.grade.verdict import BOTH, EXACT, LINE, ONE_OF, PART, Finding, Report, Verdict

LEADS = {
    EXACT: "This is it: ",
    BOTH: "Two mistakes at once give these numbers: ",
    ONE_OF: "One of these; they give the same numbers: ",
    LINE: "A program with this change gives all of your numbers: ",
    PART: "This explains a part of it. ",
}
JOINED = {BOTH: "; and ", ONE_OF: "; or ", LINE: "; or "}


def explained(finding: Finding) -> str:
    """Return the whole diagnosis of one finding."""
    return LEADS.get(finding.kind, "Seen in the numbers: ") + JOINED.get(finding.kind, "; ").join(finding.says)


def advice(verdict: Verdict, explain: bool) -> Iterator[str]:
    """Yield the hints of a function, or with ``explain`` what is wrong."""
    for finding in verdict.findings:
        yield explained(finding) if explain else f"Hint: {finding.hint}"


def off_by(off: float) -> str:
    return "no such array" if math.isinf(off) else f"off by {off:.1e} of its largest entry"


def lines(report: Report, explain: bool = False) -> Iterator[str]:
    """Yield the lines of a report."""
    yield f"{report.file}: exercise {report.idea}, {report.points} of {report.possible} points"
    for trouble in report.trouble:
        yield f"  {trouble}"
    for verdict in report.verdicts:
        yield f"\n{verdict.function}: {'all right' if verdict.right else verdict.status}"
        if verdict.status not in ("right", "wrong"):
            yield f"  {verdict.findings[0].says[0]}"
            continue
        for quantity in verdict.quantities:
            told = "agrees" if quantity.right else f"DIFFERS, {off_by(quantity.off)}"
            yield f"  {quantity.name:<24} {told}"
        if not verdict.right:
            yield from (f"  {words}" for words in advice(verdict, explain))
            yield f"  It is derived in {verdict.lesson}"
    if report.printed:
        yield f"\nIt printed: {report.printed[:300].rstrip()}"


def in_short(report: Report) -> str:
    """Return the first thing that is wrong with a submission, for a table of a class."""
    if report.trouble:
        return report.trouble[0]
    for verdict in report.verdicts:
        if not verdict.right:
            return f"{verdict.function}: {verdict.findings[0].says[0] if verdict.findings else verdict.status}"
    return "all right"
