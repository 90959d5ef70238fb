"""``BasicRNNCell``, compiled. The equations are those of ``scratch/cells/rnn.py``."""

from typing import NamedTuple

from scratch.cells.rnn import BasicRNNCell
from scratch.jit.machine.activations import slope, value
from scratch.jit.walk.equations import Equations, Product, Results, h_1_x
from scratch.jit.walk.step import Token


class Flags(NamedTuple):
    relu: bool


def step(flags: Flags, token: Token) -> Results:
    # h' = φ(z)
    a = value(flags.relu, token.z_a)
    return {"a": a, "h_new": a}


def step_adjoint(flags: Flags, token: Token) -> Results:
    # h' = φ(z)
    return {"d_z_a": token.d_h * slope(flags.relu, token.a)}


def equations(cell: BasicRNNCell, input_size: int) -> Equations:
    # z = [h, 1, x] [W_h; b; W_x]
    product = Product(h_1_x(cell, input_size), ("a",), cell.num_units, step, step_adjoint)
    return Equations([product], Flags(relu=cell.activation == "relu"), constants={})
