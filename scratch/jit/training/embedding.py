"""The gradient of an embedding, compiled: ∂L/∂E_n is the sum of ∂L/∂x over the places where n stands."""

from scratch.arrays import Array
from scratch.compiling.compiler import kernel
from scratch.jit.machine.vector import lanes, load, store


@kernel
def add_to_rows(numbers: Array, d_x: Array, d_e: Array) -> None:
    """Add row i of ``d_x`` [N, D] to row ``numbers[0, i]`` of ``d_e`` [V, D], in their order, as ``np.add.at`` does."""
    width = d_x.shape[1]
    whole = width // lanes(d_x) * lanes(d_x)
    for i in range(d_x.shape[0]):
        row = numbers[0, i]
        for k in range(0, whole, lanes(d_x)):
            store(d_e, row, k, load(d_e, row, k) + load(d_x, i, k))
        for k in range(whole, width):
            d_e[row, k] += d_x[i, k]
