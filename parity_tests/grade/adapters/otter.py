"""Test files for otter-grader: ``python -m parity_tests.grade.adapters.otter FOLDER``.

Each function of an exercise has one, in otter's form of tests that raise exceptions; the hint is the message.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from parity_tests.grade.anatomy import solved
from parity_tests.grade.course import LESSONS

TEST = '''"""{function}, of the exercise {idea}."""

from otter.test_files import test_case

OK_FORMAT = False
name = "{function}"
points = {points}


@test_case(points={points})
def test_{function}(env):
    from parity_tests.grade import check

    check(env["{function}"], explain={explain})
'''


def otter_test(idea: str, function: str, explain: bool = False) -> str:
    """Return the text of the test file of one function, with a point for each of its results."""
    points = len(solved(idea).functions[function].results)
    return TEST.format(idea=idea, function=function, points=points, explain=explain)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m parity_tests.grade.adapters.otter", description=__doc__)
    parser.add_argument("folder", type=Path, help="otter's folder of tests")
    parser.add_argument("--explain", action="store_true", help="let the message say what the mistake is")
    arguments = parser.parse_args(argv)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for idea in LESSONS:
        for function in solved(idea).functions:
            text = otter_test(idea, function, arguments.explain)
            (arguments.folder / f"{function}.py").write_text(text, encoding="utf-8")
            count += 1
    print(f"{count} tests in {arguments.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
