"""A grader that names the mistake: ``python -m parity_tests.grade FILE``. It needs NumPy alone.

``grade(function)`` does the same for functions of a notebook, and ``check(function)`` raises an ``AssertionError`` with
the hint, for graders that run cells. The page is ``docs/grader.md``.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from parity_tests.grade.grading import grade_file, grade_source
from parity_tests.grade.verdict import Report
from parity_tests.grade.words import advice, lines

__all__ = ["check", "grade", "grade_file", "grade_source", "source_of"]


def source_of(*functions: Callable[..., Any]) -> str:
    """Return the source of functions and of all that they use: other functions, modules, and plain constants."""
    parts: dict[str, str] = {}

    def add(function: FunctionType) -> None:
        if function.__name__ in parts:
            return
        source = textwrap.dedent(inspect.getsource(function))
        parts[function.__name__] = source
        for name in {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}:
            held = function.__globals__.get(name)
            if isinstance(held, ModuleType):
                parts.setdefault(name, f"import {held.__name__} as {name}\n")
            elif isinstance(held, FunctionType) and held.__module__ == function.__module__:
                add(held)
            elif isinstance(held, FunctionType | type) and held.__module__ != "builtins":
                parts.setdefault(name, f"from {held.__module__} import {held.__qualname__} as {name}\n")
            elif isinstance(held, int | float | str | tuple):
                parts.setdefault(name, f"{name} = {held!r}\n")

    for function in functions:
        add(inspect.unwrap(function))  # type: ignore[arg-type]
    ordered = sorted(parts.values(), key=lambda part: not part.startswith(("import", "from")))
    return "\n".join(ordered)


def report_on(*functions: Callable[..., Any]) -> Report:
    """Return the report on functions. Raises ``ValueError`` where they are not of an exercise."""
    names = [function.__name__ for function in functions]
    return grade_source(source_of(*functions), Path(names[0]), only=names)


def grade(*functions: Callable[..., Any], explain: bool = False) -> Report:
    """Mark functions of one exercise, print what is right and what is not, and return the report.

    ``explain`` prints the whole diagnosis, not a hint. Raises ``ValueError`` where they are not of an exercise.
    """
    report = report_on(*functions)
    print("\n".join(lines(report, explain)))
    return report


def check(*functions: Callable[..., Any], explain: bool = False) -> None:
    """Raise an ``AssertionError`` with what is wrong where one of the functions is not right."""
    report = report_on(*functions)
    wrong = [
        f"{verdict.function}: {' '.join(advice(verdict, explain))}" for verdict in report.verdicts if not verdict.right
    ]
    if wrong or report.trouble:
        raise AssertionError("\n".join([*report.trouble, *wrong]))
