"""Correct solutions in many styles: what a solved file becomes when somebody else writes it."""

import ast
import re
from collections.abc import Callable

from parity_tests.grade.anatomy import Solved

WRAPPED = """

def restyled(function, names):
    def call(*arguments):
        return {call}

    return call


"""
HELPERS = """
import dataclasses
from collections import namedtuple

import numpy as np


def each(tree, change):
    if isinstance(tree, dict):
        return {name: each(part, change) for name, part in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)(each(part, change) for part in tree)
    return change(tree) if isinstance(tree, (np.ndarray, np.floating)) else tree


def parts(result, names):
    return result if len(names) > 1 else (result,)


def alone(result, names):
    return result if len(names) > 1 or isinstance(result, list) else (result,)


def single(array):
    return array.astype(np.float32) if np.asarray(array).dtype.kind == "f" else array


def wide(array):
    return array.astype(np.longdouble) if np.asarray(array).dtype.kind == "f" else array


def strided(array):
    return np.repeat(array[..., None], 2, axis=-1)[..., 0] if np.ndim(array) else array


def frozen(array):
    array = np.array(array)
    array.flags.writeable = False
    return array


def record(result, names):
    return namedtuple("Results", names)(*parts(result, names))


def data(result, names):
    fields = [(name, object) for name in names]
    return dataclasses.make_dataclass("Results", fields)(*parts(result, names))
"""
# What a function returns, or what it works with.
FORMS = {
    "dict": "dict(zip(names, parts(function(*arguments), names)))",
    "list of results": "list(function(*arguments)) if len(names) > 1 else function(*arguments)",
    "a tuple of one": "alone(function(*arguments), names)",
    "named tuple": "record(function(*arguments), names)",
    "data class": "data(function(*arguments), names)",
    "float32": "function(*each(arguments, single))",
    "float32 results": "each(function(*arguments), single)",
    "long double": "each(function(*each(arguments, wide)), lambda array: np.asarray(array, float))",
    "Fortran order": "each(function(*each(arguments, lambda array: np.asarray(array, order='F'))), np.asfortranarray)",
    "strided results": "each(function(*arguments), strided)",
    "read-only results": "each(function(*arguments), frozen)",
    "dict in reverse": "dict(reversed(list(zip(names, parts(function(*arguments), names)))))",
}


def in_form(exercise: Solved, call: str) -> str:
    """Return a solved file whose functions return, or work with, something else."""
    made = [f"{name} = restyled({name}, {list(part.results)!r})" for name, part in exercise.functions.items()]
    return exercise.source + HELPERS + WRAPPED.format(call=call) + "\n".join(made) + "\n"


class Rewriter(ast.NodeTransformer):
    """Rewrites expressions of one kind."""

    def __init__(self, change: Callable[[ast.AST], ast.AST]) -> None:
        self.change = change

    def generic_visit(self, node: ast.AST) -> ast.AST:
        return self.change(super().generic_visit(node))


def called(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def products(name: str) -> Callable[[ast.AST], ast.AST]:
    """Return the change of every a @ b to a call."""

    def change(node: ast.AST) -> ast.AST:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            return called(name, node.left, node.right)
        return node

    return change


def sums_turned(node: ast.AST) -> ast.AST:
    """Write a + b as b + a, and a * b as b * a, but where lists are joined."""
    if (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add | ast.Mult)
        and not isinstance(node.right, ast.ListComp)
    ):
        return ast.BinOp(node.right, node.op, node.left)
    return node


def powers(node: ast.AST) -> ast.AST:
    """Write a**2 as a * a."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and getattr(node.right, "value", 0) == 2:
        return ast.BinOp(node.left, ast.Mult(), node.left)
    return node


DOTS = {
    "loops": """
def dot(a, b):
    made = np.zeros((*a.shape[:-1], b.shape[1]))
    for place in np.ndindex(*made.shape[:-1]):
        for column in range(b.shape[1]):
            for k in range(b.shape[0]):
                made[(*place, column)] += a[(*place, k)] * b[k, column]
    return made
""",
    "einsum": "\ndef dot(a, b):\n    return np.einsum('...k,kn->...n', a, b)\n",
    "np.dot": "\ndef dot(a, b):\n    return np.dot(a, b)\n",
    "outer sums": "\ndef dot(a, b):\n    return sum(a[..., k, None] * b[k] for k in range(len(b)))\n",
    "tensordot": "\ndef dot(a, b):\n    return np.tensordot(a, b, axes=1)\n",
}


def rewritten(exercise: Solved, change: Callable[[ast.AST], ast.AST], helper: str = "") -> str:
    return ast.unparse(ast.fix_missing_locations(Rewriter(change).visit(ast.parse(exercise.source)))) + "\n" + helper


def renamed(exercise: Solved) -> str:
    """Return a solved file with other names for what is local."""
    tree = ast.parse(exercise.source)
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        local = {
            node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        local |= {argument.arg for argument in function.args.args}
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in local:
                node.id = f"my_{node.id}"
            elif isinstance(node, ast.arg) and node.arg in local:
                node.arg = f"my_{node.arg}"
    return ast.unparse(tree)


def styles(exercise: Solved) -> dict[str, str]:
    """Return the sources of an exercise in every style that changes it."""
    found = {name: in_form(exercise, call) for name, call in FORMS.items()}
    if "in the dtype of" in exercise.source:
        # There it would be a mistake: what it returns is float64.
        del found["long double"]
    if " @ " in exercise.source:
        found |= {name: rewritten(exercise, products("dot"), helper) for name, helper in DOTS.items()}
    found["sums turned"] = rewritten(exercise, sums_turned)
    found["powers"] = rewritten(exercise, powers)
    found["renamed"] = renamed(exercise)
    found["no comments"] = re.sub(r"(?m)^ *#.*\n", "", exercise.source)
    return found
