"""``input_forget=1`` of ONNX's LSTM: f = 1 − i, where ``CoupledInputForgetGateLSTMCell`` has i = 1 − f.

    σ(z) = 1 − σ(−z)        so the weights of i are those of f, with the other sign, and those of f are read by nobody

The converters of ``onnx.py`` know a cell with four gates. So the coupled cell is given to them as one, and taken back:
a change of sign, which rounds nothing and whose transpose is itself. The specification says "couple" and no more; that
f is 1 − i, and not i is 1 − f, is what ONNX Runtime computes.
"""

from typing import Any

import numpy as np

from scratch.arrays import Params
from scratch.cells.coupled_lstm import CoupledInputForgetGateLSTMCell
from scratch.cells.full_lstm import LSTMCell
from scratch.conversions.checked import check_cell

CARRIED = ("use_peepholes", "activation", "use_bias")


def is_coupled(cell: Any) -> bool:
    """Return whether a cell, or each of the two of a pair, is the coupled one."""
    return all(isinstance(one, CoupledInputForgetGateLSTMCell) for one in in_pair(cell))


def in_pair(cell: Any) -> tuple[Any, ...]:
    return cell if isinstance(cell, tuple) else (cell,)


def with_four_gates(cell: Any) -> Any:
    """Return the ``LSTMCell`` that stands for a coupled cell, or for each of a pair; any other as it is."""
    if any(map(is_coupled, in_pair(cell))) and not is_coupled(cell):
        raise ValueError("a node has one input_forget for both directions, but one cell of the two is coupled")
    if isinstance(cell, tuple):
        return tuple([with_four_gates(one) for one in cell])
    if not is_coupled(cell):
        return cell
    # The other sign needs σ, and a forget bias would be that of a gate with another sign.
    check_cell(cell, CoupledInputForgetGateLSTMCell, CARRIED, forget_bias=0.0)
    return LSTMCell(cell.num_units, cell.use_peepholes, None, None, None, 0.0, cell.activation, cell.use_bias)


def to_four_gates(cell: Any, params: Any) -> Any:
    """Return parameters, or gradients, of a coupled cell as those of the cell that stands for it."""
    if not is_coupled(cell) or not isinstance(params, dict):
        return params
    if isinstance(cell, tuple):
        return {scope: to_four_gates(cell[0], branch) for scope, branch in params.items()}
    found: Params = {}
    for name, array in params.items():
        if name in ("W_0", "B"):
            j, f, o = np.split(array, 3, axis=-1)
            found["kernel" if name == "W_0" else "bias"] = np.concatenate([-f, j, np.zeros_like(f), o], axis=-1)
        elif name == "W_F_diag":
            found |= {"w_i_diag": -array, "w_f_diag": np.zeros_like(array)}
        else:
            found["w_o_diag" if name == "W_O_diag" else name] = array
    return found


def from_four_gates(cell: Any, params: Params) -> Params:
    """Return parameters, or gradients, of a coupled cell from those of the cell that stands for it."""
    if not is_coupled(cell):
        return params
    if isinstance(cell, tuple):
        return {scope: from_four_gates(cell[0], branch) for scope, branch in params.items()}
    found: Params = {}
    for name, ours in (("kernel", "W_0"), ("bias", "B")):
        if name in params:
            i, j, _, o = np.split(params[name], 4, axis=-1)
            found[ours] = np.concatenate([j, -i, o], axis=-1)
    if cell.use_peepholes:
        found |= {"W_F_diag": -params["w_i_diag"], "W_O_diag": params["w_o_diag"]}
    return found
