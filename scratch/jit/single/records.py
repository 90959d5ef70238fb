"""What the walk of one row is told of a stack, by name: rows of a table of integers."""

from typing import NamedTuple

# Steps whose [1, x] W is made at once: as many rows as fill some tiles, and few enough to stay in the cache.
BLOCK = 48


class StackPlan(NamedTuple):
    """The first row of the table: the addresses of the tile and of the strip, and how many layers' rows follow.

    ``first_strips``, ``num_strips``: the rows of what is packed, which are the last.
    """

    tile: int
    strip: int
    num_layers: int
    first_strips: int
    num_strips: int


class LayerPlan(NamedTuple):
    """A layer, to the walk: where its arrays begin among all numbers of the stack, and their sizes.

    - ``first``, ``last``: its products, as rows of the table. ``size``: the columns of a gate. ``group``: how many of
      them a thread takes at least.
    - ``rows``, ``width``, ``one``, ``own``: rows [1, h, own], a step each after that of the initial state; the numbers
      in a row; the column of the 1, h being right after it; where the own column begins, counted from h.
    - ``inputs``, ``inputs_width``: the rows [1, x] of its inputs, in the same way.
    - ``z``, ``z_width``: a row a step. ``c``: the memory. ``constants``, ``constants_width``: as in the tape.
    - ``c_size``, ``num_memory``, ``num_constants``, ``num_outputs``: how many there are; of c, rounded up and not.
    """

    first: int
    last: int
    size: int
    group: int
    rows: int
    width: int
    one: int
    own: int
    inputs: int
    inputs_width: int
    z: int
    z_width: int
    c: int
    c_size: int
    num_memory: int
    constants: int
    constants_width: int
    num_constants: int
    num_outputs: int


class StripPlan(NamedTuple):
    """Some gates of a product: z = [1, x] W_x + h W_h, strip by strip.

    - ``weights``: where its strips begin; a strip has ``inputs`` rows for [1, x] and ``depth`` for h or the own column.
    - ``source``: where the latter begins, counted from h. ``target``: its first column of z. ``gates``: how many.
    - ``gate_size``: the columns of a gate. ``most``: how many of them are in one strip. Gates shorter than a vector are
      to a strip a single one of whole vectors, with 0 beyond them.
    - ``forward``: the stage, or −1. ``width``: the columns of a gate that it runs over.
    """

    weights: int
    inputs: int
    depth: int
    source: int
    target: int
    gates: int
    gate_size: int
    most: int
    forward: int
    width: int
