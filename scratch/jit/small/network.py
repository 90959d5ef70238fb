"""What a small network is made of, by name: its sizes, its own matrices, and the caller's."""

from typing import NamedTuple

import numpy as np


class Layout(NamedTuple):
    """The sizes of a network, and the columns of a token's row.

    - ``tile``: the address of the compiled tile. Row b at step t is row ``t * step_stride + b * row_stride`` of inputs
      and outputs.
    - ``h``, ``c``, ``tanh_c``, ``d_z``: where these begin. x is before h, and the 1 before x, right after the gates in
      the layer with the widest x.
    - ``d_c``: where ∂L/∂c begins in a row of gradients; ∂L/∂h stands at ``h`` less what the gates take.
    """

    tile: int
    num_layers: int
    num_steps: int
    batch_size: int
    num_inputs: int
    num_units: int
    step_stride: int
    row_stride: int
    h: int
    c: int
    tanh_c: int
    d_z: int
    d_c: int


class Memory(NamedTuple):
    """The matrices of a network's own.

    - ``w``: a row for each of [1, x, h], layer after layer. ``forget_bias``: a row a layer. ``gates``: rows of scale,
      bound and one of ``sigmoid_or_tanh``.
    - ``tokens``: rows [L, T + 1, B], of which those of the last step have the final state. ``outputs`` [B · T, H].
    - ``w_t``: 4H rows a layer, its weights transposed. ``d_w``: ∂L/∂W in rows like those of ``w``.
    - ``d_tokens``: rows [L + 1, B] of ∂L/∂[1, x, h] and, where the next vector begins, ∂L/∂c: in the end those of the
      initial state. The last B rows have ∂L/∂outputs for x. ``d_x``: ∂L/∂x [B · T, D].
    """

    w: np.ndarray
    forget_bias: np.ndarray
    gates: np.ndarray
    tokens: np.ndarray
    outputs: np.ndarray
    w_t: np.ndarray
    d_tokens: np.ndarray
    d_x: np.ndarray
    d_w: np.ndarray


class Weights(NamedTuple):
    kernel: np.ndarray
    bias: np.ndarray


class State(NamedTuple):
    c: np.ndarray
    h: np.ndarray
