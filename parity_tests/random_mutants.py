"""The changes that ``python -m parity_tests.mutations --random N`` draws: a small one in one place of ``scratch``.

A mutant is a piece of a file and what stands there instead; the rest of the file keeps its text. Changed are operators,
comparisons, constants, conditions (turned round; one of ``and`` or ``or`` left out), arguments (two swapped, a keyword
left out), dtypes, slices (one shorter at an end), copies (what was to be copied is handed on), and statements (left
out). Not changed are docstrings, annotations, imports, f-strings, ``__repr__``, the texts of errors and warnings, the
names that a check is given for them, statements without which a name is missing, which every test would notice, the
order of what ``max`` and the like are given, and ``strict`` of ``zip``, by which the code says what it knows.

Why a tool of our own (looked at in November 2026): cosmic-ray 8.7 leaves out no statements, arguments or copies, and
runs a command for every mutant, here ten seconds of imports, bounded by the clock on the wall. mutmut 3.8 parts
processes and bounds their processor time, as is done here, but it passes over decorated functions, so over each kernel
of ``scratch/jit``, and over what stands outside functions.
"""

import ast
import json
import random
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EQUIVALENT = ROOT / "parity_tests" / "faults" / "equivalent.json"
JIT = "scratch/jit/", "scratch/compiling/"

