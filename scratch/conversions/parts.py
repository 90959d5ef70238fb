"""One layer's weights apart, each gate's columns in TF1's order: what every layout is made of, and is put into order
from.

    kernel = [x; h]      bias = bias_x + bias_h − forget_bias e_f

To take a layer apart and to put it together are affine: w = A θ + a and θ = B (w − a), with B A = 1. A gradient goes
the other way by the transpose: ∂L/∂θ = Aᵀ ∂L/∂w, and ∂L/∂w = Bᵀ ∂L/∂θ. Columns that change places have the same way
back. The biases have not: of two whose sum alone is used, each has the gradient of the sum; and of a second bias that
was written as a constant the gradient is dropped.
"""

from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, Float, Params
from scratch.conversions.gates import add_to_forget_gate, gates_of
from scratch.finite import quiet
from scratch.tree import map_tree

PEEPHOLES = ("w_i_diag", "w_f_diag", "w_o_diag")


class Parts(NamedTuple):
    """The rows of x and of h, a bias that goes with each, and what only an LSTM may have, by its name."""

    x: Float[Array, "_ _"]
    h: Float[Array, "_ _"]
    bias_x: Float[Array, " _"]
    bias_h: Float[Array, " _"]
    more: Params


def take_apart(cell: Any, params: Params) -> Parts:
    """Return the parts of a layer's weights; the forget bias is in ``bias_h``."""
    parts = split(cell, params)
    if not hasattr(cell, "forget_bias"):
        return parts
    return parts._replace(bias_h=add_to_forget_gate(parts.bias_h, cell.forget_bias))


@quiet
def put_together(cell: Any, parts: Parts) -> Params:
    """Return a layer's weights from its parts; the forget bias is taken out of ``bias_h``, so that none is rounded."""
    if hasattr(cell, "forget_bias"):
        parts = parts._replace(bias_h=add_to_forget_gate(parts.bias_h, -cell.forget_bias))
    return join(cell, parts, parts.bias_x + parts.bias_h)


def take_gradients_apart(cell: Any, d_params: Params) -> Parts:
    """Return the gradients of the parts, the transpose of ``put_together``: both biases have that of their sum."""
    parts = split(cell, d_params)
    own = second_bias(cell, len(parts.bias_h))
    return parts._replace(bias_h=np.where(own, parts.bias_h, parts.bias_x))


def put_gradients_together(cell: Any, parts: Parts) -> Params:
    """Return a layer's gradients from those of its parts, the transpose of ``take_apart``."""
    return join(cell, parts, parts.bias_x)


def second_bias(cell: Any, width: int) -> Array:
    """Return for each column whether h has a bias of its own: n has, reset after the product."""
    last = getattr(cell, "reset_after", False)
    return np.arange(width) >= (2 * cell.num_units if last else width)


def split(cell: Any, params: Params) -> Parts:
    """Return the parts of weights or of gradients, with 0 for a second bias that the cell has not."""
    if gates_of(cell) == "run":
        return split_gru(cell, params)
    x, h = np.split(params["kernel"], [-cell.output_size])
    bias = bias_of(params)
    more = {name: leaf for name, leaf in params.items() if name not in ("kernel", "bias")}
    return Parts(x, h, bias, np.zeros_like(bias), more)


def split_gru(cell: Any, params: Params) -> Parts:
    gates, candidate, size = params["gates"], params["candidate"], cell.num_units
    gates_bias = bias_of(gates)
    zeros = np.zeros_like(gates_bias)
    if cell.reset_after:
        layer_x, layer_h = candidate["input_projection"], candidate["hidden_projection"]
        x_n, h_n, bias_x, bias_h = layer_x["kernel"], layer_h["kernel"], bias_of(layer_x), bias_of(layer_h)
    else:
        x_n, h_n = np.split(candidate["kernel"], [-size])
        bias_x, bias_h = bias_of(candidate), np.zeros_like(bias_of(candidate))
    x, h = np.split(gates["kernel"], [-size])
    return Parts(
        np.concatenate([x, x_n], axis=1),
        np.concatenate([h, h_n], axis=1),
        np.concatenate([gates_bias, bias_x]),
        np.concatenate([zeros, bias_h]),
        {},
    )


def join(cell: Any, parts: Parts, bias: Float[Array, " gates"]) -> Params:
    """Return weights or gradients in the structure of the cell's parameters, in memory of their own."""
    params: Params = {"kernel": np.concatenate([parts.x, parts.h]), "bias": bias, **parts.more}
    if gates_of(cell) == "run":
        gates, kernel_n = np.split(params["kernel"], [2 * cell.num_units], axis=1)
        gates_bias, bias_n = np.split(bias, [2 * cell.num_units])
        params = {"gates": {"kernel": gates, "bias": gates_bias}, "candidate": {"kernel": kernel_n, "bias": bias_n}}
        if cell.reset_after:
            x_n, h_n = np.split(kernel_n, [-cell.num_units])
            _, bias_x = np.split(parts.bias_x, [2 * cell.num_units])
            _, bias_h = np.split(parts.bias_h, [2 * cell.num_units])
            params["candidate"] = {
                "input_projection": {"kernel": x_n, "bias": bias_x},
                "hidden_projection": {"kernel": h_n, "bias": bias_h},
            }
    return map_tree(np.array, params if cell.use_bias else without_biases(params))


def bias_of(layer: Params) -> Float[Array, " _"]:
    """Return the bias of a layer, zeros where it has none."""
    kernel = layer["kernel"]
    return layer["bias"] if "bias" in layer else np.zeros(kernel.shape[1], kernel.dtype)


def without_biases(params: Params) -> Params:
    return {
        name: without_biases(branch) if isinstance(branch, dict) else branch
        for name, branch in params.items()
        if name != "bias"
    }
