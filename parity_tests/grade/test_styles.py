"""Whoever is right is told so, whatever the style, and gets no hint."""

from pathlib import Path

import pytest

from parity_tests.grade.anatomy import solved
from parity_tests.grade.course import LESSONS, ROOT
from parity_tests.grade.grading import grade_source, run_here
from parity_tests.grade.restyled import styles

WRITTEN = sorted((ROOT / "parity_tests" / "styles").glob("*.py"))


@pytest.mark.parametrize("idea", LESSONS)
def test_a_right_solution_is_right_in_every_style(idea):
    exercise = solved(idea)
    found = styles(exercise)
    assert len(found) > 14
    for style, source in found.items():
        report = grade_source(source, Path(f"{idea}.py"), run=run_here)
        wrong = [verdict for verdict in report.verdicts if not verdict.right or verdict.findings]
        assert (style, wrong, report.trouble) == (style, [], [])
        assert report.points == report.possible


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_a_solution_that_somebody_else_wrote_is_right(path):
    report = grade_source(path.read_text(encoding="utf-8"), path, run=run_here)
    assert [verdict for verdict in report.verdicts if not verdict.right or verdict.findings] == []
    assert report.right


def test_there_are_sixty_styles():
    assert len(WRITTEN) + sum(len(styles(solved(idea))) for idea in LESSONS) > 600
