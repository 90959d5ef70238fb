"""``GRUCell`` with the reset gate before the product, as in TensorFlow 1. The equations are those of
``scratch/cells/gru.py``. The row's own column is r ⊙ h, which leads to z_n."""

from typing import NamedTuple

from scratch.cells.gru import GRUCell
from scratch.jit.machine.activations import sigmoid, slope, value
from scratch.jit.walk.equations import Equations, Product, Results, Rows
from scratch.jit.walk.step import Token


class Flags(NamedTuple):
    relu: bool


def reset(flags: Flags, token: Token) -> Results:
    # r = σ(z_r)    u = σ(z_u)
    r, u = sigmoid(token.z_r), sigmoid(token.z_u)
    return {"r": r, "u": u, "rh": r * token.h}


def update(flags: Flags, token: Token) -> Results:
    # n = φ(z_n)    h' = u ⊙ h + (1 − u) ⊙ n
    n = value(flags.relu, token.z_n)
    return {"n": n, "h_new": token.u * token.h + (1 - token.u) * n}


def update_adjoint(flags: Flags, token: Token) -> Results:
    u, n, d_h = token.u, token.n, token.d_h
    # h' = u ⊙ h + (1 − u) ⊙ n    n = φ(z_n)    u = σ(z_u)
    return {
        "d_z_n": d_h * (1 - u) * slope(flags.relu, n),
        "d_z_u": d_h * (token.h - n) * u * (1 - u),
        "d_h": d_h * u,
    }


def reset_adjoint(flags: Flags, token: Token) -> Results:
    r, d_rh = token.r, token.d_rh
    # r ⊙ h    r = σ(z_r)
    return {"d_z_r": d_rh * token.h * r * (1 - r), "d_h": token.d_h + d_rh * r}


def equations(cell: GRUCell, input_size: int) -> Equations:
    num_inputs = input_size + cell.num_units
    # [z_r, z_u] = [h, 1, x] [W_h; b; W_x]
    gates = {
        "h": Rows(("gates", "kernel"), input_size, num_inputs),
        "one": Rows(("gates", "bias"), 0, 1),
        "x": Rows(("gates", "kernel"), 0, input_size),
    }
    # z_n = [1, x, r ⊙ h] [b_n; W_nx; W_nh]
    candidate = {
        "one": Rows(("candidate", "bias"), 0, 1),
        "x": Rows(("candidate", "kernel"), 0, input_size),
        "rh": Rows(("candidate", "kernel"), input_size, num_inputs),
    }
    products = [
        # h is read by u ⊙ h and by r ⊙ h as well: its gradients add.
        Product(gates, ("r", "u"), cell.num_units, reset, reset_adjoint, adds=True),
        Product(candidate, ("n",), cell.num_units, update, update_adjoint),
    ]
    return Equations(products, Flags(relu=cell.activation == "relu"), constants={}, own="rh")
