"""``BasicLSTMCell``, compiled. The equations are those of ``scratch/cells/lstm.py``."""

from typing import NamedTuple

from scratch.cells.lstm import BasicLSTMCell
from scratch.jit.machine.activations import sigmoid, slope, value
from scratch.jit.walk.equations import Equations, Product, Results, h_1_x
from scratch.jit.walk.step import Token


class Flags(NamedTuple):
    relu: bool


def gates(flags: Flags, token: Token) -> Results:
    # i = σ(z_i)    j = φ(z_j)    f = σ(z_f + forget_bias)    o = σ(z_o)
    i, j = sigmoid(token.z_i), value(flags.relu, token.z_j)
    f, o = sigmoid(token.z_f + token.forget_bias), sigmoid(token.z_o)
    # c' = f ⊙ c + i ⊙ j
    c_new = f * token.c + i * j
    # h' = o ⊙ φ(c')
    h_new = o * value(flags.relu, c_new)
    return {"i": i, "j": j, "f": f, "o": o, "c_new": c_new, "h_new": h_new}


def gates_adjoint(flags: Flags, token: Token) -> Results:
    i, j, f, o = token.i, token.j, token.f, token.o
    # h' = o ⊙ φ(c')       c' is used here and by the next step: its two gradients add.
    phi_c = value(flags.relu, token.c_new)
    d_c_new = token.d_c + token.d_h * o * slope(flags.relu, phi_c)
    # c' = f ⊙ c + i ⊙ j, and through each gate's σ or φ back to z
    return {
        "d_z_i": d_c_new * j * i * (1 - i),
        "d_z_j": d_c_new * i * slope(flags.relu, j),
        "d_z_f": d_c_new * token.c * f * (1 - f),
        "d_z_o": token.d_h * phi_c * o * (1 - o),
        "d_c": d_c_new * f,
    }


def equations(cell: BasicLSTMCell, input_size: int) -> Equations:
    """[z_i, z_j, z_f, z_o] = [h, 1, x] [W_h; b; W_x]"""
    product = Product(h_1_x(cell, input_size), ("i", "j", "f", "o"), cell.num_units, gates, gates_adjoint)
    flags = Flags(relu=cell.activation == "relu")
    return Equations([product], flags, {"forget_bias": cell.forget_bias}, has_memory=True)
