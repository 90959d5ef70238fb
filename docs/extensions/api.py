"""The reference, made from the docstrings: ``% public names of: cells`` in a page stands for all names of that wing.

The names come module by module, those of ``scratch`` with their namesakes in ``tf_impl`` below them. TensorFlow is not
needed for it: autodoc puts dummies in its place.
"""

import ast
import importlib
import inspect
import re
import textwrap
from functools import cache
from pathlib import Path

from sphinx.ext.autodoc.mock import mock

MARK = re.compile(r"^% public names of: (\w+)$", re.MULTILINE)
TENSORFLOW = ["tensorflow", "keras", "tf_keras"]


@cache
def public(package):
    """Return the public objects of ``scratch`` or ``tf_impl``, by name."""
    with mock(TENSORFLOW):
        module = importlib.import_module(package)
    names = getattr(module, "__all__", None) or [name for name in vars(module) if name[0] != "_"]
    return {name: getattr(module, name) for name in names if not inspect.ismodule(getattr(module, name))}


def is_tensorflows(thing):
    return bool(getattr(thing, "__sphinx_mock__", False))


def place(name, thing):
    """Return the wing and the idea of an object: ``("cells", "lstm")`` of one in ``scratch/cells/lstm.py``."""
    if is_tensorflows(thing):
        thing = public("scratch")[name]
    parts = thing.__module__.split(".")[1:]
    return (parts[0], parts[1]) if len(parts) > 1 else ("other", parts[0])


def entry(package, name, thing):
    if is_tensorflows(thing):
        return f"```{{eval-rst}}\n.. py:class:: {package}.{name}\n\n   TensorFlow's own, ``{thing!r}``.\n```\n"
    kind = "class" if inspect.isclass(thing) else "function"
    members = "\n   :members:" if kind == "class" else ""
    return f"```{{eval-rst}}\n.. auto{kind}:: {package}.{name}{members}\n```\n"


def reference(wing, docs):
    """Return the text in the place of the mark: a section for each module, an entry for each name."""
    ideas = {}
    for package in ("scratch", "tf_impl"):
        for name, thing in public(package).items():
            where, idea = place(name, thing)
            if where == wing:
                ideas.setdefault(idea, []).append(entry(package, name, thing))
    text = []
    for idea, entries in sorted(ideas.items()):
        lessons = [f"{wing}/{idea}", idea]
        lesson = next((f"The lesson: {{doc}}`/{path}`.\n" for path in lessons if (docs / f"{path}.md").exists()), "")
        text += [f"## {idea.replace('_', ' ')}\n", lesson, *entries]
    return "\n".join(text)


def fill(app, docname, source):
    """Put the reference into a page that asks for it."""
    source[0] = MARK.sub(lambda mark: reference(mark[1], Path(app.srcdir)), source[0])


def as_written(app, what, name, thing, options, signature, returns):
    """Return the signature of a function as its source has it: types under the names that our own types have."""
    if what not in ("function", "method") or not inspect.isfunction(inspect.unwrap(thing)):
        return None
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(thing)))
    function = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    returns = ast.unparse(function.returns) if function.returns else None
    arguments = function.args
    if what == "method":
        arguments.args = [argument for argument in arguments.args if argument.arg not in ("self", "cls")]
    return tuple(text and text.replace("'", '"') for text in (f"({ast.unparse(arguments)})", returns))


def setup(app):
    app.connect("source-read", fill)
    app.connect("autodoc-process-signature", as_written)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
