"""Small changes of a solved function, made from its syntax tree: a term left out, a sign turned, one name for another.

Each is a slip that somebody makes. ``mistakes`` holds the ones that have a sentence of their own; these fill the gaps,
and their sentence is made from the line that they change.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

OPPOSITE = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "=="}
# A function in the place of another, and whether it may be left out.
CALLS = {
    "np.tanh": ("sigmoid", True),
    "sigmoid": ("np.tanh", True),
    "np.sqrt": ("", True),
    "np.exp": ("", True),
    "np.log": ("", True),
    "np.maximum": ("np.minimum", False),
    "np.minimum": ("np.maximum", False),
    "reversed": ("", True),
    "max": ("min", False),
    "min": ("max", False),
    "reverse_rows": ("", True),
    "np.abs": ("", True),
    "len": ("", False),
}
METHODS = {"sum": "mean", "mean": "sum", "max": "min", "copy": "copy"}


@dataclass(frozen=True)
class Edit:
    """The characters from ``start`` to ``stop`` of a source become ``new``; ``says`` is what that means."""

    start: int
    stop: int
    new: str
    says: str
    rank: int = 2

    def overlaps(self, other: "Edit") -> bool:
        return self.start < other.stop and other.start < self.stop


def edited(source: str, edits: tuple[Edit, ...]) -> str:
    """Return the source with edits that do not overlap."""
    for edit in sorted(edits, key=lambda edit: -edit.start):
        source = source[: edit.start] + edit.new + source[edit.stop :]
    return source


class Slips:
    """All small changes of one function of a source."""

    def __init__(
        self, source: str, function: ast.FunctionDef, alike: dict[str, list[str]], masks: frozenset[str] = frozenset()
    ) -> None:
        self.source, self.function, self.alike, self.masks = source, function, alike, masks
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

        self.keys = {self.key(node) for node in ast.walk(function) if isinstance(node, ast.Subscript)} - {""}

    def key(self, node: ast.Subscript) -> str:
        """Return the name in ``params["kernel"]``, or nothing where no name is written."""
        held = node.slice
        return held.value if isinstance(held, ast.Constant) and isinstance(held.value, str) else ""

    def span(self, node: ast.AST) -> tuple[int, int]:
        start = self.starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        return start, self.starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def text(self, node: ast.AST) -> str:
        start, stop = self.span(node)
        return self.source[start:stop]

    def to(self, node: ast.AST, new: str, says: str, rank: int = 2) -> Edit:
        return Edit(*self.span(node), new, says, rank)

    def all(self) -> Iterator[Edit]:
        """Yield every change."""
        for statement in self.statements(self.function.body[1:]):
            target = self.target(statement)
            whole = self.text(statement).split("\n")[0]
            if isinstance(statement, ast.Assign | ast.AugAssign) and self.made_before(statement):
                yield self.to(statement, "pass", f"the line `{whole}` is missing", 1)
            if isinstance(statement, ast.Assign):
                yield from self.of_assignment(statement, target)
            for node in self.expressions(statement):
                yield from self.of(node, target)

    def of_assignment(self, statement: ast.Assign, target: str) -> Iterator[Edit]:
        """Yield the changes of a whole line: its value left out, or two of its targets swapped."""
        value, made = self.text(statement.value), statement.targets[0]
        if isinstance(made, ast.Name) and not isinstance(statement.value, ast.Dict | ast.List | ast.Call):
            yield self.to(statement.value, f"0 * ({value})", f"{target} is left out: it is `{value}`", 1)
        if isinstance(made, ast.Tuple):
            names = [self.text(name) for name in made.elts]
            for place in range(len(names)):
                for later in range(place + 1, len(names)):
                    swapped = list(names)
                    swapped[place], swapped[later] = names[later], names[place]
                    says = f"{names[place]} and {names[later]} are swapped: `{self.text(made)} = {value}`"
                    yield self.to(made, ", ".join(swapped), says, 1)

    def statements(self, body: list[ast.stmt]) -> Iterator[ast.stmt]:
        for statement in body:
            if isinstance(statement, ast.For | ast.If | ast.While):
                yield statement
                yield from self.statements([*statement.body, *statement.orelse])
            else:
                yield statement

    def expressions(self, statement: ast.stmt) -> Iterator[ast.expr]:
        """Yield the expressions that stand in a statement itself, not in the statements below it."""
        if isinstance(statement, ast.For):
            tops: list[ast.AST] = [statement.iter]
        elif isinstance(statement, ast.If | ast.While):
            tops = [statement.test]
        elif isinstance(statement, ast.Assign | ast.AugAssign):
            tops = [statement.value, *getattr(statement, "targets", [])]
        else:
            tops = [statement]
        for top in tops:
            for node in ast.walk(top):
                if isinstance(node, ast.expr):
                    yield node

    def target(self, statement: ast.stmt) -> str:
        """Return what a statement makes, in words."""
        if isinstance(statement, ast.Assign):
            return f"your {self.text(statement.targets[0])}"
        if isinstance(statement, ast.AugAssign):
            return f"your {self.text(statement.target)}"
        if isinstance(statement, ast.Return):
            return "what you return"
        return "your loop" if isinstance(statement, ast.For) else "your condition"

    def made_before(self, statement: ast.Assign | ast.AugAssign) -> bool:
        """Whether the name that a statement makes exists without it."""
        if isinstance(statement, ast.AugAssign) or not isinstance(statement.targets[0], ast.Name):
            return not isinstance(statement, ast.Assign) or isinstance(statement.targets[0], ast.Subscript)
        name = statement.targets[0].id
        earlier = [argument.arg for argument in self.function.args.args]
        for node in ast.walk(self.function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno < statement.lineno:
                earlier.append(node.id)
        return name in earlier

    def of(self, node: ast.expr, target: str) -> Iterator[Edit]:
        """Yield the changes of one expression."""
        if isinstance(node, ast.BinOp):
            yield from self.of_operation(node, target)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield self.to(node, self.text(node.operand), f"{target} has the wrong sign: `{self.text(node)}`", 1)
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITE:
            left, right = self.text(node.left), self.text(node.comparators[0])
            sign = OPPOSITE[type(node.ops[0])]
            yield self.to(
                node, f"({left} {sign} {right})", f"{target} compares with {sign}: `{left} {sign} {right}`", 1
            )
            yield self.to(
                node, f"(not ({self.text(node)}))", f"{target} has `{self.text(node)}` the other way round", 1
            )
            yield self.to(node, f"~({self.text(node)})", f"{target} has `{self.text(node)}` the other way round", 1)
        elif isinstance(node, ast.IfExp):
            for part in (node.body, node.orelse):
                yield self.to(node, self.text(part), f"{target} is `{self.text(part)}` in every case", 1)
        elif isinstance(node, ast.Attribute) and node.attr == "T":
            yield self.to(node, self.text(node.value), f"{target} lacks the transpose of `{self.text(node.value)}`", 1)
        elif isinstance(node, ast.Call):
            yield from self.of_call(node, target)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            if node.id in self.masks:
                yield self.to(node, f"~{node.id}", f"{target} takes the mask `{node.id}` the wrong way round", 1)
            for other in self.alike.get(node.id, ()):
                yield self.to(node, other, f"{target} uses `{other}` where `{node.id}` is meant", 2)
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            for value in {node.value - 1, node.value + 1} - {node.value}:
                yield self.to(node, f"({value})", f"{target} has {value} where {node.value} is meant", 3)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and self.key(node):
            for other in sorted(self.keys - {self.key(node)}):
                new = f'{self.text(node.value)}["{other}"]'
                yield self.to(node, new, f"{target} uses `{new}` where `{self.text(node)}` is meant", 2)
        elif isinstance(node, ast.Slice) and node.step is not None:
            yield self.to(node, ":", f"{target} is not turned round", 1)

    def of_operation(self, node: ast.BinOp, target: str) -> Iterator[Edit]:
        left, right, whole = self.text(node.left), self.text(node.right), self.text(node)
        kind = type(node.op)
        if kind in (ast.Add, ast.Sub):
            yield self.to(node, f"({left})", f"{target} lacks the term `{right}`: it is `{whole}`", 1)
            bare = f"(-({right}))" if kind is ast.Sub else f"({right})"
            yield self.to(node, bare, f"{target} lacks the term `{left}`: it is `{whole}`", 1)
            yield self.to(node, f"({right})", f"{target} has `{right}` alone: it is `{whole}`", 1)
            turned = f"({left} {'-' if kind is ast.Add else '+'} ({right}))"
            yield self.to(node, turned, f"{target} has the wrong sign before `{right}`: it is `{whole}`", 1)
            yield self.to(node, f"(-({whole}))", f"{target} has the wrong sign: it is `{whole}`", 1)
            if kind is ast.Add:
                yield self.to(node, f"({left} * ({right}))", f"{target} multiplies where it should add: `{whole}`", 1)
                yield self.to(node, f"({whole} + ({right}))", f"{target} counts `{right}` twice: it is `{whole}`", 1)
                yield self.to(node, f"({whole} + ({left}))", f"{target} counts `{left}` twice: it is `{whole}`", 1)
        elif kind is ast.Mult:
            yield self.to(node, f"({left})", f"{target} lacks the factor `{right}`: it is `{whole}`", 1)
            yield self.to(node, f"({right})", f"{target} lacks the factor `{left}`: it is `{whole}`", 1)
            yield self.to(node, f"(({left}) + ({right}))", f"{target} adds where it should multiply: `{whole}`", 2)
            yield self.to(
                node, f"({whole} * ({right}))", f"{target} has the factor `{right}` twice: it is `{whole}`", 1
            )
            yield self.to(node, f"({whole} * ({left}))", f"{target} has the factor `{left}` twice: it is `{whole}`", 1)
            yield self.to(node, f"(-({whole}))", f"{target} has the wrong sign: it is `{whole}`", 2)
        elif kind is ast.Div:
            yield self.to(node, f"({left})", f"{target} is not divided by `{right}`: it is `{whole}`", 1)
            yield self.to(node, f"({left} * ({right}))", f"{target} is multiplied by `{right}`, not divided", 1)
            yield self.to(node, f"(({right}) / ({left}))", f"{target} has its fraction upside down: it is `{whole}`", 1)
            yield self.to(node, f"({whole} / ({right}))", f"{target} is divided by `{right}` twice", 1)
        elif kind is ast.Pow:
            yield self.to(node, f"({left})", f"{target} lacks the power in `{whole}`", 1)
        elif kind is ast.MatMult:
            yield self.to(node, f"({left} @ ({right}).T)", f"{target} takes `{right}` transposed: it is `{whole}`", 1)
            yield self.to(node, f"({left}).T @ ({right})", f"{target} takes `{left}` transposed: it is `{whole}`", 1)
            if isinstance(node.left, ast.Attribute) and node.left.attr == "T":
                rows = self.text(node.left.value)
                for place, words in (("-1:", "the last"), (":1", "the first")):
                    says = f"{target} is that of {words} row of the batch alone: the rows add up in `{whole}`"
                    yield self.to(node, f"{rows}[{place}].T @ {right}[{place}]", says, 1)

    def of_call(self, node: ast.Call, target: str) -> Iterator[Edit]:
        called, whole = self.text(node.func), self.text(node)
        inner = [self.text(argument) for argument in node.args]
        for place in range(len(node.args) - 1):
            first, second = node.args[place], node.args[place + 1]
            says = f"{target} is given `{inner[place]}` and `{inner[place + 1]}` in the wrong order: `{whole}`"
            start, stop = self.span(first)[0], self.span(second)[1]
            yield Edit(start, stop, f"{inner[place + 1]}, {inner[place]}", says, 2)
        if called in CALLS and inner:
            other, omitted = CALLS[called]
            if other:
                yield self.to(node.func, other, f"{target} takes {other} where {called} is meant: `{whole}`", 1)
            if omitted:
                yield self.to(node, f"({inner[0]})", f"{target} lacks {called} of `{inner[0]}`", 1)
        if called == "np.where" and len(inner) == 3:
            condition, yes, no = inner
            yield self.to(node, f"({yes})", f"{target} takes `{yes}` everywhere: it is `{whole}`", 1)
            yield self.to(node, f"({no})", f"{target} takes `{no}` everywhere: it is `{whole}`", 1)
            yield self.to(
                node, f"np.where({condition}, {no}, {yes})", f"{target} has the two parts of `{whole}` swapped", 1
            )
            yield self.to(
                node, f"np.where({condition}, {yes}, 0)", f"{target} is 0, not `{no}`, where the row has ended", 1
            )
        if called in ("np.concatenate", "np.stack") and inner and isinstance(node.args[0], ast.List):
            parts = [self.text(part) for part in node.args[0].elts]
            for place in range(len(parts)):
                for later in range(place + 1, len(parts)):
                    swapped = list(parts)
                    swapped[place], swapped[later] = parts[later], parts[place]
                    says = f"{target} has `{parts[place]}` and `{parts[later]}` in the wrong order: it is `{whole}`"
                    yield self.to(node.args[0], f"[{', '.join(swapped)}]", says, 1)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            owner, other = self.text(node.func.value), METHODS[node.func.attr]
            if other != node.func.attr:
                rest = self.source[self.span(node.func)[1] : self.span(node)[1]]
                yield self.to(
                    node, f"{owner}.{other}{rest}", f"{target} takes the {other} where the {node.func.attr} is meant", 1
                )
                yield self.to(node, f"({owner})", f"{target} lacks the {node.func.attr} of `{owner}`", 2)
                for axis in ("0", "1", "-1", "None"):
                    says = f"{target} takes the {node.func.attr} of `{owner}` along axis {axis}"
                    yield self.to(node, f"{owner}.{node.func.attr}(axis={axis})", says, 2)
                    says = f"{target} takes the {other} of `{owner}`, along axis {axis}"
                    yield self.to(node, f"{owner}.{other}(axis={axis})", says, 2)
