"""What the walk through time is given, by name: a layer's plan, its tape, the caller's arrays, and gradients."""

from typing import NamedTuple

import numpy as np


class ProductPlan(NamedTuple):
    """A product and its stages, to the walk: integers, a row of ``Plan.products``.

    - ``source``, ``depth``: its columns of the tape's rows. ``target``, ``columns``: its columns of z, of which those
      of the ``gates`` count: what a tile writes is whole vectors.
    - ``units``, ``gate_size``: the numbers of a gate, and its columns. ``forward``, ``adjoint``: its stages, or −1.
    - ``d_source``, ``d_columns``: its columns of the rows of gradients. ``few_source``, ``few``: those of a narrow x.
    - ``adds``: 1 where gradients are added to those that are there.
    - ``panels``, ``d_panels``, ``few_panels``, ``d_weights``: where its packed, transposed and narrow weights, and
      their gradients, begin in their arenas.
    """

    source: int
    depth: int
    target: int
    columns: int
    gates: int
    units: int
    gate_size: int
    forward: int
    adjoint: int
    d_source: int
    d_columns: int
    few_source: int
    few: int
    adds: int
    panels: int
    d_panels: int
    few_panels: int
    d_weights: int


class Plan(NamedTuple):
    """What a layer is to the walk.

    - ``tile``: the address of the compiled tile. ``size``, ``h_size``: the columns of c, and of h, in whole vectors.
    - ``own``, ``d_own``: where the cell's own column begins in the tape's rows, and in those of their gradients.
    - ``num_weights``: the numbers in the gradients of all products.
    - ``products``: a ``ProductPlan`` in each row.
    """

    tile: int
    size: int
    h_size: int
    own: int
    d_own: int
    num_weights: int
    products: np.ndarray


class Tape(NamedTuple):
    """What a layer keeps, a row a token: ``rows`` [h, 1, x, own] and ``z``; ``c`` before and after every token.

    ``constants`` are rows of numbers a unit. ``h_new`` is where h' of a step is until it is handed on.
    """

    rows: np.ndarray
    z: np.ndarray
    c: np.ndarray
    constants: np.ndarray
    h_new: np.ndarray


class Ends(NamedTuple):
    """The caller's inputs and outputs as matrices [B · T, …], and states [B, …]; backward, the gradients of each.

    ``factors``, as outputs are: what h is multiplied by after its step; without a row where it is not.
    """

    x: np.ndarray
    outputs: np.ndarray
    factors: np.ndarray
    c: np.ndarray
    h: np.ndarray


class Gradients(NamedTuple):
    """Where a walk back works: the gradients of a step's rows and of c; of z, for a block of tokens; of the weights.

    The last three have the rows, or the row, of each part in turn.
    """

    rows: np.ndarray
    c: np.ndarray
    z: np.ndarray
    weights: np.ndarray
    constants: np.ndarray
