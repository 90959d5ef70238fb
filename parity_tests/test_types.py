"""Everything public is annotated, and the packages say so to type checkers. ``make lint`` runs mypy over them."""

import ast

import pytest

from parity_tests.targets import ROOT

PACKAGES = ("scratch", "tf_impl", "unrolled")
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
# They tell Numba what the function below them is, and get the types of its arguments.
TAKES_TYPES_OF_NUMBA = {"instruction", "intrinsic"}


def lacking(tree):
    """Return what public functions, methods and fields of classes leave without a type."""

    def walk(node, prefix):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                yield from walk(child, f"{prefix}{child.name}.")
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                marks = {ast.unparse(mark).partition("(")[0] for mark in child.decorator_list}
                if not marks & TAKES_TYPES_OF_NUMBA:
                    yield from of_function(child, prefix)
            elif isinstance(child, ast.If | ast.Try):
                yield from walk(child, prefix)
            elif isinstance(node, ast.ClassDef) and isinstance(child, ast.Assign) and is_data(node):
                # Another name for a method is no field.
                methods = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
                given = {name.id for name in ast.walk(child.value) if isinstance(name, ast.Name)}
                if given and given <= methods:
                    continue
                names = [ast.unparse(target) for target in child.targets]
                yield from (f"{prefix}{name}" for name in names if not name.startswith("__"))

    def of_function(function, prefix):
        arguments = function.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        if prefix and named and named[0].arg in ("self", "cls"):
            del named[0]
        named += filter(None, (arguments.vararg, arguments.kwarg))
        yield from (f"{prefix}{function.name}({each.arg})" for each in named if each.annotation is None)
        if function.returns is None:
            yield f"{prefix}{function.name} ->"

    return list(walk(tree, ""))


def is_data(node):
    """Return whether a class is a dataclass or a named tuple, whose fields are what it is."""
    marks = [ast.unparse(mark) for mark in (*node.decorator_list, *node.bases)]
    return any("dataclass" in mark or "NamedTuple" in mark for mark in marks)


@pytest.mark.parametrize("package", PACKAGES)
def test_everything_public_is_annotated(package):
    files = [path for path in FILES if path.is_relative_to(ROOT / package)]
    assert files
    found = {str(path.relative_to(ROOT)): lacking(ast.parse(path.read_text(encoding="utf-8"))) for path in files}
    assert {path: names for path, names in found.items() if names} == {}


def test_what_lacks_a_type_is_named():
    source = """
def f(a, b: int, *c, d=1, **e: int) -> int: ...
class A(NamedTuple):
    x: int
    y = 3
    def g(self, z): ...
class B:
    y = 3
    @staticmethod
    def h() -> None: ...
"""
    assert lacking(ast.parse(source)) == ["f(a)", "f(d)", "f(c)", "A.y", "A.g(z)", "A.g ->"]


def test_the_packages_are_marked_as_typed():
    setup = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    (data,) = (node.value for node in ast.walk(setup) if isinstance(node, ast.keyword) and node.arg == "package_data")
    assert ast.literal_eval(data).items() >= {package: ["py.typed"] for package in PACKAGES}.items()
    assert all((ROOT / package / "py.typed").read_text() == "" for package in PACKAGES)
