"""Make the exercises: ``python -m parity_tests.grade.blank``.

An exercise is a solved file of ``parity_tests/solutions`` with the code of its functions taken out. What stays: the
equations, the docstrings, the functions that are given, and the comments, each of which says an equation. So the two
never differ in anything else. With ``--notebooks`` each is also written as a notebook, one cell a function.
"""

import argparse
import ast
import re
from collections.abc import Sequence
from pathlib import Path

from parity_tests.grade.anatomy import functions_in
from parity_tests.grade.course import EXERCISES, LESSONS, SOLUTIONS

FOOT = '''

Exercise {number} of {count}; the lesson is docs/{page}.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade {path}

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""
'''


def blanked(source: str, foot: str) -> str:
    """Return a solved file without the code of its functions, ``foot`` at the end of its description."""
    lines = source.splitlines()
    for function, given in reversed(list(functions_in(source))):
        if not given:
            first = function.body[1].lineno
            # The comments above the first line of code belong to the blank as well.
            start = function.body[0].end_lineno or first
            body = lines[start : function.end_lineno]
            equations = [f"    {line.strip()}" for line in body if line.strip().startswith("#")]
            lines[start : function.end_lineno] = [*equations, "    raise NotImplementedError"]
    text = "\n".join(lines) + "\n"
    return re.sub(r'^"""$', lambda _: foot.rstrip("\n")[1:], text, count=1, flags=re.MULTILINE)


def exercise(idea: str) -> str:
    """Return the text of the exercise of one idea."""
    source = (SOLUTIONS / f"{idea}.py").read_text(encoding="utf-8")
    number = list(LESSONS).index(idea) + 1
    path = f"examples/exercises/{idea}.py"
    return blanked(source, FOOT.format(number=number, count=len(LESSONS), page=LESSONS[idea], path=path))


def notebook(source: str) -> str:
    """Return an exercise as the text of a notebook: the description in words, a cell for each function, and a check."""
    import jupytext
    import nbformat

    described = ast.get_docstring(ast.parse(source), clean=False) or ""
    blanks = [function.name for function, given in functions_in(source) if not given]
    cells = [nbformat.v4.new_markdown_cell(f"```text\n{described.strip()}\n```")]
    for node in ast.parse(source).body[1:]:
        cells.append(nbformat.v4.new_code_cell(ast.get_source_segment(source, node)))
    check = f"from parity_tests.grade import grade\n\ngrade({', '.join(blanks)})"
    cells.append(nbformat.v4.new_code_cell(check))
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return jupytext.writes(nbformat.v4.new_notebook(cells=cells), fmt="ipynb")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m parity_tests.grade.blank", description="Make the exercises.")
    parser.add_argument("--notebooks", type=Path, help="write them as notebooks into this folder, not as Python files")
    arguments = parser.parse_args(argv)
    folder = arguments.notebooks or EXERCISES
    folder.mkdir(parents=True, exist_ok=True)
    for idea in LESSONS:
        text, ending = exercise(idea), ".py"
        if arguments.notebooks:
            text, ending = notebook(text), ".ipynb"
        (folder / (idea + ending)).write_text(text, encoding="utf-8")
    print(f"{len(LESSONS)} exercises in {folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
