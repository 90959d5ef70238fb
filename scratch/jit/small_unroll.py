"""A small LSTM unrolled many times over inputs of one shape: what a training loop of the echo task's size needs.

``dynamic_rnn`` meets its arguments for the first time at every call: it checks them, lays out memory, and returns
arrays that are the caller's to keep. For a network of a few units that takes twenty times as long as the numbers.
``SmallUnroll`` does it once, and runs all layers in one call of compiled code, ``scratch/jit/small.py``. The page is
``docs/jit/small.md``.
"""

import operator

import numpy as np

from scratch.cells.lstm import BasicLSTMCell, LSTMState
from scratch.cells.multi import MultiRNNCell
from scratch.checks import as_dtype, check_array, check_count, check_flag, check_params, check_state
from scratch.jit.small import small_backward, small_forward
from scratch.jit.stack import plain
from scratch.jit.vector import padded
from scratch.tree import map_tree


class SmallUnroll:
    """``dynamic_rnn`` of full rows for one shape of inputs and a stack of ``BasicLSTMCell`` of one small width.

    - ``cell``: a ``BasicLSTMCell`` or a ``MultiRNNCell`` of them, all of tanh and of one ``num_units``, in
      float32 up to 16, in float64 up to 8.
    - ``batch_size``, ``num_steps``, ``input_size``: B, T, D; ``dtype``: float32 or float64.
    - ``time_major``: inputs and outputs are [T, B, …] instead of [B, T, …].

    The numbers are those of ``dynamic_rnn`` up to rounding. All results are overwritten by the next call: copy what
    shall last. The weights must not change between ``forward`` and its ``backward``. Raises ``TypeError`` or
    ``ValueError``, by name, for a cell that is not small and for arguments that do not fit.
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
        self.forget_biases = tuple(layer.forget_bias for layer in layers)
        # Row b at step t is row t · step_stride + b · row_stride of the arrays, seen as matrices.
        self.strides = (batch_size, 1) if time_major else (1, num_steps)
        self.lay_out(len(layers), num_steps, input_size, time_major)
        # What has been checked before, because most calls come with the same: weights, and a state with its arrays.
        self.known_weights, self.known_state, self.known_arrays = None, None, None
        # Those of the last forward pass.
        self.kernels = None

    def lay_out(self, num_layers, num_steps, input_size, time_major):
        """Make all arrays, once."""
        batch_size, num_units, tokens = self.batch_size, self.num_units, num_steps * self.batch_size
        size, gates = padded(num_units, self.dtype), padded(4 * num_units, self.dtype)
        self.depth = max(input_size, num_units) + num_units + 1

        def zeros(*shape):
            return np.zeros(shape, self.dtype)

        leading = (num_steps, batch_size) if time_major else (batch_size, num_steps)
        self.outputs, self.inputs = zeros(*leading, num_units), zeros(*leading, input_size)
        self.d_inputs = zeros(*leading, input_size)
        self.output_rows, self.input_rows = self.outputs.reshape(tokens, -1), self.inputs.reshape(tokens, -1)
        self.d_input_rows = self.d_inputs.reshape(tokens, -1)
        self.weights = zeros(num_layers * self.depth + 3, gates)
        # Wider by a vector than what is in them, for the vectors that begin at the last gate.
        self.gates = zeros(num_layers * tokens, gates + padded(1, self.dtype))
        self.c, self.h = (zeros(num_layers, num_steps + 1, batch_size, size) for _ in range(2))
        self.d_above = zeros(tokens, padded(self.depth, self.dtype))
        shapes = self.param_shapes if self.stacked else {"cell": self.param_shapes}
        layers = {layer: {name: zeros(*shape) for name, shape in part.items()} for layer, part in shapes.items()}
        self.d_params = layers if self.stacked else layers["cell"]
        self.d_kernels, self.d_biases = self.by_layer(self.d_params)
        self.zero_states = tuple(
            (zeros(batch_size, num_units), zeros(batch_size, num_units)) for _ in range(num_layers)
        )
        self.d_states = map_tree(np.copy, self.zero_states)
        self.final_state = self.of_cell(zip(self.c[:, -1, :, :num_units], self.h[:, -1, :, :num_units], strict=True))
        self.d_initial_state = self.of_cell(self.d_states)
        self.c, self.h = self.c.reshape(-1, size), self.h.reshape(-1, size)

    def forward(self, params, inputs, initial_state=None):
        """Return ``(outputs, final_state)`` as ``dynamic_rnn`` does."""
        kernels, biases = self.take_params(params)
        check_array("inputs", inputs, self.inputs.shape, self.dtype)
        states = self.take_state("initial_state", initial_state)
        self.inputs[:], self.kernels = inputs, kernels
        kept = self.depth, self.weights, self.gates, self.c, self.h
        small_forward(
            kernels, biases, self.forget_biases, states, self.input_rows, *self.strides, *kept, self.output_rows
        )
        return self.outputs, self.final_state

    def backward(self, d_outputs, d_final_state=None):
        """Return ``(d_inputs, d_initial_state, d_params)`` of the last ``forward``."""
        if self.kernels is None:
            raise ValueError("backward needs a forward pass first")
        check_array("d_outputs", d_outputs, self.outputs.shape, self.dtype)
        d_final = self.take_state("d_final_state", d_final_state)
        d_rows = plain(d_outputs).reshape(self.output_rows.shape)
        kept, d_x = (self.gates, self.c, self.h), self.d_input_rows
        results = d_x, self.d_states, self.d_kernels, self.d_biases, self.d_above
        small_backward(self.kernels, self.input_rows, *self.strides, *kept, d_rows, d_final, *results)
        return self.d_inputs, self.d_initial_state, self.d_params

    def take_params(self, params):
        """Return the kernels and the biases, checked anew where they are not the arrays of the call before."""
        try:
            weights = self.by_layer(params)
            known = self.known_weights and all(map(same_arrays, weights, self.known_weights))
        except (TypeError, KeyError):
            known = False
        if not known:
            check_params("params", params, self.param_shapes, self.dtype)
            # A copy, of an array in another layout, is never what comes with the next call, and so is made anew.
            self.known_weights = tuple(tuple(map(plain, arrays)) for arrays in self.by_layer(params))
        return self.known_weights

    def take_state(self, name, state):
        """Return a state as a tuple of (c, h), zeros for ``None``."""
        if state is None:
            return self.zero_states
        if state is self.known_state:
            return self.known_arrays
        layers = state if self.stacked else (state,)
        shape, dtype = self.zero_states[0][0].shape, self.dtype
        # The usual case, settled here because the words of a refusal take longer to prepare than the numbers.
        fits = type(layers) is tuple and len(layers) == len(self.zero_states) and all(
            type(part) is LSTMState
            and type(part.c) is type(part.h) is np.ndarray
            and part.c.shape == part.h.shape == shape
            and part.c.dtype == part.h.dtype == dtype
            for part in layers
        )
        if not fits:
            check_state(name, state, self.cell.state_size, self.batch_size, dtype)
        arrays = tuple((plain(c), plain(h)) for c, h in layers)
        if all(map(same_arrays, arrays, layers)):
            self.known_state, self.known_arrays = state, arrays
        return arrays

    def by_layer(self, params):
        """Return a tuple of all layers' kernels, and one of their biases."""
        layers = [params[name] for name in self.param_shapes] if self.stacked else [params]
        return tuple(layer["kernel"] for layer in layers), tuple(layer["bias"] for layer in layers)

    def of_cell(self, states):
        """Return states (c, h), one a layer, in the structure of the cell's."""
        states = tuple(LSTMState(c, h) for c, h in states)
        return states if self.stacked else states[0]


def same_arrays(arrays, others):
    """Return whether each of these arrays is the other one itself."""
    return all(map(operator.is_, arrays, others))


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
