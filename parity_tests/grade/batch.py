"""A class marked at once: one table, and how often each mistake was made."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from parity_tests.grade.grading import grade_file
from parity_tests.grade.sandbox import LIMITS, Limits
from parity_tests.grade.verdict import Report
from parity_tests.grade.words import in_short

BAR = 30


def submissions(folder: Path) -> list[Path]:
    """Return the Python files of a folder and of the folders in it."""
    return sorted(path for path in folder.rglob("*.py") if path.name != "__init__.py")


def graded(paths: Sequence[Path], limits: Limits = LIMITS) -> list[Report]:
    """Return a report on each file; one that cannot be marked says so and takes no other with it."""
    reports = []
    for path in paths:
        try:
            reports.append(grade_file(path, limits))
        except (OSError, ValueError) as error:
            reports.append(Report(str(path), "", trouble=[str(error)]))
    return reports


def mistakes(reports: Sequence[Report]) -> Counter[str]:
    """Count in how many functions each mistake was made."""
    told = [
        f"{verdict.function}: {verdict.findings[0].says[0]}"
        for report in reports
        for verdict in report.verdicts
        if verdict.findings and verdict.status not in ("blank", "missing")
    ]
    return Counter(told)


def table(reports: Sequence[Report], folder: Path) -> Iterator[str]:
    """Yield the lines of the table and of the histogram, as Markdown."""
    yield "| file | exercise | points | of | first |"
    yield "|---|---|---|---|---|"
    for report in reports:
        path = Path(report.file)
        name = path.relative_to(folder) if path.is_relative_to(folder) else path
        words = in_short(report).replace("|", "\\|").replace("\n", " ")
        yield f"| {name} | {report.idea} | {report.points} | {report.possible} | {words} |"
    counts = mistakes(reports)
    if counts:
        yield ""
        right = sum(report.right for report in reports)
        yield f"{right} of {len(reports)} are all right. What went wrong, and how often:"
        yield ""
        most = max(counts.values())
        for words, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
            yield f"    {count:4} {'#' * max(1, round(BAR * count / most)):<{BAR}} {words}"
