"""The exercises are the solved files with their code taken out, and the solved files agree with scratch."""

import ast

import numpy as np
import pytest

from parity_tests.grade import held_sequences
from parity_tests.grade.anatomy import functions_in, solved
from parity_tests.grade.blank import exercise, main, notebook
from parity_tests.grade.course import EXERCISES, LESSONS, ROOT, SOLUTIONS
from parity_tests.grade.draws import draw_calls
from parity_tests.grade.grading import grade_source, run_here
from parity_tests.grade.held import HELD, held
from parity_tests.harness import assert_parity


def test_there_are_thirty_and_each_is_in_the_course():
    assert set(LESSONS) == {path.stem for path in SOLUTIONS.glob("[a-z]*.py")} >= {"lstm", "adam"}
    assert len(LESSONS) >= 30
    for page in LESSONS.values():
        assert (ROOT / "docs" / f"{page}.md").exists()


@pytest.mark.parametrize("idea", LESSONS)
def test_an_exercise_is_its_solution_without_the_code(idea):
    text = (EXERCISES / f"{idea}.py").read_text(encoding="utf-8")
    assert text == exercise(idea), "run python -m parity_tests.grade.blank"
    for function, given in functions_in(text):
        # A description, and nothing else.
        assert given or (len(function.body), type(function.body[1])) == (2, ast.Raise)
        assert ast.get_docstring(function)


@pytest.mark.parametrize("idea", LESSONS)
def test_a_blank_exercise_is_called_blank(idea):
    report = grade_source(exercise(idea), EXERCISES / f"{idea}.py", run=run_here)
    assert {verdict.status for verdict in report.verdicts} == {"blank"}
    assert (report.points, report.right) == (0, False)
    assert report.possible >= len(report.verdicts)


@pytest.mark.parametrize("idea", LESSONS)
def test_a_notebook_has_a_cell_for_each_blank(idea):
    import nbformat

    read = nbformat.reads(notebook(exercise(idea)), as_version=4)
    nbformat.validate(read)
    blanks = [cell for cell in read.cells if "raise NotImplementedError" in cell.source and cell.cell_type == "code"]
    assert len(blanks) == len(solved(idea).functions)
    assert read.cells[-1].source.startswith("from parity_tests.grade import grade")


def test_the_exercises_are_written_again(tmp_path, capsys):
    assert main(["--notebooks", str(tmp_path)]) == 0
    assert len(list(tmp_path.glob("*.ipynb"))) == len(LESSONS)
    assert "38 exercises" in capsys.readouterr().out


@pytest.mark.parametrize("function", HELD)
def test_a_solved_function_agrees_with_scratch(function):
    """To 1e-12: what is measured against is itself held to what TensorFlow is held to."""
    (idea,) = [idea for idea in LESSONS if function in solved(idea).functions]
    module = solved(idea).module()
    calls = [call for call in draw_calls(idea, module) if call.function == function]
    assert len(calls) > 2
    for call in calls:
        ours, theirs = held(call, module)
        assert_parity(named_arrays(ours), named_arrays(theirs))


def named_arrays(result, path=""):
    """Return results as a dict of arrays; a word becomes the numbers of its letters."""
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, str):
        result = held_sequences.letters(result)
    if isinstance(result, list | tuple) and any(np.ndim(part) or isinstance(part, dict | str) for part in result):
        flat = {}
        for place, part in enumerate(result):
            flat |= named_arrays(part, f"{path}.{place}")
        return flat
    return {path: np.asarray(result, float)}


def test_every_function_is_held():
    every = {name for idea in LESSONS for name in solved(idea).functions}
    assert set(HELD) == every
