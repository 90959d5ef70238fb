"""``CoupledInputForgetGateLSTMCell``, compiled. The equations are those of ``scratch/cells/coupled_lstm.py``. Where m
is projected it is the row's own column, and z_p a column of z of its own."""

from typing import NamedTuple

from scratch.cells.coupled_lstm import CoupledInputForgetGateLSTMCell
from scratch.jit.cells.full_lstm import project, project_adjoint
from scratch.jit.machine.activations import sigmoid, slope, value
from scratch.jit.walk.equations import Constants, Equations, Product, Results, Rows, h_1_x
from scratch.jit.walk.step import Token


class Flags(NamedTuple):
    relu: bool
    peepholes: bool
    projects: bool
    clips_projection: bool


def gates(flags: Flags, token: Token) -> Results:
    z_f, z_o, c = token.z_f + token.forget_bias, token.z_o, token.c
    # f = σ(z_f + forget_bias + w_f ⊙ c)    j = φ(z_j)
    f, j = sigmoid(z_f + token.W_F_diag * c if flags.peepholes else z_f), value(flags.relu, token.z_j)
    # c' = f ⊙ c + (1 − f) ⊙ j
    c_new = f * c + (1 - f) * j
    # o = σ(z_o + w_o ⊙ c')
    o = sigmoid(z_o + token.W_O_diag * c_new if flags.peepholes else z_o)
    # m = o ⊙ φ(c')
    m = o * value(flags.relu, c_new)
    return {"j": j, "f": f, "o": o, "c_new": c_new, "m" if flags.projects else "h_new": m}


def gates_adjoint(flags: Flags, token: Token) -> Results:
    j, f, o, c, c_new = token.j, token.f, token.o, token.c, token.c_new
    d_m, phi_c, results = token.d_m if flags.projects else token.d_h, value(flags.relu, c_new), {}
    # m = o ⊙ φ(c')       o = σ(z_o + w_o ⊙ c')
    d_z_o = d_m * phi_c * o * (1 - o)
    d_c_new = token.d_c + d_m * o * slope(flags.relu, phi_c)
    if flags.peepholes:
        d_c_new = d_c_new + d_z_o * token.W_O_diag
        results["d_W_O_diag"] = d_z_o * c_new
    # c' = f ⊙ c + (1 − f) ⊙ j     f keeps c and holds off j: ∂c'/∂f = c − j
    d_z_f, d_z_j = d_c_new * (c - j) * f * (1 - f), d_c_new * (1 - f) * slope(flags.relu, j)
    d_c = d_c_new * f
    # f = σ(z_f + forget_bias + w_f ⊙ c)
    if flags.peepholes:
        d_c = d_c + d_z_f * token.W_F_diag
        results["d_W_F_diag"] = d_z_f * c
    return results | {"d_z_j": d_z_j, "d_z_f": d_z_f, "d_z_o": d_z_o, "d_c": d_c}


def equations(cell: CoupledInputForgetGateLSTMCell, input_size: int) -> Equations:
    relu, projects, clips = cell.activation == "relu", cell.num_proj is not None, cell.proj_clip is not None
    constants: Constants = {"forget_bias": cell.forget_bias} | ({"proj_clip": cell.proj_clip} if clips else {})
    constants |= {name: (name,) for name in ("W_F_diag", "W_O_diag") if cell.use_peepholes}
    # [z_j, z_f, z_o] = [h, 1, x] [W_h; b; W_x]
    weights = h_1_x(cell, input_size, kernel="W_0", bias="B")
    products = [Product(weights, ("j", "f", "o"), cell.num_units, gates, gates_adjoint)]
    if projects:
        # z_p = m W_p
        projection = {"m": Rows(("W_P_0",), 0, cell.num_units)}
        products.append(Product(projection, ("p",), cell.output_size, project, project_adjoint))
    flags = Flags(relu, cell.use_peepholes, projects, clips)
    return Equations(products, flags, constants, has_memory=True, own="m" if projects else "")
