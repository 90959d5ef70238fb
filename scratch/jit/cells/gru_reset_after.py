"""``GRUCell`` with the reset gate after the product, as in cuDNN and Keras. The equations are those of
``scratch/cells/gru.py``. The hidden state's side of the candidate is a column of z of its own, s."""

from typing import NamedTuple

from scratch.cells.gru import GRUCell
from scratch.jit.machine.activations import sigmoid, slope, value
from scratch.jit.walk.equations import Equations, Product, Results, Rows
from scratch.jit.walk.step import Token


class Flags(NamedTuple):
    relu: bool


def update(flags: Flags, token: Token) -> Results:
    # r = σ(z_r)    u = σ(z_u)    n = φ(z_n + r ⊙ s)
    r, u = sigmoid(token.z_r), sigmoid(token.z_u)
    n = value(flags.relu, token.z_n + r * token.s)
    # h' = u ⊙ h + (1 − u) ⊙ n
    return {"r": r, "u": u, "n": n, "h_new": u * token.h + (1 - u) * n}


def update_adjoint(flags: Flags, token: Token) -> Results:
    r, u, n, d_h = token.r, token.u, token.n, token.d_h
    # h' = u ⊙ h + (1 − u) ⊙ n    n = φ(z_n + r ⊙ s)    r = σ(z_r)    u = σ(z_u)
    d_z_n = d_h * (1 - u) * slope(flags.relu, n)
    return {
        "d_z_r": d_z_n * token.s * r * (1 - r),
        "d_z_u": d_h * (token.h - n) * u * (1 - u),
        "d_z_n": d_z_n,
        "d_z_s": d_z_n * r,
        "d_h": d_h * u,
    }


def equations(cell: GRUCell, input_size: int) -> Equations:
    inputs, hidden = ("candidate", "input_projection"), ("candidate", "hidden_projection")
    # [z_r, z_u] = [h, 1, x] [W_h; b; W_x]
    gates = {
        "h": Rows(("gates", "kernel"), input_size, input_size + cell.num_units),
        "one": Rows(("gates", "bias"), 0, 1),
        "x": Rows(("gates", "kernel"), 0, input_size),
    }
    # z_n = [1, x] [b_x; W_x]
    of_x = {"one": Rows((*inputs, "bias"), 0, 1), "x": Rows((*inputs, "kernel"), 0, input_size)}
    # s = [h, 1] [W_h; b_h]
    of_h = {"h": Rows((*hidden, "kernel"), 0, cell.num_units), "one": Rows((*hidden, "bias"), 0, 1)}
    products = [
        # h and x are read by two products each, and h by u ⊙ h as well: their gradients add.
        Product(gates, ("r", "u"), cell.num_units, adds=True),
        Product(of_x, ("n",), cell.num_units),
        Product(of_h, ("s",), cell.num_units, update, update_adjoint, adds=True),
    ]
    return Equations(products, Flags(relu=cell.activation == "relu"), constants={})
