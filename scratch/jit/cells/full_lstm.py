"""``LSTMCell`` and ``LSTMBlockCell``, compiled: peepholes, clipping and projection. The equations are those of
``scratch/cells/full_lstm.py``. Where m is projected it is the row's own column, and z_p a column of z of its own."""

from typing import NamedTuple

from scratch.cells.full_lstm import LSTMCell
from scratch.jit.machine.activations import clip, is_within, sigmoid, slope, value
from scratch.jit.walk.equations import Constants, Equations, Product, Results, Rows, h_1_x
from scratch.jit.walk.step import Token


class Flags(NamedTuple):
    relu: bool
    peepholes: bool
    clips: bool
    clipping_stops_gradients: bool
    projects: bool
    clips_projection: bool


def gates(flags: Flags, token: Token) -> Results:
    z_i, z_f, z_o, c = token.z_i, token.z_f + token.forget_bias, token.z_o, token.c
    # i and f see the old memory.
    if flags.peepholes:
        z_i, z_f = z_i + token.w_i_diag * c, z_f + token.w_f_diag * c
    i, j, f = sigmoid(z_i), value(flags.relu, token.z_j), sigmoid(z_f)
    # c' = clip(f ⊙ c + i ⊙ j)
    c_new = f * c + i * j
    if flags.clips:
        c_new = clip(c_new, token.cell_clip)
    # o sees the new one.
    if flags.peepholes:
        z_o = z_o + token.w_o_diag * c_new
    # m = o ⊙ φ(c')
    o = sigmoid(z_o)
    m = o * value(flags.relu, c_new)
    return {"i": i, "j": j, "f": f, "o": o, "c_new": c_new, "m" if flags.projects else "h_new": m}


def gates_adjoint(flags: Flags, token: Token) -> Results:
    i, j, f, o, c, c_new = token.i, token.j, token.f, token.o, token.c, token.c_new
    d_m, phi_c, results = token.d_m if flags.projects else token.d_h, value(flags.relu, c_new), {}
    # m = o ⊙ φ(c')       o = σ(z_o + w_o ⊙ c')
    d_z_o = d_m * phi_c * o * (1 - o)
    d_c_new = token.d_c + d_m * o * slope(flags.relu, phi_c)
    if flags.peepholes:
        d_c_new = d_c_new + d_z_o * token.w_o_diag
        results["d_w_o_diag"] = d_z_o * c_new
    # c' = clip(f ⊙ c + i ⊙ j)
    if flags.clips and flags.clipping_stops_gradients:
        d_c_new = d_c_new * is_within(f * c + i * j, token.cell_clip)
    d_z_i, d_z_j, d_z_f = d_c_new * j * i * (1 - i), d_c_new * i * slope(flags.relu, j), d_c_new * c * f * (1 - f)
    d_c = d_c_new * f
    # i = σ(z_i + w_i ⊙ c)    f = σ(z_f + forget_bias + w_f ⊙ c)
    if flags.peepholes:
        d_c = d_c + d_z_f * token.w_f_diag + d_z_i * token.w_i_diag
        results |= {"d_w_i_diag": d_z_i * c, "d_w_f_diag": d_z_f * c}
    return results | {"d_z_i": d_z_i, "d_z_j": d_z_j, "d_z_f": d_z_f, "d_z_o": d_z_o, "d_c": d_c}


def project(flags: Flags, token: Token) -> Results:
    # h' = clip(m W_p)
    return {"h_new": clip(token.z_p, token.proj_clip) if flags.clips_projection else token.z_p}


def project_adjoint(flags: Flags, token: Token) -> Results:
    # h' = clip(m W_p)
    return {"d_z_p": token.d_h * is_within(token.z_p, token.proj_clip) if flags.clips_projection else token.d_h}


def equations(cell: LSTMCell, input_size: int) -> Equations:
    flags = Flags(
        relu=cell.activation == "relu",
        peepholes=cell.use_peepholes,
        clips=cell.cell_clip is not None,
        clipping_stops_gradients=cell.clipping_stops_gradients,
        projects=cell.num_proj is not None,
        clips_projection=cell.proj_clip is not None,
    )
    constants: Constants = {"forget_bias": cell.forget_bias}
    constants |= {name: (name,) for name in ("w_i_diag", "w_f_diag", "w_o_diag") if flags.peepholes}
    clips = {"cell_clip": cell.cell_clip, "proj_clip": cell.proj_clip}
    constants |= {name: bound for name, bound in clips.items() if bound is not None}
    # [z_i, z_j, z_f, z_o] = [h, 1, x] [W_h; b; W_x]
    products = [Product(h_1_x(cell, input_size), ("i", "j", "f", "o"), cell.num_units, gates, gates_adjoint)]
    if flags.projects:
        # z_p = m W_p
        weights = {"m": Rows(("projection", "kernel"), 0, cell.num_units)}
        products.append(Product(weights, ("p",), cell.output_size, project, project_adjoint))
    return Equations(products, flags, constants, has_memory=True, own="m" if flags.projects else "")
