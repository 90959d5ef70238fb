"""Walks over nested parameters and states: dicts, tuples and named tuples with an array at every leaf.

Parameters, gradients and optimiser slots are nested dicts under TensorFlow's variable names; states are arrays, named
tuples such as ``LSTMState`` and tuples of these. Everything that treats all leaves alike is one of these walks, and a
leaf's name in an error is its path: ``cell_0/kernel``, ``[1].c``.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from scratch.arrays import Leaf, Tree
from scratch.shown import shown


def map_tree(function: Callable[..., Any], tree: Tree, *others: Tree) -> Tree:
    """Return the tree of ``function(leaf, leaf of each other tree)``; all trees have the structure of the first."""
    if isinstance(tree, dict):
        return {key: map_tree(function, tree[key], *(other[key] for other in others)) for key in tree}
    if isinstance(tree, tuple):
        return rebuild(tree, [map_tree(function, *parts) for parts in zip(tree, *others, strict=True)])
    return function(tree, *others)


def map_named(function: Callable[[str, Leaf], Any], tree: Tree) -> Tree:
    """Return the tree of ``function(path, leaf)``."""
    results = iter([function(path, leaf) for path, leaf in named_leaves(tree)])
    return map_tree(lambda leaf: next(results), tree)  # Both walks take the leaves in one order.


def rebuild(like: tuple[Any, ...], parts: Iterable[Any]) -> Any:
    """Return a tuple of ``parts`` of the same kind as the tuple ``like``, named or plain."""
    return type(like)._make(parts) if hasattr(like, "_make") else tuple(parts)


def branches(tree: Tree) -> list[tuple[str, Tree]]:
    """Return the pairs ``(label, branch)`` of one dict or tuple: labels are ``/key``, ``.field`` or ``[index]``."""
    if isinstance(tree, dict):
        return [(f"/{key}", branch) for key, branch in tree.items()]
    if hasattr(tree, "_fields"):
        return [(f".{field}", branch) for field, branch in zip(tree._fields, tree, strict=True)]
    return [(f"[{index}]", branch) for index, branch in enumerate(tree)]


def named_leaves(tree: Tree, name: str = "") -> Iterator[tuple[str, Leaf]]:
    """Yield ``(path, leaf)`` for every leaf, in order; ``name`` stands before each path."""
    if isinstance(tree, dict | tuple):
        for label, branch in branches(tree):
            yield from named_leaves(branch, name + label if name else label.strip("/"))
    else:
        yield name, tree


def check_keys(name: str, tree: Tree) -> None:
    """Refuse a tree with a key that is no name, or would make a path unclear; ``name`` stands before each path."""
    for key in tree if isinstance(tree, dict) else ():
        if not isinstance(key, str):
            raise TypeError(f"a name must be a string, but {name or 'tree'} has the key {shown(key)}")
        if not re.fullmatch(r"[\w.-]+(/[\w.-]+)*", key, re.ASCII):
            raise ValueError(f"a name must be made of letters, digits and . _ - /, but is {shown(key)}")
    if isinstance(tree, dict | tuple):
        for label, branch in branches(tree):
            check_keys((name + label).lstrip("/"), branch)


def outline(tree: Tree) -> Any:
    """Return the structure of a tree as JSON can keep it.

    A leaf is ``None``, a dict a dict, a tuple a list, and a named tuple ``{"LSTMState()": {"c": None, "h": None}}``: no
    name of a parameter has parentheses in it.
    """
    if isinstance(tree, dict):
        return {key: outline(branch) for key, branch in tree.items()}
    if hasattr(tree, "_fields"):
        return {f"{type(tree).__name__}()": {field: outline(getattr(tree, field)) for field in tree._fields}}
    return [outline(branch) for branch in tree] if isinstance(tree, tuple) else None


def tree_from_outline(outlined: Any, named: dict[str, Callable[[tuple[str, ...]], Any]]) -> Tree:
    """Return the tree of an ``outline``, with ``None`` for every leaf.

    ``named`` holds, under the name of each kind of named tuple, a function that returns the kind with these fields.
    Raises ``ValueError`` for a kind that is not there.
    """
    if isinstance(outlined, list):
        return tuple(tree_from_outline(branch, named) for branch in outlined)
    if not isinstance(outlined, dict):
        return None
    branches = {key: tree_from_outline(branch, named) for key, branch in outlined.items()}
    (key,) = outlined if len(outlined) == 1 else [""]
    if not key.endswith("()"):
        return branches
    kind, fields = key.removesuffix("()"), branches[key]
    if kind not in named:
        raise ValueError(f"it holds a {kind}, which is not known here: known are {', '.join(named)}")
    found = named[kind](tuple(fields))
    if found._fields != tuple(fields):
        raise ValueError(f"it holds a {kind} of {', '.join(fields)}, but here it has {', '.join(found._fields)}")
    return found(**fields)
