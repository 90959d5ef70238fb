import numpy as np
import pytest

from parity_tests.harness import assert_parity
from parity_tests.jit.checks import SAME_BITS
from scratch.jit.products import (
    DEPTH,
    TOKENS,
    Adjoint,
    add_gradient,
    multiply,
    multiply_transposed,
    pack,
    pack_transposed,
    unpack,
)
from scratch.jit.tile import ROWS, VECTORS, tile_code
from scratch.jit.vector import REGISTER

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


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("depth", [1, 5, DEPTH, DEPTH + 1, 2 * DEPTH + 3])
def test_multiply(depth, dtype):
    lanes, width = sizes(dtype)
    for rows, columns in [(1, lanes), (5, width), (6, width + lanes), (7, 2 * width), (13, 2 * width + 3 * lanes)]:
        a, b, z = draw(dtype, rows, depth), draw(dtype, depth, columns), draw(dtype, rows, columns)
        before = z.copy()
        multiply(tile_code(dtype), a, packed_weights(b), z, True, a)
        assert_parity(z, before + a @ b)
        # Rows to ask for: none, and more than there are tiles.
        for soon in (a[:0], draw(dtype, 40, 3)):
            z[:] = before
            multiply(tile_code(dtype), a, packed_weights(b), z, False, soon)
            assert_parity(z, a @ b)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_how_rows_are_cut_changes_no_bit(dtype):
    """A product of any number of rows is that of each row alone, although its tiles have other heights."""
    depth, columns = DEPTH + 7, sum(sizes(dtype))
    b = packed_weights(draw(dtype, depth, columns))
    for rows in [*range(1, 2 * ROWS + 2), 31]:
        a, before = draw(dtype, rows, depth), draw(dtype, rows, columns)
        for add in (False, True):
            together, alone = before.copy(), before.copy()
            multiply(tile_code(dtype), a, b, together, add, a)
            for row in range(rows):
                multiply(tile_code(dtype), a[row : row + 1], b, alone[row : row + 1], add, a)
            assert_parity(together, alone, limit=SAME_BITS)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(("many", "few"), [(1, 0), (2, 1), (0, 2)])
def test_multiply_transposed(many, few, dtype):
    """Gradients of columns 3 and on, in whole vectors, and of a few others; the rest is left alone."""
    lanes, _ = sizes(dtype)
    rows, depth, last = 7, 3 * lanes, 3 + many * lanes
    columns = np.array([0, last + 1][:few], np.int64)
    d_z, d_rows = draw(dtype, rows, depth), draw(dtype, rows, last + 2)
    w_many, w_few = draw(dtype, depth, many * lanes), draw(dtype, few, depth)
    weights = Adjoint(packed_weights(w_many), 3, last, w_few, columns)
    for add in (True, False):
        expected = d_rows.copy()
        expected[:, 3:last] = d_z @ w_many + add * d_rows[:, 3:last]
        expected[:, columns] = d_z @ w_few.T + add * d_rows[:, columns]
        multiply_transposed(tile_code(dtype), d_z, weights, d_rows, add, d_z)
        assert_parity(d_rows, expected)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("num_tokens", [1, 37, TOKENS])
def test_add_gradient(num_tokens, dtype):
    """Of some columns of the tape's rows and of d_z's, in tiles and panels of all sizes."""
    lanes, width = sizes(dtype)
    for depth, columns in [(1, lanes), (6, width), (17, width + 3 * lanes), (20, 3 * width)]:
        rows, d_z = draw(dtype, num_tokens, 4 + depth + 2), draw(dtype, num_tokens, lanes + columns + lanes)
        d_w = draw(dtype, depth, columns)
        expected = rows[:, 4 : 4 + depth].T @ d_z[:, lanes : lanes + columns]
        before = d_w.copy()
        add_gradient(tile_code(dtype), rows, 4, d_z, lanes, d_w, True)
        assert_parity(d_w, before + expected)
        add_gradient(tile_code(dtype), rows, 4, d_z, lanes, d_w, False)
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
    pack(matrix, units, packed, 2, 0, 2)
    pack(matrix, units, packed, 2, 2, 5)
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
    packed = np.zeros_like(expected)
    # The second call begins two columns before a border, whatever the width of a panel.
    middle = 2 * width - 2 - at
    pack_transposed(matrix, units, packed, at, 0, middle)
    pack_transposed(matrix, units, packed, at, middle, rows)
    np.testing.assert_array_equal(packed, expected)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("units", [1, 16, 21])
@pytest.mark.parametrize("num_parts", [1, 3])
def test_unpacking_adds_parts_and_leaves_out_what_stands_between_gates(num_parts, units, dtype):
    gradients = draw(dtype, num_parts, 9, 3 * -(-units // sizes(dtype)[0]) * sizes(dtype)[0])
    # In the order of the parts.
    expected = sum(gradients[1:, 2:6], gradients[0, 2:6]).reshape(4, 3, -1)[..., :units].reshape(4, -1)
    matrix = np.zeros((4, 3 * units), dtype)
    unpack(matrix, units, gradients, 2, 0, 1)
    unpack(matrix, units, gradients, 2, 1, 4)
    np.testing.assert_array_equal(matrix, expected)
