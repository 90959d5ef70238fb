"""A small LSTM unrolled many times over inputs of one shape: what a training loop of the echo task's size needs.

``dynamic_rnn`` meets its arguments for the first time at every call: it checks them, lays out memory, and returns
arrays that are the caller's to keep. For a network of a few units that takes twenty times as long as the numbers.
``SmallUnroll`` does it once, and runs all layers in one call of compiled code, ``scratch/jit/small/walk.py``. The page
is ``docs/jit/small.md``.
"""

import math
import operator

import numpy as np

from scratch.cells.lstm import BasicLSTMCell, LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.checks import as_dtype, check_array, check_params, check_state
from scratch.jit.machine.memory import SMALL, zeros
from scratch.jit.machine.pointers import pointers_to
from scratch.jit.machine.tile import tile_code
from scratch.jit.machine.vector import padded
from scratch.jit.small.network import Layout, Memory
from scratch.jit.small.walk import small_backward, small_forward
from scratch.jit.stack import plain
from scratch.options import check_count, check_flag


class SmallUnroll:
    """``dynamic_rnn`` of full rows for one shape of inputs and a stack of ``BasicLSTMCell`` of one small width.

    - ``cell``: a ``BasicLSTMCell`` or a ``MultiRNNCell`` of them, all of tanh and of one ``num_units``, in
      float32 up to 16, in float64 up to 8.
    - ``batch_size``, ``num_steps``, ``input_size``: B, T, D; ``dtype``: float32 or float64.
    - ``time_major``: inputs and outputs are [T, B, …] instead of [B, T, …].

    The numbers are those of ``dynamic_rnn`` up to rounding. All results are overwritten by the next call: copy what
    shall last. Raises ``TypeError`` or ``ValueError``,
    by name, for a cell that is not small and for arguments that do not fit.
    """

    def __init__(self, cell, batch_size, num_steps, input_size, dtype=np.float32, time_major=False):
        batch_size, num_steps = check_count("batch_size", batch_size), check_count("num_steps", num_steps)
        input_size = check_count("input_size", input_size)
        if as_dtype(dtype) not in (np.float32, np.float64):
            raise TypeError(f"dtype must be float32 or float64, but is {dtype!r}")
        layers = small_layers(cell, padded(1, dtype))
        check_flag("time_major", time_major)
        self.cell, self.dtype, self.batch_size, self.num_units = cell, np.dtype(dtype), batch_size, layers[0].num_units
        self.stacked = isinstance(cell, MultiRNNCell)
        self.param_shapes = cell.param_shapes(input_size)
        self.lay_out([layer.forget_bias for layer in layers], num_steps, input_size, time_major)
        names = list(self.param_shapes) if self.stacked else [None]
        # What has been checked before, because most calls come with the same: weights and a state, and where they are.
        none = object()
        self.weights, self.weights_at = [(name, none, none) for name in names], None
        self.states = dict.fromkeys(("initial_state", "d_final_state"), (none, none, none))
        self.has_run = False

    def lay_out(self, forget_biases, num_steps, input_size, time_major):
        """Make all arrays, once."""
        num_layers = len(forget_biases)
        batch_size, num_units, dtype = self.batch_size, self.num_units, self.dtype
        vector, width = padded(1, dtype), padded(4 * num_units, dtype)
        h = width + 1 + max(input_size, num_units)
        c = h + num_units
        depth, d_z, d_c = c - width, padded(c + 2 * num_units, dtype), padded(c - width, dtype)

        def make(*shape):
            # Small memory does not begin on a line of the cache.
            size = math.prod(shape)
            return zeros((size + SMALL,), dtype)[:size].reshape(shape)

        leading = (num_steps, batch_size) if time_major else (batch_size, num_steps)
        self.outputs, self.d_inputs = make(*leading, num_units), make(*leading, input_size)
        forget_bias, gates = make(num_layers, width), make(3, width)
        forget_bias[:, 2 * num_units : 3 * num_units] = np.array(forget_biases)[:, None]
        # scale, bound and one of ``sigmoid_or_tanh``: σ for i, f and o, tanh for j.
        of_sigmoid, of_tanh = ((1, 88, 0), (2, 20, 1)) if dtype == np.float32 else ((1, 709, 0), (2, 40, 1))
        gates[:], gates[:, num_units : 2 * num_units] = np.array(of_sigmoid)[:, None], np.array(of_tanh)[:, None]
        # Wider by a vector than what is in them, for the vectors that begin at the last gate.
        rows = make(num_layers, num_steps + 1, batch_size, padded(d_z + width + vector, dtype))
        ones = [h - 1 - (num_units if layer else input_size) for layer in range(num_layers)]
        for layer, one in zip(rows, ones, strict=True):
            layer[..., one] = 1
        w_t, d_rows = make(num_layers * 4 * num_units, d_c), make(num_layers + 1, batch_size, d_c + vector)
        w, d_w = make(num_layers * depth, width), make(num_layers, depth, width)
        self.memory = Memory(w, forget_bias, gates, rows, self.outputs, w_t, d_rows, self.d_inputs, d_w)
        strides = (batch_size, 1) if time_major else (1, num_steps)
        self.layout = Layout(
            tile=tile_code(dtype),
            num_layers=num_layers,
            num_steps=num_steps,
            batch_size=batch_size,
            num_inputs=input_size,
            num_units=num_units,
            step_stride=strides[0],
            row_stride=strides[1],
            h=h,
            c=c,
            tanh_c=c + num_units,
            d_z=d_z,
            d_c=d_c,
        )
        self.own = pointers_to(self.memory)
        self.zero_state = [make(batch_size, num_units)] * 2 * num_layers
        self.zero_state_at = pointers_to(self.zero_state)
        # The results are parts of these arrays.
        of_h, of_c, of_d_h, of_d_c = (slice(at, at + num_units) for at in (h, c, h - width, d_c))
        self.final_state = self.of_cell(zip(rows[:, -1, :, of_c], rows[:, -1, :, of_h], strict=True))
        self.d_initial_state = self.of_cell(zip(d_rows[:-1, :, of_d_c], d_rows[:-1, :, of_d_h], strict=True))
        d_params = [
            {"kernel": d[one - width + 1 :, : 4 * num_units], "bias": d[one - width, : 4 * num_units]}
            for d, one in zip(d_w, ones, strict=True)
        ]
        self.d_params = dict(zip(self.param_shapes, d_params, strict=True)) if self.stacked else d_params[0]

    def forward(self, params, inputs, initial_state=None):
        """Return ``(outputs, final_state)`` as ``dynamic_rnn`` does."""
        weights_at = self.take_params(params)
        check_array("inputs", inputs, self.d_inputs.shape, self.dtype)
        state_at = self.take_state("initial_state", initial_state)
        small_forward(self.layout, self.own, weights_at, state_at, plain(inputs))
        self.has_run = True
        return self.outputs, self.final_state

    def backward(self, d_outputs, d_final_state=None):
        """Return ``(d_inputs, d_initial_state, d_params)`` of the last ``forward``."""
        if not self.has_run:
            raise ValueError("backward needs a forward pass first")
        check_array("d_outputs", d_outputs, self.outputs.shape, self.dtype)
        d_state_at = self.take_state("d_final_state", d_final_state)
        small_backward(self.layout, self.own, d_state_at, plain(d_outputs))
        return self.d_inputs, self.d_initial_state, self.d_params

    def take_params(self, params):
        """Return where the weights are, checked anew where they are not the arrays of the call before."""
        layers = params if self.stacked else {None: params}
        try:
            for name, kernel, bias in self.weights:
                known = layers[name]["kernel"] is kernel and layers[name]["bias"] is bias
                if not known:
                    break
        except (TypeError, KeyError):
            known = False
        if not known:
            check_params("params", params, self.param_shapes, self.dtype)
            # A copy, of an array in another layout, is never what comes with the next call, and so is made anew.
            names = [name for name, *_ in self.weights]
            self.weights = [(name, plain(layers[name]["kernel"]), plain(layers[name]["bias"])) for name in names]
            self.weights_at = pointers_to([weight for _, *layer in self.weights for weight in layer])
        return self.weights_at

    def take_state(self, name, state):
        """Return where c and h of each layer are, zeros for ``None``."""
        if state is None:
            return self.zero_state_at
        known, _, pointers = self.states[name]
        if state is not known:
            layers = state if self.stacked else (state,)
            shape, dtype = self.zero_state[0].shape, self.dtype
            # The usual case, settled here because the words of a refusal take longer to prepare than the numbers.
            fits = type(layers) is tuple and 2 * len(layers) == len(self.zero_state) and all(
                type(part) is LSTMState
                and type(part.c) is type(part.h) is np.ndarray
                and part.c.shape == part.h.shape == shape
                and part.c.dtype == part.h.dtype == dtype
                for part in layers
            )
            if not fits:
                check_state(name, state, self.cell.state_size, self.batch_size, dtype)
            given = [array for part in layers for array in part]
            arrays = list(map(plain, given))
            pointers = pointers_to(arrays)
            # As with weights, copies are made anew at each call, and are kept because pointers keep nothing.
            self.states[name] = state if all(map(operator.is_, given, arrays)) else None, arrays, pointers
        return pointers

    def of_cell(self, states):
        """Return states (c, h), one a layer, in the structure of the cell's."""
        states = tuple(LSTMState(c, h) for c, h in states)
        return states if self.stacked else states[0]


def small_layers(cell, most_units):
    """Return the layers of a cell that ``SmallUnroll`` runs, refusing all others by name."""
    layers = cell.cells if type(cell) is MultiRNNCell else (cell,)
    for layer in layers:
        if type(layer) is not BasicLSTMCell:
            raise ValueError(
                f"SmallUnroll runs BasicLSTMCell and MultiRNNCell of it, but not {type(layer).__name__}; "
                "dynamic_rnn runs every cell"
            )
        if layer.activation != "tanh":
            raise ValueError(f"SmallUnroll runs cells with activation 'tanh', but not {layer.activation!r}")
    widths = {layer.num_units for layer in layers}
    if len(widths) > 1 or max(widths) > most_units:
        raise ValueError(
            f"SmallUnroll runs layers of one num_units of at most {most_units} in this dtype, but they have "
            f"{[layer.num_units for layer in layers]}; dynamic_rnn runs any"
        )
    return layers
