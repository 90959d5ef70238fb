"""To and from TensorFlow 1's checkpoints: the variables of cells, of layers and of directions, by name.

    a cell                   rnn/basic_lstm_cell/kernel
    MultiRNNCell             rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel
    (cell_fw, cell_bw)       bidirectional_rnn/fw/basic_lstm_cell/kernel
    two MultiRNNCell         bidirectional_rnn/fw/multi_rnn_cell/cell_0/basic_lstm_cell/kernel
    lists of both            stack_bidirectional_rnn/cell_0/bidirectional_rnn/fw/basic_lstm_cell/kernel

The arrays are copied as they are, gradients too: TF1's layout is the one here. Before TensorFlow 1.2 a kernel was
called ``weights`` and a bias ``biases``; both are read. How a name is found: ``scratch/variables.py``. The page is
``docs/conversions/tf1.md``.
"""

from typing import Any

import numpy as np

from scratch.arrays import Array, Params, Shapes
from scratch.cell import Cell
from scratch.cells.coupled_lstm import CoupledInputForgetGateLSTMCell
from scratch.cells.dropout import DropoutWrapper
from scratch.cells.multi import MultiRNNCell
from scratch.cells.residual import ResidualWrapper
from scratch.checks import check_params
from scratch.conversions.checked import CELLS
from scratch.conversions.layers import Place, assembled, check_scopes, part_at, places_apart
from scratch.options import check_text
from scratch.tree import map_tree, named_leaves
from scratch.variables import check_variables, names_of, variables_below

# Names of TensorFlow 1.0 and 1.1.
OLD_NAMES = {"weights": "kernel", "biases": "bias"}
# The shape with which the width of the inputs is read off a kernel.
FIRST = ("kernel", "gates/kernel", "W_0")


def to_tf1(cell: Any, params: Params) -> dict[str, Array]:
    """Return ``{name: array}`` under the names that TensorFlow 1 gives the variables of ``cell`` and its loop.

    ``cell``: a cell of TF1 (also with dropout or a residual around it), a ``MultiRNNCell`` of such, ``(cell_fw,
    cell_bw)``, a pair of ``MultiRNNCell`` or a pair of lists. Gradients go the same way. Raises ``TypeError`` for any
    other, and ``ValueError`` where ``params`` does not fit.
    """
    found = check_cells(cell)
    check_scopes(found, params, "params")
    variables = {}
    for place in found:
        part, name = part_at(params, place.path), "/".join(["params", *place.path])
        check_width(place.cell, part, name)
        for path, leaf in named_leaves(part):
            variables[f"{scope_of(cell, place)}/{path}"] = leaf.copy()
    return variables


def from_tf1(cell: Any, variables: dict[str, Array], scope: str = "") -> Params:
    """Return the parameters of ``cell`` from a checkpoint's ``{name: array}``: ``to_tf1`` undone.

    ``scope``: read below it alone, where a program has several networks. The names may have more scopes than those
    above, and ``variables`` more names. Raises ``ValueError`` or ``TypeError`` where a name is missing, where several
    would do, or where what stands under one does not fit.
    """
    check_variables(variables)
    check_text("scope", scope)
    found = check_cells(cell)
    variables = with_new_names(variables_below(scope, variables) if scope else variables)
    read: dict[Place, Params] = {}
    shapes = {place: place.cell.param_shapes(place.cell.output_size) for place in found}
    paths = {(place, path): "/".join([*place.path, path]) for place in found for path, _ in named_shapes(shapes[place])}
    names = names_of(list(paths.values()), variables, "cell has")
    for place in found:
        leaves = {path: variables[names[paths[place, path]]] for path, _ in named_shapes(shapes[place])}
        read[place] = nested(shapes[place], leaves)
        check_width(place.cell, read[place], "/".join(["variables", *place.path]))
    return map_tree(np.array, assembled(found, lambda place: read[place]))


def scope_of(cell: Any, place: Place) -> str:
    """Return the scopes in which TensorFlow 1 makes the variables of one cell of a network."""
    own = place.cell.scope
    if isinstance(cell, MultiRNNCell):
        return f"rnn/multi_rnn_cell/{place.path[0]}/{own}"
    if not place.path:
        return f"rnn/{own}"
    if isinstance(cell[0], MultiRNNCell):
        return f"bidirectional_rnn/{place.path[0]}/multi_rnn_cell/{place.path[1]}/{own}"
    both = f"bidirectional_rnn/{place.path[-1]}/{own}"
    return both if len(place.path) == 1 else f"stack_bidirectional_rnn/{place.path[0]}/{both}"


def check_cells(cell: Any) -> list[Place]:
    """Return every cell of a network, refusing what is no cell of TF1."""
    found = places_apart(cell)
    kinds = (*CELLS, CoupledInputForgetGateLSTMCell)
    for place in found:
        inner = place.cell
        while isinstance(inner, DropoutWrapper | ResidualWrapper):
            inner = inner.cell
        if not isinstance(inner, kinds):
            raise TypeError(
                f"cell must be a {' or '.join(kind.__name__ for kind in kinds)}, but is {type(inner).__name__}"
            )
    return found


def check_width(cell: Cell, params: Any, name: str) -> None:
    """Refuse parameters that do not fit the cell, reading the width of the inputs off its first kernel."""
    kernels = [leaf for path, leaf in named_leaves(params) if path in FIRST]
    kernel = kernels[0] if kernels and isinstance(kernels[0], np.ndarray) and kernels[0].ndim else np.empty(0)
    check_params(
        name, params, cell.param_shapes(max(1, len(kernel) - cell.output_size)), kernel.dtype if len(kernel) else None
    )


def with_new_names(variables: dict[str, Array]) -> dict[str, Array]:
    """Return variables with today's names for those of TensorFlow 1.0 and 1.1, if no name is of today."""
    if any(name.endswith(("kernel", "bias")) for name in variables):
        return variables
    renamed = {}
    for name, array in variables.items():
        *scopes, last = name.split("/")
        renamed["/".join([*scopes, OLD_NAMES.get(last, last)])] = array
    return renamed


def named_shapes(shapes: Shapes, name: str = "") -> list[tuple[str, Any]]:
    """Return ``(path, shape)`` of every parameter; a shape is a tuple, which the walks over trees would walk into."""
    found = []
    for key, branch in shapes.items():
        found += named_shapes(branch, f"{name}{key}/") if isinstance(branch, dict) else [(f"{name}{key}", branch)]
    return found


def nested(shapes: Shapes, leaves: dict[str, Array], name: str = "") -> Params:
    """Return the parameters in the structure of ``shapes`` with the leaves of these paths."""
    return {
        key: nested(branch, leaves, f"{name}{key}/") if isinstance(branch, dict) else leaves[f"{name}{key}"]
        for key, branch in shapes.items()
    }
