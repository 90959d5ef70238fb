"""An external grader of PrairieLearn: ``python -m parity_tests.grade.adapters.prairielearn FILE RESULTS``.

PrairieLearn puts the answer into ``/grade/student`` and reads ``/grade/results/results.json``. The entry point of the
question is then this line::

    python -m parity_tests.grade.adapters.prairielearn /grade/student/lstm.py /grade/results/results.json
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from parity_tests.grade.grading import grade_file
from parity_tests.grade.verdict import Report
from parity_tests.grade.words import advice
from scratch.files import write_text


def results(report: Report, explain: bool = False) -> dict[str, Any]:
    """Return the results of a report in PrairieLearn's form: the score from 0 to 1, and a test for each function."""
    tests = []
    for verdict in report.verdicts:
        wrong = [quantity.name for quantity in verdict.quantities if not quantity.right]
        tests.append(
            {
                "name": verdict.function,
                "points": 0 if report.trouble else verdict.points,
                "max_points": len(verdict.quantities),
                "message": "all right" if verdict.right else "\n".join(advice(verdict, explain)),
                "output": f"differs: {', '.join(wrong)}" if wrong else "",
            }
        )
    score = report.points / report.possible if report.possible else 0.0
    return {"gradable": True, "score": score, "message": "\n".join(report.trouble), "tests": tests}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m parity_tests.grade.adapters.prairielearn", description=__doc__)
    parser.add_argument("file", type=Path, help="the answer, such as /grade/student/lstm.py")
    parser.add_argument("results", type=Path, help="what PrairieLearn reads: /grade/results/results.json")
    parser.add_argument("--explain", action="store_true", help="say what the mistake is, and not only where to look")
    arguments = parser.parse_args(argv)
    try:
        told = results(grade_file(arguments.file), arguments.explain)
    except (OSError, ValueError) as error:
        told = {"gradable": False, "message": str(error), "format_errors": [str(error)]}
    arguments.results.parent.mkdir(parents=True, exist_ok=True)
    write_text(arguments.results, json.dumps(told, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
