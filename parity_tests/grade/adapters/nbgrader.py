"""Source notebooks for nbgrader: ``python -m parity_tests.grade.adapters.nbgrader FOLDER``.

Each blank is a cell that a student fills in, and below it stands a locked cell with points that calls ``check``. A
wrong answer fails that cell with the hint as its message, which nbgrader shows in its feedback.
"""

import argparse
import ast
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from parity_tests.grade.anatomy import functions_in, solved
from parity_tests.grade.blank import exercise
from parity_tests.grade.course import LESSONS


def cell(kind: str, identifier: str, source: str, **graded: Any) -> dict[str, Any]:
    """Return a cell of a notebook with what nbgrader wants to know of it."""
    about = {
        "schema_version": 3,
        "grade_id": identifier,
        "locked": False,
        "solution": False,
        "grade": False,
        "task": False,
    }
    made: dict[str, Any] = {
        "cell_type": kind,
        "id": identifier,
        "source": source,
        "metadata": {"nbgrader": about | graded},
    }
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def source_notebook(idea: str, explain: bool = False) -> dict[str, Any]:
    """Return the notebook of an exercise, with a point for each quantity of a function."""
    text = exercise(idea)
    described = ast.get_docstring(ast.parse(text)) or ""
    cells = [cell("markdown", "described", f"```text\n{described}\n```", locked=True)]
    blanks = [function.name for function, given in functions_in(text) if not given]
    for number, node in enumerate(ast.parse(text).body[1:]):
        part = ast.get_source_segment(text, node) or ""
        name = getattr(node, "name", "")
        if name not in blanks:
            cells.append(cell("code", f"given-{number}", part, locked=True))
            continue
        head = part.replace(
            "raise NotImplementedError", "### BEGIN SOLUTION\n    raise NotImplementedError\n    ### END SOLUTION"
        )
        cells.append(cell("code", f"write-{name}", head, solution=True))
        test = f"from parity_tests.grade import check\n\ncheck({name}, explain={explain})"
        points = len(solved(idea).functions[name].results)
        cells.append(cell("code", f"test-{name}", test, grade=True, locked=True, points=points))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m parity_tests.grade.adapters.nbgrader", description=__doc__)
    parser.add_argument("folder", type=Path, help="nbgrader's folder source/<assignment>")
    parser.add_argument("--explain", action="store_true", help="let the feedback say what the mistake is")
    arguments = parser.parse_args(argv)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for idea in LESSONS:
        notebook = json.dumps(source_notebook(idea, arguments.explain), indent=1, ensure_ascii=False)
        (arguments.folder / f"{idea}.ipynb").write_text(notebook, encoding="utf-8")
    print(f"{len(LESSONS)} notebooks in {arguments.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
