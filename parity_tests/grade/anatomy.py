"""What a solved file says of itself: its functions, the names of their results, and the equation above each line."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from parity_tests.grade.course import HEADINGS, LESSONS, ROOT, SOLUTIONS

RETURNS = re.compile(r"Return ``\(?([\w, ]+)\)?``")


@dataclass(frozen=True)
class Function:
    """A blank of an exercise: its arguments, the names of its results, and where each name is first assigned."""

    name: str
    arguments: tuple[str, ...]
    results: tuple[str, ...]
    first: int
    last: int
    assigned: dict[str, int]

    def place(self, quantity: str) -> int:
        """Return the line in which a quantity such as ``d_params/kernel`` is made; what is not found comes last."""
        leaf = quantity.split("/")[-1].split("[")[0]
        for name in (leaf, f"d_{leaf}", leaf.replace("_diag", ""), "d_" + leaf.replace("_diag", "")):
            if name in self.assigned:
                return self.assigned[name]
        return self.last


def functions_in(source: str) -> Iterator[tuple[ast.FunctionDef, bool]]:
    """Yield each function of a file, and whether it is given."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            yield node, (ast.get_docstring(node) or "").startswith("Given:")


def assigned_names(function: ast.FunctionDef) -> dict[str, int]:
    """Return the line in which each local name is first assigned."""
    lines: dict[str, int] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            lines[node.id] = min(node.lineno, lines.get(node.id, node.lineno))
    return lines


@dataclass(frozen=True)
class Solved:
    """A solved exercise."""

    idea: str
    source: str
    functions: dict[str, Function]

    def module(self, source: str | None = None) -> ModuleType:
        """Return the module of this source, or of another version of it."""
        module = ModuleType(self.idea)
        exec(compile(source or self.source, f"{self.idea}.py", "exec"), module.__dict__)
        return module

    def part(self, name: str) -> tuple[int, int]:
        """Return where the text of a function begins and ends in the source."""
        lines = self.source.splitlines(keepends=True)
        function = self.functions[name]
        return sum(map(len, lines[: function.first - 1])), sum(map(len, lines[: function.last]))

    def equation(self, line: int) -> str:
        """Return the comment above a line of the source: the equation that the line says."""
        lines = self.source.splitlines()
        for number in range(line - 1, -1, -1):
            text = lines[number].strip()
            if text.startswith("#"):
                return text[1:].strip()
            if text.startswith("def "):
                break
        return ""

    def lesson(self, function: str, equation: str = "") -> tuple[str, int]:
        """Return the page of the lesson and the line where a function is derived, or one of its equations."""
        page = f"docs/{LESSONS[self.idea]}.md"
        path = ROOT / page
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        usual = ("## Backward", "## The gradient", "## Backprop") if "backward" in function else ("## The equation",)
        heading = HEADINGS.get(function, usual)
        first = next((number for number, text in enumerate(lines) if text.startswith(heading)), 0)
        made = equation.split(" = ")[0]
        for number, text in enumerate(lines[first + 1 :], first + 1):
            if text.startswith("## "):
                break
            # A paragraph of a derivation begins with its equation in bold.
            if equation and text.startswith(f"**${made} ="):
                return page, number + 1
        return page, first + 1


@cache
def solved(idea: str) -> Solved:
    """Return the solved exercise of one idea."""
    source = (SOLUTIONS / f"{idea}.py").read_text(encoding="utf-8")
    functions = {}
    for node, given in functions_in(source):
        if not given:
            (names,) = RETURNS.findall(ast.get_docstring(node) or "")
            arguments = tuple(argument.arg for argument in node.args.args)
            results = tuple(name.strip() for name in names.split(","))
            last = node.end_lineno or node.lineno
            functions[node.name] = Function(node.name, arguments, results, node.lineno, last, assigned_names(node))
    return Solved(idea, source, functions)
