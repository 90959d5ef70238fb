"""What every step is given, and the memory that the first ones write to."""

from typing import NamedTuple

import numpy as np

from scratch import BasicLSTMCell, LSTMState


class Problem(NamedTuple):
    """One LSTM layer and a batch: ``x`` [T, B, D], and the state that it starts from."""

    cell: BasicLSTMCell
    params: dict
    x: np.ndarray
    state: LSTMState

    @property
    def kernel(self):
        return self.params["kernel"]

    @property
    def bias(self):
        return self.params["bias"]

    def astype(self, dtype):
        """Return the same problem in another precision."""
        params = {name: array.astype(dtype) for name, array in self.params.items()}
        state = LSTMState(*(array.astype(dtype) for array in self.state))
        return Problem(self.cell, params, self.x.astype(dtype), state)

    def multiply_adds(self, tokens):
        """Return how many multiply-adds ``tokens`` rows of [x, h] W cannot do without."""
        return tokens * self.kernel.size


def draw(num_steps, batch_size, input_size, num_units, seed):
    """Return a ``Problem`` in float32. No bias and no state is 0, so that whoever forgets one is found out."""
    rng = np.random.default_rng(seed)
    cell = BasicLSTMCell(num_units)
    params = cell.init_params(rng, input_size)
    params["bias"] = rng.uniform(-0.5, 0.5, 4 * num_units).astype(np.float32)
    x = rng.standard_normal((num_steps, batch_size, input_size), np.float32)
    state = LSTMState(*rng.uniform(-0.5, 0.5, (2, batch_size, num_units)).astype(np.float32))
    return Problem(cell, params, x, state)


def fresh_memory(problem):
    """Return z [T, B, 4H], and c and h [T + 1, B, H], which begin with the initial state and hold anything after."""
    (num_steps, batch_size, _), num_units = problem.x.shape, problem.cell.num_units
    z = np.empty((num_steps, batch_size, 4 * num_units), np.float32)
    c, h = (np.empty((num_steps + 1, batch_size, num_units), np.float32) for _ in range(2))
    c[0], h[0] = problem.state
    return z, c, h