OPERATORS = {
    **{ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "*")},
    **{ast.Mod: ("%", "//"), ast.Pow: ("**", "*"), ast.MatMult: ("@", "*"), ast.LShift: ("<<", ">>")},
    **{ast.RShift: (">>", "<<"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.BitXor: ("^", "&")},
    **{ast.Lt: ("<", "<=", ">="), ast.LtE: ("<=", "<", ">"), ast.Gt: (">", ">=", "<="), ast.GtE: (">=", ">", "<")},
    **{ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is")},
    **{ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"), ast.And: ("and", "or"), ast.Or: ("or", "and")},
}
PAIRS = [("min", "max"), ("any", "all"), ("minimum", "maximum"), ("argmin", "argmax"), ("floor", "ceil")]
PAIRS += [("zeros", "ones"), ("zeros_like", "ones_like"), ("float32", "float64"), ("int32", "int64")]
OTHER_NAME = dict(PAIRS) | {second: first for first, second in PAIRS}
# What hands on its argument, or the array that it is a method of, where it is left out.
COPIES = {"list", "tuple", "dict", "set", "bytes", "int", "float", "array", "asarray", "ascontiguousarray", "copy"}
SYMMETRIC = {"min", "max", "minimum", "maximum", "array_equal", "shares_memory"}
COPYING_METHODS = {"copy", "astype", "ravel", "tolist", "strip", "tobytes", "resolve"}


@dataclass(frozen=True)
class Mutant:
    """In the file ``path``, inside the function ``scope``, ``new`` stands instead of the bytes ``start`` to ``end``."""

    path: str
    scope: str
    start: int
    end: int
    new: str
    compiled: bool = False

    def planted(self, source):
        """Return the source with the change in it."""
        text = source.encode()
        return (text[: self.start] + self.new.encode() + text[self.end :]).decode()

    def lines(self, source):
        """Return the lines that it changes, before and after."""
        text, new = source.encode(), self.planted(source).encode()
        first, last = text.rfind(b"\n", 0, self.start) + 1, text.find(b"\n", self.end)
        pieces = text[first:last], new[first : last + len(new) - len(text)]
        return tuple(" ".join(piece.decode().split()) for piece in pieces)

    def changes_something(self, source):
        """Is it Python, and other Python than before?"""
        try:
            return ast.dump(ast.parse(self.planted(source))) != ast.dump(ast.parse(source))
        except SyntaxError:
            return False


class SourceFile:
    """A file, its text by the positions of its syntax tree, and the changes that each kind of node can have.

    A change is ``(start, end, new)``, in bytes, which is how Python counts columns.
    """

    def __init__(self, source):
        self.text, self.tree = source.encode(), ast.parse(source)
        lines = self.text.splitlines(keepends=True)
        self.starts = [sum(map(len, lines[:number])) for number in range(len(lines))]

    def extent(self, node):
        start = self.starts[node.lineno - 1] + node.col_offset
        return start, self.starts[node.end_lineno - 1] + node.end_col_offset

    def __getitem__(self, node):
        start, end = self.extent(node)
        return self.text[start:end].decode()

    def between(self, left, right, operator):
        start, end = self.extent(left)[1], self.extent(right)[0]
        old, *others = OPERATORS[type(operator)]
        for new in others:
            yield start, end, self.text[start:end].decode().replace(old, new, 1)

    def changes(self, node, parent):
        match node:
            case ast.BinOp(left, operator, right) | ast.AugAssign(left, operator, right):
                yield from self.between(left, right, operator)
            case ast.Compare(left, operators, others):
                for first, operator, second in zip([left, *others], operators, others, strict=False):
                    yield from self.between(first, second, operator)
            case ast.BoolOp(operator, values):
                word, other = OPERATORS[type(operator)]
                yield (*self.extent(node), f" {other} ".join(f"({self[value]})" for value in values))
                for left_out in values:
                    rest = (f"({self[value]})" for value in values if value is not left_out)
                    yield (*self.extent(node), f"({f' {word} '.join(rest)})")
            case ast.Slice(lower, upper):
                start, end = self.extent(node)
                if not isinstance(lower, ast.Constant):
                    yield (start, start, "1") if lower is None else (*self.extent(lower), f"({self[lower]}) + 1")
                if upper is None and node.step is None:
                    yield end, end, "-1"
                elif upper is not None and not isinstance(upper, ast.Constant):
                    yield (*self.extent(upper), f"({self[upper]}) - 1")
            case ast.Call():
                yield from self.calls(node)
            case ast.Raise() | ast.Continue() | ast.Break() | ast.Delete() | ast.AugAssign() | ast.Expr(ast.Call()):
                yield (*self.extent(node), "pass")
            case ast.Return() if not (isinstance(parent, ast.FunctionDef) and parent.body[-1] is node):
                yield (*self.extent(node), "pass")
            case ast.Assign(targets=[target]) if can_do_without(target, node.value):
                yield (*self.extent(node), "pass")
            case _:
                for new in self.texts(node):
                    yield (*self.extent(node), new)
        match node:
            case ast.AugAssign(target, operator, value):
                yield self.extent(target)[1], self.extent(value)[0], " = "
                yield (*self.extent(node), "pass")
            case ast.If(test) | ast.IfExp(test) | ast.While(test):
                yield (*self.extent(test), f"not ({self[test]})")
            case ast.comprehension(ifs=tests):
                yield from ((*self.extent(test), f"not ({self[test]})") for test in tests)

    def calls(self, node):
        parts = [*node.args, *node.keywords]
        texts = [self[part] for part in parts]
        name = getattr(node.func, "id", getattr(node.func, "attr", None))
        for index in range(0 if name in SYMMETRIC else len(node.args) - 1):
            swapped = [*texts[:index], texts[index + 1], texts[index], *texts[index + 2 :]]
            yield (*self.extent(node), f"{self[node.func]}({', '.join(swapped)})")
        for keyword in node.keywords:
            if keyword.arg == "strict":
                continue
            rest = [text for text, part in zip(texts, parts, strict=True) if part is not keyword]
            yield (*self.extent(node), f"{self[node.func]}({', '.join(rest)})")
        if len(node.args) == 1 and name in COPIES:
            yield (*self.extent(node), f"({texts[0]})")
        elif isinstance(node.func, ast.Attribute) and name in COPYING_METHODS:
            yield (*self.extent(node), f"({self[node.func.value]})")

    def texts(self, node):
        """Yield what may stand instead of a node that is one word."""
        match node:
            case ast.UnaryOp(operand=operand):
                yield f"({self[operand]})"
            case ast.Constant(bool(value)):
                yield repr(not value)
            case ast.Constant(int(value)):
                yield from (repr(value + 1), *([repr(value - 1)] if value else []))
            case ast.Constant(float(value)):
                yield repr(2 * value or 1.0)
            case ast.Constant(str(value)):
                yield repr("" if value else "x")
            case ast.Constant(bytes(value)):
                yield repr(b"" if value else b"x")
            case ast.Name(name, ast.Load()) if name in ("min", "max", "any", "all"):
                yield OTHER_NAME[name]
            case ast.Attribute(value, name) if name in OTHER_NAME:
                yield f"{self[value]}.{OTHER_NAME[name]}"


def can_do_without(target, value):
    """Can ``target = value`` be left out without a name missing? So it is where the name has a value before."""
    if isinstance(target, ast.Name):
        return any(isinstance(node, ast.Name) and node.id == target.id for node in ast.walk(value))
    return isinstance(target, ast.Attribute | ast.Subscript)


def untouched(node, parent):
    match parent:
        case ast.Raise():
            return True
        case ast.Call(ast.Attribute(attr="warn")) | ast.JoinedStr():
            return True
        case ast.Call(ast.Name(name)) if name.startswith("check_") and isinstance(node, ast.Constant):
            return isinstance(node.value, str)
        case ast.Expr(ast.Constant()) | ast.AnnAssign(annotation=ast.Name("TypeAlias")):
            return True
    if isinstance(node, ast.FunctionDef):
        return node.name == "__repr__"
    if isinstance(node, ast.keyword) and node.arg == "strict":
        return True
    annotation = node in (getattr(parent, "annotation", None), getattr(parent, "returns", None))
    return annotation or isinstance(node, ast.Import | ast.ImportFrom)


def nodes_below(node, scope=()):
    """Yield ``(node, parent, scope)`` for all that may be changed, scope being the path of names Python gives it."""
    for child in ast.iter_child_nodes(node):
        if untouched(child, node):
            continue
        inner = scope
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and child in node.body:
            inner = (*scope, node.name, "<locals>") if isinstance(node, ast.FunctionDef) else (*scope, node.name)
        yield child, node, inner
        yield from nodes_below(child, inner)


def mutants_of(path, source):
    """Return every mutant of a file's source, including a few that change nothing or are no Python."""
    file = SourceFile(source)
    found = {}
    for node, parent, scope in nodes_below(file.tree):
        while scope and scope[-1] == "<locals>":
            scope = scope[:-1]
        for start, end, new in file.changes(node, parent):
            found.setdefault((start, end, new), Mutant(path, ".".join(scope), start, end, new))
    return list(found.values())


def draw(number, seed, only=""):
    """Return ``number`` mutants, each as likely as another: of the files whose path holds ``only``, else all but jit's.

    Less than ``number``, where there are no more.
    """
    sources, mutants = {}, []
    for file in sorted((ROOT / "scratch").rglob("*.py")):
        path = file.relative_to(ROOT).as_posix()
        if only in path if only else not path.startswith(JIT):
            sources[path] = file.read_text(encoding="utf-8")
            mutants += mutants_of(path, sources[path])
    random.Random(seed).shuffle(mutants)
    drawn = []
    while mutants and len(drawn) < number:
        mutant = mutants.pop()
        if mutant.changes_something(sources[mutant.path]):
            drawn.append(mutant)
    return drawn


def explained():
    """Return ``{(path, line before, line after): why}`` of the changes that nothing can show, from ``EQUIVALENT``."""
    entries = json.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return {(entry["path"], entry["line"], entry["becomes"]): entry["why"] for entry in entries}
