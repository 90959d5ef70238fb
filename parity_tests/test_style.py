"""What keeps the code readable: few parameters, given by name, in short files, and words that can be searched."""

import ast
import functools
import re

from parity_tests.targets import ROOT

SCRATCH, TF_IMPL, JIT = (sorted((ROOT / folder).rglob("*.py")) for folder in ("scratch", "tf_impl", "scratch/jit"))
FILES = SCRATCH + TF_IMPL
PROGRAMS = sorted(path for folder in ("examples", "unrolled") for path in (ROOT / folder).rglob("*.py"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
MOST_PARAMETERS, MOST_LINES, MOST_LINES_OF_JIT, MOST_LINES_OF_A_FUNCTION = 8, 220, 200, 60
LONGER_FILES = {
    # A list of names, and nothing else.
    "scratch/__init__.py": 287,
}
LONGER_FUNCTIONS = {
    # The loops over all steps are one piece: what is in them is called nowhere else.
    "attention_forward": 90,
    "attention_backward": 94,
    "small_forward": 70,
    "build_tile": 65,
}
# Parameters that are TensorFlow's, and our own few beside them. Only those before the * may be given by place.
TENSORFLOWS_SIGNATURES = {
    "dynamic_rnn": 14,
    "bidirectional_dynamic_rnn": 10,
    "stack_bidirectional_dynamic_rnn": 10,
}
# What takes any number of like things, so that no place means anything of its own.
TAKES_ANY_NUMBER = {
    "zip": "iterables to go through side by side",
    "zip_longest": "the same",
    "reshape": "sizes of a shape",
    "message": "the parts of a message, one behind another",
    "function": "the leaves at one place of like trees, or the tensors that a caller's function is of",
    "map_tree": "like trees",
    "family": "the numbers of an activation",
    "stretch": "the tensors of one state, which recompute_grad wants one by one",
    "build": "the types of the arguments of an instruction, as Numba hands them over",
    "meaning": "registers",
    "lower_builtin": "the types of arguments",
    "signature": "the same",
}
# Words of our own for what has a name: the GIL, a Boolean, an integer, to lower, a pointer, to prefetch, a pause.
OLD_WORDS = (
    "Python's lock|truth value|whole number|teach_|def teach|places_of|matrix_at|borrow(?!ed reference)|at its leisure|"
    "ask_for|asks? for rows|asked for early|round_to_whole|hand_on"
)


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@functools.cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def parameters(arguments):
    """Return the names of parameters: those that may be given by place, and those by name alone."""
    by_place = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    by_name = [argument.arg for argument in arguments.kwonlyargs]
    return [name for name in by_place if name not in ("self", "cls")], by_name


def test_files_are_short():
    most = {path: LONGER_FILES.get(name_of(path), MOST_LINES_OF_JIT if path in JIT else MOST_LINES) for path in FILES}
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name_of(path): length for path, length in lengths.items() if length > most[path]} == {}


def test_functions_are_short_and_take_few_parameters():
    for path in FILES:
        for function in functions(tree_of(path)):
            where = f"{name_of(path)}:{function.lineno} {function.name}"
            most = LONGER_FUNCTIONS.get(function.name, MOST_LINES_OF_A_FUNCTION)
            assert function.end_lineno - function.lineno < most, where
            by_place, by_name = parameters(function.args)
            assert len(by_place) <= MOST_PARAMETERS, where
            most = TENSORFLOWS_SIGNATURES.get(function.name, MOST_PARAMETERS)
            assert len(by_place + by_name) <= most, where


def test_every_long_signature_is_one():
    counts = {name: 0 for name in TENSORFLOWS_SIGNATURES}
    for function in (function for path in FILES for function in functions(tree_of(path))):
        if function.name in counts:
            counts[function.name] = max(counts[function.name], sum(map(len, parameters(function.args))))
    assert counts == TENSORFLOWS_SIGNATURES


def hiding_splats(tree):
    """Return the calls with ``*values`` among their arguments that hide which argument is which.

    What a function was itself given as ``*values`` it may hand on, also in a function inside it.
    """

    def walk(node, given):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and node.args.vararg:
            given = given | {node.args.vararg.arg}
        if isinstance(node, ast.Call):
            handed = [argument.value for argument in node.args if isinstance(argument, ast.Starred)]
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if any(getattr(value, "id", None) not in given for value in handed) and name not in TAKES_ANY_NUMBER:
                yield f"line {node.lineno}: {ast.unparse(node)}"
        for child in ast.iter_child_nodes(node):
            yield from walk(child, given)

    return list(walk(tree, frozenset()))


def test_arguments_are_given_one_by_one():
    """What belongs together travels as one, by name; ``f(*bundle)`` is for any number of like things."""
    found = {name_of(path): hiding_splats(tree_of(path)) for path in FILES}
    assert {path: calls for path, calls in found.items() if calls} == {}


def test_splats_are_found():
    source = "def f(*a):\n    g(*a)\n    g(*b)\n    zip(*b)\n    x.h(1, *c())\n    return lambda *d: g(*a, *d)\n"
    assert hiding_splats(ast.parse(source)) == ["line 3: g(*b)", "line 5: x.h(1, *c())"]


def test_words_are_those_of_the_field():
    pattern = re.compile(rf"\b(?:{OLD_WORDS})\w*", re.IGNORECASE)
    found = {name_of(path): pattern.findall(path.read_text(encoding="utf-8")) for path in FILES + PROGRAMS + PAGES}
    assert len(found) > 300
    assert {path: words for path, words in found.items() if words} == {}
