"""Variables by name: a checkpoint's ``{name: array}`` on one side, a nested tree of parameters or states on the other.

TensorFlow puts the scopes of the loop, of the wrappers and of the cell's class into a name:

    cell_0/kernel    rnn/multi_rnn_cell/cell_0/lstm_cell/kernel
    fw/kernel        bidirectional_rnn/fw/lstm_cell/kernel

So a path stands for every name that holds the parts of the path in their order and ends as it does. The page is
``docs/training/checkpoint.md``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from scratch.arrays import Array, Leaf, Tree
from scratch.checks import check_array, is_plain
from scratch.options import check_text
from scratch.shown import shown
from scratch.tree import map_named, named_leaves


def variables_below(name: str, variables: dict[str, Array]) -> dict[str, Array]:
    """Return the arrays of the dict ``variables`` whose names begin with ``name/``, under the rest of their names.

    PyTorch's begin with ``name.``, and are found as well.
    """
    check_text("name", name)
    check_variables(variables)
    begins = f"{name}/", f"{name}."
    return {key[len(name) + 1 :]: array for key, array in variables.items() if key.startswith(begins)}


def params_from_variables(params: Tree, variables: dict[str, Array]) -> Tree:
    """Return the tree ``params`` with the arrays that ``variables`` holds under the names of its leaves.

    ``params`` may be any tree, a state too. A leaf's name is its path, or TensorFlow's name with more scopes in it;
    where both are there, the path is meant. ``variables`` may hold more. Raises ``ValueError`` or ``TypeError`` where a
    name is missing, where several names would do, or where what stands under one has another shape or dtype.
    """
    check_leaves(params)
    check_variables(variables)
    names = names_of([path for path, _ in named_leaves(params)], variables, "params has")

    def variable(path: str, leaf: Leaf) -> Array:
        name = names[path]
        check_array(f"variables/{name}", variables[name], leaf.shape, leaf.dtype)
        return variables[name]

    return map_named(variable, params)


def variables_from_params(params: Tree, names: Iterable[str]) -> dict[str, Array]:
    """Return ``{name: array}`` for the leaves of the tree ``params``, under those of the ``names`` they stand for.

    It is ``params_from_variables`` undone: ``names`` are those of a TensorFlow program, and may be more. Raises
    ``ValueError`` where a leaf stands for none of them, or for several.
    """
    if isinstance(names, str):
        raise TypeError(f"names must be a list of strings, but is the string {shown(names)}")
    if not isinstance(names, Iterable):
        raise TypeError(f"names must be a list of strings, but is {shown(names)}")
    names = [check_text("names", name) for name in names]
    check_leaves(params)
    leaves = dict(named_leaves(params))
    found = names_of(list(leaves), names, "params has")
    return {found[path]: leaf for path, leaf in leaves.items()}


def check_leaves(params: Tree) -> None:
    """Refuse all but a tree of plain arrays."""
    for path, leaf in named_leaves(params, "params"):
        if not is_plain(leaf):
            raise TypeError(f"{path} must be a NumPy array, but is {type(leaf).__name__}")


def check_variables(variables: Any) -> None:
    """Refuse all but a dict under names."""
    if not isinstance(variables, dict):
        raise TypeError(f"variables must be a dict {{name: array}}, but is {type(variables).__name__}")
    for name in variables:
        if not isinstance(name, str):
            raise TypeError(f"variables must be called by strings, but has the key {shown(name)}")


def names_of(paths: Collection[str], names: Iterable[str], wanted_by: str) -> dict[str, str]:
    """Return ``{path: name}``; ``wanted_by`` ends the refusal of a path that has none, as in ``params has``."""
    found: dict[str, str] = {}
    for path, candidates in match_names(paths, names).items():
        if not candidates:
            raise ValueError(f"variables has no {path!r}, which {wanted_by}")
        if len(candidates) > 1:
            raise ValueError(
                f"variables has {len(candidates)} names for {path!r}, {candidates[0]!r} and {candidates[1]!r} among "
                f"them: take those of one scope, with variables_below"
            )
        found[path] = candidates[0]
    return found


def match_names(paths: Collection[str], names: Iterable[str]) -> dict[str, list[str]]:
    """Return ``{path: [name, …]}``: of the ``names``, those that each path stands for.

    Where several paths may stand for a name, the longest does. A name that is a path stands for that and no other, and
    the path for no other name.
    """
    by_end: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths, key=len, reverse=True):
        by_end[last_part(path)].append(path)
    matched: dict[str, list[str]] = {path: [] for path in paths}
    for name in names:
        for path in by_end[last_part(name)]:
            if parts_are_in(path, name):
                matched[path].append(name)
                break
    return {path: [path] if path in found else found for path, found in matched.items()}


def last_part(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def parts_are_in(path: str, name: str) -> bool:
    """Return whether ``name`` holds the parts of ``path`` in their order."""
    scopes = iter(name.split("/"))
    return all(part in scopes for part in path.split("/"))
