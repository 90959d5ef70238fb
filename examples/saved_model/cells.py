"""One step of Keras's three recurrent layers for activations that the cells of ``scratch`` do not have.

    SimpleRNN   h' = φ(x W + h U + b)
    LSTM        z_i, z_f, z_j, z_o = x W + h U + b      c' = s(z_f) ⊙ c + s(z_i) ⊙ φ(z_j)      h' = s(z_o) ⊙ φ(c')
    GRU         u = s(z_u)    r = s(z_r)    n = φ(x W_n + b_n + (r ⊙ h) U_n), or with the reset after the product
                n = φ(x W_n + b_n + r ⊙ (h U_n + b_h))      h' = u ⊙ h + (1 − u) ⊙ n

φ is ``activation`` and s ``recurrent_activation``. The weights stay in Keras's order. There is no way back: these cells
are run and never trained. ``scratch.dynamic_rnn`` takes them as it takes its own.
"""

from dataclasses import dataclass

import numpy as np

from saved_model.activations import activate
from scratch import LSTMState
from scratch.cell import Cell


@dataclass(frozen=True)
class KerasCell(Cell):
    """What the three have in common; ``gates`` is how many columns of H the kernels have."""

    units: int
    activation: list
    recurrent_activation: list = ()
    reset_after: bool = False
    gates = 1

    @property
    def state_size(self):
        return self.units

    @property
    def output_size(self):
        return self.units

    def param_shapes(self, input_size):
        width = self.gates * self.units
        bias = (2, width) if self.reset_after else (width,)
        return {"kernel": (input_size, width), "recurrent_kernel": (self.units, width), "bias": bias}

    def split(self, z):
        return np.split(z, self.gates, axis=-1)


class SimpleRNNCell(KerasCell):
    def forward(self, params, x, state):
        h = activate(self.activation, x @ params["kernel"] + state @ params["recurrent_kernel"] + params["bias"])
        return h, h, None


class LSTMCell(KerasCell):
    gates = 4

    @property
    def state_size(self):
        return LSTMState(self.units, self.units)

    def forward(self, params, x, state):
        z = x @ params["kernel"] + state.h @ params["recurrent_kernel"] + params["bias"]
        z_i, z_f, z_j, z_o = self.split(z)
        i, f, o = (activate(self.recurrent_activation, gate) for gate in (z_i, z_f, z_o))
        c = f * state.c + i * activate(self.activation, z_j)
        h = o * activate(self.activation, c)
        return h, LSTMState(c, h), None


class GRUCell(KerasCell):
    gates = 3

    def forward(self, params, x, state):
        bias_x, bias_h = params["bias"] if self.reset_after else (params["bias"], 0)
        x_u, x_r, x_n = self.split(x @ params["kernel"] + bias_x)
        h_u, h_r, h_n = self.split(state @ params["recurrent_kernel"] + bias_h)
        u, r = (activate(self.recurrent_activation, z) for z in (x_u + h_u, x_r + h_r))
        if not self.reset_after:
            h_n = (r * state) @ self.split(params["recurrent_kernel"])[2]
        n = activate(self.activation, x_n + (r * h_n if self.reset_after else h_n))
        h = u * state + (1 - u) * n
        return h, h, None
