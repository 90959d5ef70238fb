"""A cell with a way round it: ``tf.compat.v1.nn.rnn_cell.ResidualWrapper``.

    output, s' = cell(x, s)
    the step's output is x + output

The gradient of x + output with respect to x has a 1 in it, whatever the cell does: however many such layers are
stacked, it reaches the lowest. He et al. (2015); for recurrent layers Wu et al. (2016). The page is
``docs/cells/residual.md``.
"""

from dataclasses import dataclass

from scratch.arrays import Array, Cache, Float, Masks, Params, Shapes, State
from scratch.cell import Cell, CellWrapper, masked_forward


@dataclass(frozen=True)
class ResidualWrapper(CellWrapper):
    """``cell`` with its input added to its output, which must be of the same width.

    State and parameters are those of ``cell``. Raises ``TypeError`` where ``cell`` is no cell, and ``ValueError`` at
    the call where the widths differ.
    """

    cell: Cell

    def param_shapes(self, input_size: int) -> Shapes:
        if input_size != self.output_size:
            raise ValueError(
                f"ResidualWrapper adds the input to the output, but the input is {input_size} wide and the output of "
                f"{type(self.cell).__name__} {self.output_size}"
            )
        return super().param_shapes(input_size)

    def forward(
        self, params: Params, x: Float[Array, "B D"], state: State, masks: Masks = ()
    ) -> tuple[Float[Array, "B output"], State, Cache]:
        """Compute x [B, D] to ``(output [B, D], new_state, cache)``; masks are those of ``cell``."""
        self.check_step(params, x, state)
        output, new_state, cache = masked_forward(self.cell, params, x, state, masks)
        return x + output, new_state, cache

    def backward(
        self, params: Params, cache: Cache, d_output: Float[Array, "B output"], d_new_state: State
    ) -> tuple[Float[Array, "B D"], State, Params]:
        """Return ``(d_x [B, D], d_state, d_params)``."""
        d_x, d_state, d_params = self.cell.backward(params, cache, d_output, d_new_state)
        # The input goes through the cell and round it: its two gradients add.
        return d_output + d_x, d_state, d_params
