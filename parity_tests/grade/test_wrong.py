"""Wrong solutions by somebody who had not read the library, each with its mistake in the first line.

``parity_tests/wrong/judged.json`` holds what the grader said of each, and whether somebody who read both lines found that
it named the mistake. Where the grader says something else by now, it has to be judged again.
"""

import json
from functools import cache

import pytest

from parity_tests.grade.course import LESSONS, ROOT
from parity_tests.grade.grading import grade_source, run_here
from parity_tests.grade.verdict import EXACT

WRONG = ROOT / "parity_tests" / "wrong"
FILES = sorted(WRONG.rglob("*.py"))
JUDGED = json.loads((WRONG / "judged.json").read_text(encoding="utf-8"))


@cache
def told(path):
    """Return whether a mistake is named, and everything that is said, of the functions that somebody wrote."""
    report = grade_source(path.read_text(encoding="utf-8"), path, run=run_here)
    wrong = [verdict for verdict in report.verdicts if not verdict.right and verdict.status not in ("blank", "missing")]
    said = [[verdict.function, each.kind, each.says] for verdict in wrong for each in verdict.findings]
    return report.right, any(verdict.spoken for verdict in wrong), said


@pytest.mark.parametrize("idea", LESSONS)
def test_what_is_said_of_a_wrong_solution_is_what_was_judged(idea):
    for path in FILES:
        if path.parent.name == idea:
            right, spoken, said = told(path)
            judged = JUDGED[path.relative_to(WRONG).as_posix()]
            assert not right, path
            assert (path.name, spoken, said if spoken else []) == (path.name, judged["spoken"], judged["said"])


def test_the_mistake_is_named():
    assert set(JUDGED) == {path.relative_to(WRONG).as_posix() for path in FILES}
    assert len(FILES) >= 150
    assert all(path.read_text(encoding="utf-8").startswith("# mistake: ") for path in FILES)
    spoken = [judged for judged in JUDGED.values() if judged["spoken"]]
    assert len(spoken) / len(JUDGED) >= 0.8
    assert sum(judged["named"] for judged in spoken) / len(spoken) >= 0.9
    sure = [judged for judged in spoken if any(kind == EXACT for _, kind, _ in judged["said"])]
    assert [judged for judged in sure if not judged["named"]] == []
    pairs = [judged for name, judged in JUDGED.items() if "/pair_" in name]
    assert len(pairs) > 20
    assert sum(judged["named"] for judged in pairs) / len(pairs) >= 0.6
