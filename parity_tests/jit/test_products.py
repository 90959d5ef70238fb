import numpy as np
import pytest

from parity_tests.harness import assert_parity
from parity_tests.jit.checks import SAME_BITS
from scratch.compiling.compiler import kernel
from scratch.jit.machine.register import REGISTER
from scratch.jit.machine.tile import ROWS, VECTORS, tile_code
from scratch.jit.machine.view import block, matrix_in, rows_of
from scratch.jit.walk import products
from scratch.jit.walk.packing import Panels, pack, pack_transposed
from scratch.jit.walk.products import DEPTH, TOKENS

DTYPES = [np.dtype(np.float64), np.dtype(np.float32)]


def sizes(dtype):
    """Return the numbers in a vector and in a panel."""
    lanes = REGISTER // dtype.itemsize
    return lanes, VECTORS * lanes


def draw(dtype, *shape):
    return np.random.default_rng(shape).standard_normal(shape).astype(dtype)


def packed_weights(matrix):
    """Return a matrix [K, N] cut into panels, by NumPy."""
    width = sizes(matrix.dtype)[1]
    panels = -(-matrix.shape[1] // width)
    wide = np.zeros((len(matrix), panels * width), matrix.dtype)
    wide[:, : matrix.shape[1]] = matrix
    return np.ascontiguousarray(wide.reshape(len(matrix), panels, width).swapaxes(0, 1))


@kernel
def multiply(tile, a, arena, first, z, add, soon):
    a, z, soon = rows_of(a, 0, a.shape[0]), rows_of(z, 0, z.shape[0]), rows_of(soon, 0, soon.shape[0])
    products.multiply(tile, a, arena, first, z, add, soon)


@kernel
def multiply_few(d_z, few, d_rows, column, add):
    few, d_z = matrix_in(few, 0, few.shape[0], few.shape[1]), rows_of(d_z, 0, d_z.shape[0])
    products.multiply_few(d_z, few, block(d_rows, 0, len(d_rows), column, d_rows.shape[1]), add)


@kernel
def add_gradient(tile, a, d_z, d_w, add):
    a, d_z = rows_of(a, 0, a.shape[0]), rows_of(d_z, 0, d_z.shape[0])
    products.add_gradient(tile, a, d_z, rows_of(d_w, 0, d_w.shape[0]), add)


def arena_of(packed):
    """Return an arena with panels after three other numbers."""
    return np.concatenate([np.full(3, np.nan, packed.dtype), packed.ravel()])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("depth", [1, 5, DEPTH, DEPTH + 1, 2 * DEPTH + 3])
def test_multiply(depth, dtype):
    lanes, width = sizes(dtype)
    for rows, columns in [(1, lanes), (5, width), (6, width + lanes), (7, 2 * width), (13, 2 * width + 3 * lanes)]:
        a, b, z = draw(dtype, rows, depth), draw(dtype, depth, columns), draw(dtype, rows, columns)
        before = z.copy()
        multiply(tile_code(dtype), a, arena_of(packed_weights(b)), 3, z, True, a)
        assert_parity(z, before + a @ b)
        # Rows to ask for: none, and more than there are tiles.
        for soon in (a[:0], draw(dtype, 40, 3)):
            z[:] = before
            multiply(tile_code(dtype), a, arena_of(packed_weights(b)), 3, z, False, soon)
            assert_parity(z, a @ b)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_how_rows_are_cut_changes_no_bit(dtype):
    """A product of any number of rows is that of each row alone, although its tiles have other heights."""
    depth, columns = DEPTH + 7, sum(sizes(dtype))
    arena = arena_of(packed_weights(draw(dtype, depth, columns)))
    for rows in [*range(1, 2 * ROWS + 2), 31]:
        a, before = draw(dtype, rows, depth), draw(dtype, rows, columns)
        for add in (False, True):
            together, alone = before.copy(), before.copy()
            multiply(tile_code(dtype), a, arena, 3, together, add, a)
            for row in range(rows):
                multiply(tile_code(dtype), a[row : row + 1], arena, 3, alone[row : row + 1], add, a)
            assert_parity(together, alone, limit=SAME_BITS)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("few", [0, 1, 2])
def test_multiply_few(few, dtype):
    """The columns from one on; the rest is left alone."""
    lanes, _ = sizes(dtype)
    d_z, d_rows, weights = draw(dtype, 7, 3 * lanes), draw(dtype, 7, 9), draw(dtype, few, 3 * lanes)
    for add in (True, False):
        expected = d_rows.copy()
        expected[:, 4 : 4 + few] = d_z @ weights.T + add * d_rows[:, 4 : 4 + few]
        multiply_few(d_z, weights, d_rows, 4, add)
        assert_parity(d_rows, expected)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("num_tokens", [1, 37, TOKENS])
def test_add_gradient(num_tokens, dtype):
    """Of some columns of the tape's rows and of d_z's, in tiles and panels of all sizes."""
    lanes, width = sizes(dtype)
    for depth, columns in [(1, lanes), (6, width), (17, width + 3 * lanes), (20, 3 * width)]:
        a = draw(dtype, num_tokens, 4 + depth + 2)[:, 4 : 4 + depth]
        d_z = draw(dtype, num_tokens, lanes + columns + lanes)[:, lanes : lanes + columns]
        d_w = draw(dtype, depth, columns)
        expected, before = a.T @ d_z, d_w.copy()
        add_gradient(tile_code(dtype), a, d_z, d_w, True)
        assert_parity(d_w, before + expected)
        add_gradient(tile_code(dtype), a, d_z, d_w, False)
        assert_parity(d_w, expected)


def gates_in_whole_vectors(matrix, units):
    """Return a matrix [n, gates · units] with zeros after each gate, up to whole vectors."""
    lanes = sizes(matrix.dtype)[0]
    gates = matrix.reshape(len(matrix), -1, units)
    return np.pad(gates, [(0, 0), (0, 0), (0, -units % lanes)]).reshape(len(matrix), -1)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("units", [1, 16, 21])
def test_packing(units, dtype):
    """Each gate begins a vector; other rows are left alone, and so is what stands after a gate."""
    matrix = draw(dtype, 5, 4 * units)
    expected = packed_weights(gates_in_whole_vectors(matrix, units))
    packed = np.zeros((len(expected), 8, expected.shape[2]), dtype)
    arena = arena_of(packed)
    panels = Panels(3, len(packed), 8, packed.shape[2], 2, units, sizes(dtype)[0])
    pack(matrix, panels, arena, False, 0, 2)
    pack(matrix, panels, arena, False, 2, 5)
    packed = arena[3:].reshape(packed.shape)
    np.testing.assert_array_equal(packed[:, 2:7], expected)
    assert (packed[:, :2] == 0).all()
    assert (packed[:, 7:] == 0).all()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("units", [1, 16, 21])
def test_packing_transposed(units, dtype):
    """Rows become columns, from any column on and across the borders of panels."""
    lanes, width = sizes(dtype)
    at, rows = lanes - 1, 2 * width + 5
    matrix = draw(dtype, rows, 3 * units)
    expected = np.zeros((3 * -(-units // lanes) * lanes, at + rows), dtype)
    expected[:, at:] = gates_in_whole_vectors(matrix, units).T
    expected = packed_weights(expected)
    arena = arena_of(np.zeros_like(expected))
    panels = Panels(3, len(expected), expected.shape[1], width, at, units, lanes)
    # The second call begins two columns before a border, whatever the width of a panel.
    middle = 2 * width - 2 - at
    pack_transposed(matrix, panels, arena, 0, middle)
    pack_transposed(matrix, panels, arena, middle, rows)
    np.testing.assert_array_equal(arena[3:].reshape(expected.shape), expected)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("units", [1, 16, 21])
def test_unpacking_leaves_out_what_stands_between_gates(units, dtype):
    lanes, width = sizes(dtype)
    for panel in (width, 3 * -(-units // lanes) * lanes):
        gradient = draw(dtype, 9, 3 * -(-units // lanes) * lanes)
        expected = gradient[2:6].reshape(4, 3, -1)[..., :units].reshape(4, -1)
        packed = packed_weights(gradient) if panel == width else gradient[None]
        matrix, panels = np.zeros((4, 3 * units), dtype), Panels(3, len(packed), 9, panel, 2, units, lanes)
        pack(matrix, panels, arena_of(packed), True, 0, 1)
        pack(matrix, panels, arena_of(packed), True, 1, 4)
        np.testing.assert_array_equal(matrix, expected)
