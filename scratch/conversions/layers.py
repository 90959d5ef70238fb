"""The layers and directions of a network, for libraries that keep them all in one set of weights.

    a cell                              one layer, one direction          params of dynamic_rnn
    MultiRNNCell([…])                   layers on top of one another      cell_0, cell_1, …
    (cell_fw, cell_bw)                  both directions of one layer      fw, bw
    ([cell_fw, …], [cell_bw, …])        layers of both directions         cell_0/fw, cell_0/bw, …

The last two are the cells, and the parameters, of ``bidirectional_dynamic_rnn`` and of
``stack_bidirectional_dynamic_rnn``. A ``DropoutWrapper`` has no weights: it stands for the cell in it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from scratch.arrays import Params
from scratch.cells.dropout import DropoutWrapper
from scratch.cells.multi import MultiRNNCell


class Place(NamedTuple):
    """One cell of a network: its layer, its direction (1 is backward), and the way to its parameters."""

    cell: Any
    layer: int
    direction: int
    path: tuple[str, ...]


def places(cell: Any) -> list[Place]:
    """Return every cell of a network, from the lowest layer to the highest, forward before backward."""
    if isinstance(cell, MultiRNNCell):
        return [Place(undropped(part), layer, 0, (f"cell_{layer}",)) for layer, part in enumerate(cell.cells)]
    if not isinstance(cell, tuple):
        return [Place(undropped(cell), 0, 0, ())]
    if len(cell) != 2:
        raise TypeError(f"cell must be a cell, or a pair (cell_fw, cell_bw), but is a tuple of {len(cell)}")
    if not all(isinstance(part, list | tuple) for part in cell):
        return [
            Place(undropped(part), 0, number, (scope,))
            for number, (part, scope) in enumerate(zip(cell, DIRECTIONS, strict=True))
        ]
    if len(cell[0]) != len(cell[1]) or not cell[0]:
        raise ValueError(
            f"cell must have as many layers forward as backward, at least one, but has "
            f"{len(cell[0])} and {len(cell[1])}"
        )
    return [
        Place(undropped(part), layer, number, (f"cell_{layer}", scope))
        for layer, both in enumerate(zip(*cell, strict=True))
        for number, (part, scope) in enumerate(zip(both, DIRECTIONS, strict=True))
    ]


DIRECTIONS = ("fw", "bw")


def places_apart(cell: Any) -> list[Place]:
    """Return the same; of a pair of ``MultiRNNCell``, every layer of one direction before those of the other.

    There no layer reads the other direction: it is a network of ``bidirectional_dynamic_rnn``, fw/cell_0 and so on.
    """
    if not isinstance(cell, tuple) or len(cell) != 2 or not all(isinstance(part, MultiRNNCell) for part in cell):
        return places(cell)
    return [
        Place(place.cell, place.layer, number, (scope, *place.path))
        for number, (part, scope) in enumerate(zip(cell, DIRECTIONS, strict=True))
        for place in places(part)
    ]


def undropped(cell: Any) -> Any:
    """Return a cell without the ``DropoutWrapper`` around it."""
    while isinstance(cell, DropoutWrapper):
        cell = cell.cell
    return cell


def part_at(params: Any, path: tuple[str, ...]) -> Any:
    """Return the parameters of one cell."""
    for key in path:
        params = params[key]
    return params


def assembled(found: list[Place], part_of: Callable[[Place], Params]) -> Params:
    """Return the parameters of a network from those of its cells."""
    params: Params = {}
    for place in found:
        if not place.path:
            return part_of(place)
        *outer, last = place.path
        inside = params
        for key in outer:
            inside = inside.setdefault(key, {})
        inside[last] = part_of(place)
    return params


def check_scopes(found: list[Place], params: Any, name: str) -> None:
    """Refuse parameters that have not the layers and directions of the cells."""
    for depth in range(len(found[0].path)):
        for path in dict.fromkeys(place.path[:depth] for place in found):
            keys = dict.fromkeys(place.path[depth] for place in found if place.path[:depth] == path)
            inside = part_at(params, path)
            where = "/".join([name, *path])
            if not isinstance(inside, dict):
                raise TypeError(
                    f"{where} must be a dict with {', '.join(map(repr, keys))}, but is {type(inside).__name__}"
                )
            if inside.keys() != keys.keys():
                raise ValueError(
                    f"{where} must have {', '.join(map(repr, keys))}, but has {', '.join(map(repr, inside))}"
                )
