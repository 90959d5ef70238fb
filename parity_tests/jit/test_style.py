"""What keeps the compiled engine readable: few parameters, by name, in short files, and words that can be searched."""

import ast
import re

import pytest

from parity_tests.targets import ROOT

FILES = sorted((ROOT / "scratch/jit").rglob("*.py"))
PAGES = sorted((ROOT / "docs/jit").glob("*.md"))
MOST_PARAMETERS, MOST_LINES, MOST_LINES_OF_A_FUNCTION = 8, 200, 60
# The loops over all steps are one piece: what is in them is called nowhere else.
LONGER = {"walk_backward": 70, "small_forward": 62, "build_tile": 65}
# Words of our own for what has a name: the GIL, a Boolean, an integer, to lower, a pointer, to prefetch, a pause.
OLD_WORDS = (
    "Python's lock|truth value|whole number|teach|places_of|matrix_at|borrow|at its leisure|ask_for|asks? for rows|"
    "asked for early|round_to_whole|hand_on"
)


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def parameters(function):
    arguments = function.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return [name for name in names if name not in ("self", "cls")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_short_and_take_few_parameters(path):
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MOST_LINES
    for function in functions(ast.parse(source)):
        assert len(parameters(function)) <= MOST_PARAMETERS, function.name
        most = LONGER.get(function.name, MOST_LINES_OF_A_FUNCTION)
        assert function.end_lineno - function.lineno < most, function.name


def is_compiled_or_a_named_tuple(node):
    if isinstance(node, ast.ClassDef):
        return any(getattr(base, "id", "") == "NamedTuple" for base in node.bases)
    marks = [getattr(mark, "id", "") for mark in getattr(node, "decorator_list", [])]
    return bool({"kernel", "inlined", "compiled"} & set(marks))


def test_what_is_compiled_and_named_tuples_get_their_arguments_one_by_one():
    """No splat hides which argument is which."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in FILES]
    own = {node.name for tree in trees for node in ast.walk(tree) if is_compiled_or_a_named_tuple(node)}
    assert {"walk_forward", "multiply", "Plan"} <= own
    for path, tree in zip(FILES, trees, strict=True):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and any(isinstance(argument, ast.Starred) for argument in node.args):
                assert getattr(node.func, "id", "") not in own, f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", FILES + PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_words_are_those_of_the_field(path):
    found = re.findall(rf"\b(?:{OLD_WORDS})\w*", path.read_text(encoding="utf-8"), re.IGNORECASE)
    assert found == []
