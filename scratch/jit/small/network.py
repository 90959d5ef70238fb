"""What a small network is made of, by name: its sizes, and the matrices that a pass forward or back works on."""

from typing import NamedTuple

from scratch.arrays import Array, Float
from scratch.compiling.compiler import inlined
from scratch.jit.machine.tile import ROWS, VECTORS, multiply_tile
from scratch.jit.machine.vector import lanes
from scratch.jit.machine.view import block, matrix_in


class Layout(NamedTuple):
    """The sizes of a network, and the columns of a token's row.

    - ``tile``: the address of the compiled tile. Row b at step t is row ``t * step_stride + b * row_stride`` of inputs
      and outputs.
    - ``tokens``: the tokens of a layer, those of the final state with them. ``depth``: the rows of a layer's weights.
    - ``width``, ``token_width``, ``d_z_width``: the numbers in a row of weights, of the tape, and of ∂L/∂z.
    - ``h``, ``c``, ``tanh_c``: where these begin in a token's row. x is before h, and the 1 before x, right after the
      gates in the layer with the widest x.
    - ``d_c``: where ∂L/∂c begins in a row of gradients; ∂L/∂h stands at ``h`` less what the gates take.
    """

    tile: int
    num_layers: int
    num_steps: int
    batch_size: int
    num_inputs: int
    num_units: int
    step_stride: int
    row_stride: int
    tokens: int
    depth: int
    width: int
    token_width: int
    d_z_width: int
    d_width: int
    h: int
    c: int
    tanh_c: int
    d_c: int


class Tape(NamedTuple):
    """What a pass forward keeps.

    - ``w``: a row for each of [1, x, h], layer after layer.
    - ``tokens``: rows [L, T + 1, B], of which those of the last step have the final state.
    """

    w: Float[Array, "rows width"]
    tokens: Float[Array, "tokens token_width"]


class Gradients(NamedTuple):
    """What a pass back works on.

    - ``w_t``: 4H rows a layer, its weights transposed. ``d_z``: a row a token.
    - ``d_rows``: rows [L + 1, B] of ∂L/∂[1, x, h] and, where the next vector begins, ∂L/∂c: in the end those of the
      initial state. The last B rows have ∂L/∂outputs for x. ``d_w``: ∂L/∂W of one layer.
    """

    w_t: Float[Array, "rows d_c"]
    d_z: Float[Array, "tokens d_z_width"]
    d_rows: Float[Array, "rows d_width"]
    d_w: Float[Array, "depth width"]


class Flat(NamedTuple):
    """Where weights and states are among numbers that lie one after the other, for one layer.

    Layer after layer, kernel [D + H, 4H] and bias [4H]; then, layer after layer, c [B, H] and h [B, H].
    """

    kernel: Float[Array, "inputs gates"]
    bias: Float[Array, "1 gates"]
    c: Float[Array, "B H"]
    h: Float[Array, "B H"]


@inlined
def product(tile: int, a: Array, b: Array, c: Array) -> None:
    """Compute c = a b, tile by tile; c and b are of whole vectors."""
    width = VECTORS * lanes(c)
    for top in range(0, c.shape[0], ROWS):
        bottom = top + ROWS if top + ROWS < c.shape[0] else c.shape[0]
        for left in range(0, c.shape[1], width):
            right = left + width if left + width < c.shape[1] else c.shape[1]
            a_tile, b_tile = block(a, top, bottom, 0, a.shape[1]), block(b, 0, b.shape[0], left, right)
            multiply_tile(tile, a_tile, b_tile, block(c, top, bottom, left, right), False)


@inlined
def tape_in(layout: Layout, arena: Array) -> Tape:
    """Return the ``Tape`` in the memory of one."""
    rows = layout.num_layers * layout.depth
    w = matrix_in(arena, 0, rows, layout.width)
    tokens = matrix_in(arena, rows * layout.width, layout.num_layers * layout.tokens, layout.token_width)
    return Tape(w, tokens)


@inlined
def gradients_in(layout: Layout, arena: Array) -> Gradients:
    """Return the ``Gradients`` in the memory of them."""
    rows, tokens = layout.num_layers * 4 * layout.num_units, layout.num_layers * layout.tokens
    d_tokens, at_d_z = (layout.num_layers + 1) * layout.batch_size, rows * layout.d_c
    at_d_rows = at_d_z + tokens * layout.d_z_width
    w_t, d_z = matrix_in(arena, 0, rows, layout.d_c), matrix_in(arena, at_d_z, tokens, layout.d_z_width)
    d_rows = matrix_in(arena, at_d_rows, d_tokens, layout.d_width)
    d_w = matrix_in(arena, at_d_rows + d_tokens * layout.d_width, layout.depth, layout.width)
    return Gradients(w_t, d_z, d_rows, d_w)


@inlined
def flat_of(layout: Layout, flat: Array, layer: int) -> Flat:
    """Return the ``Flat`` of a layer."""
    batch_size, num_units, gates = layout.batch_size, layout.num_units, 4 * layout.num_units
    # The inputs of the lowest layer are the caller's; of the others, the units of the layer below.
    first, others = (layout.num_inputs + num_units + 1) * gates, (2 * num_units + 1) * gates
    inputs = (layout.num_inputs if layer == 0 else num_units) + num_units
    kernel_at = 0 if layer == 0 else first + (layer - 1) * others
    state_at = first + (layout.num_layers - 1) * others + 2 * layer * batch_size * num_units
    kernel, bias = matrix_in(flat, kernel_at, inputs, gates), matrix_in(flat, kernel_at + inputs * gates, 1, gates)
    c = matrix_in(flat, state_at, batch_size, num_units)
    return Flat(kernel, bias, c, matrix_in(flat, state_at + batch_size * num_units, batch_size, num_units))
