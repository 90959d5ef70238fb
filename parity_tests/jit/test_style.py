"""What keeps the compiled engine readable: few parameters, by name, in short files, and words that can be searched."""

import ast
import re

import pytest

from parity_tests.targets import ROOT

FILES = sorted((ROOT / "scratch/jit").rglob("*.py"))
PAGES = sorted((ROOT / "docs/jit").glob("*.md"))
MOST_PARAMETERS, MOST_LINES, MOST_LINES_OF_A_FUNCTION = 8, 200, 60
# The loops over all steps are one piece: what is in them is called nowhere else.
LONGER = {"walk_backward": 72, "small_forward": 70, "build_tile": 65}
# What takes any number of like things, so that no place means anything of its own.
TAKES_ANY_NUMBER = {
    "build": "the types of the arguments of an instruction, as Numba hands them over",
    "meaning": "registers",
    "lower_builtin": "the types of arguments",
    "signature": "the same",
}
# They tell Numba what the function above them is, and get the types of its arguments.
TAKES_TYPES_OF_NUMBA = {"instruction", "intrinsic"}
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


def splats(tree):
    """Return the calls with ``*values`` that hide which argument is which."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        f"line {call.lineno}: {ast.unparse(call)}"
        for call in calls
        if any(isinstance(argument, ast.Starred) for argument in call.args)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) not in TAKES_ANY_NUMBER
    ]


def test_arguments_are_given_one_by_one():
    found = {str(path.relative_to(ROOT)): splats(ast.parse(path.read_text(encoding="utf-8"))) for path in FILES}
    assert {path: calls for path, calls in found.items() if calls} == {}
    assert splats(ast.parse("f(*a)\nx.h(1, *c())\nmeaning(*vectors)")) == ["line 1: f(*a)", "line 2: x.h(1, *c())"]


def without_types(tree):
    """Return the functions, and the methods of classes, with a parameter or a result that has no type."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for function in [node for body in (tree, *classes) for node in body.body if isinstance(node, ast.FunctionDef)]:
        arguments = [*function.args.args, *function.args.kwonlyargs]
        untyped = [argument for argument in arguments if argument.annotation is None and argument.arg != "self"]
        marks = {ast.unparse(mark).partition("(")[0] for mark in function.decorator_list}
        if (untyped or function.returns is None) and not marks & TAKES_TYPES_OF_NUMBA:
            yield function.name


def test_everything_is_annotated():
    found = {str(path.relative_to(ROOT)): [*without_types(ast.parse(path.read_text("utf-8")))] for path in FILES}
    assert {path: names for path, names in found.items() if names} == {}
    assert [*without_types(ast.parse("def f(a) -> int: ...\nclass A:\n    def g(self): ..."))] == ["f", "g"]


@pytest.mark.parametrize("path", FILES + PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_words_are_those_of_the_field(path):
    found = re.findall(rf"\b(?:{OLD_WORDS})\w*", path.read_text(encoding="utf-8"), re.IGNORECASE)
    assert found == []
