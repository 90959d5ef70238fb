"""The gradient of an embedding, compiled: ∂L/∂E_n is the sum of ∂L/∂x over the places where n stands."""

from scratch.arrays import Array
from scratch.compiling.compiler import kernel
from scratch.jit.walk.rows import add_row


@kernel
def add_to_rows(numbers: Array, d_x: Array, d_e: Array) -> None:
    """Add row i of ``d_x`` [N, D] to row ``numbers[0, i]`` of ``d_e`` [V, D], in their order, as ``np.add.at`` does."""
    for i in range(d_x.shape[0]):
        add_row(d_x, i, d_e, numbers[0, i])
