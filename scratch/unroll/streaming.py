"""One step at a time, or some, as the inputs arrive: what a network does after training, on a microphone or a keyboard.

    output_t, state_t = cell(x_t, state_{t−1})

No step waits for the next, and nothing is kept but the state, so a stream may be of any length. It is the loop of
``static.py`` turned inside out: the caller has the loop. The page is ``docs/unroll/streaming.md``.
"""

from typing import Any

import numpy as np

from scratch.arguments import check_arguments
from scratch.arrays import Array, DType, Float, Params, State
from scratch.cell import Cell
from scratch.checks import check_array, check_state
from scratch.engines import ENGINES, check_engine
from scratch.tree import map_tree, named_leaves


class Stream:
    """A cell that is fed one step at a time, ``output = stream.step(x)``, or some, ``outputs = stream.run(inputs)``.

    - ``initial_state``: in the structure of ``cell.state_size``, arrays [B, size]; zeros where not given.
    - ``engine``: ``"numpy"`` or, for the cells in ``scratch/jit``, ``"numba"``, which packs the weights once.

    Batch size, width and dtype are those of the first inputs. The weights must not change while the stream lasts.
    Raises ``TypeError`` or ``ValueError``, by name, for arguments that do not fit one another, for a cell that the
    engine does not run, and for one with dropout: what has been trained is run without.
    """

    def __init__(self, cell: Cell, params: Params, initial_state: State = None, engine: str = "numpy") -> None:
        if not isinstance(cell, Cell):
            raise TypeError(f"cell must be a cell such as BasicLSTMCell(128), but is {type(cell).__name__}")
        if not isinstance(params, dict):
            raise TypeError(f"params must be a dict, as cell.init_params returns it, but is {type(params).__name__}")
        check_engine(engine)
        if any(named_leaves(cell.mask_sizes(1))):
            raise ValueError("Stream runs a cell without dropout: give it the cell that is in the DropoutWrapper")
        ENGINES[engine].check_cell(cell)
        self.cell, self.params, self.engine = cell, params, engine
        # A copy, because the caller may change it before the first step.
        self.initial_state = map_tree(lambda leaf: leaf.copy() if hasattr(leaf, "copy") else leaf, initial_state)
        self.shape: tuple[Any, ...] = ("B", "D")
        self.dtype: DType = None
        self.running: Any = None

    def step(self, x: Float[Array, "B D"]) -> Float[Array, "B output"]:
        """Return the output [B, output_size] of x [B, D], and go on to the state after it."""
        check_array("x", x, self.shape, self.dtype)
        if self.running is None:
            self.start(x.shape, x.dtype)
        return self.take(x)

    def run(self, inputs: Float[Array, "B T D"], initial_state: State = None) -> Float[Array, "B T output"]:
        """Return the outputs [B, T, output_size] of T steps, those of ``step`` to the last bit, and go on from there.

        Another sequence begins with its own ``initial_state``; without, this one goes on from where it is. With
        ``"numba"``, of one row they are one compiled call: what ``dynamic_rnn`` is, with weights that stay packed.
        """
        batch_size, input_size = self.shape
        check_array("inputs", inputs, (batch_size, "T", input_size), self.dtype)
        if self.running is None:
            self.start(inputs.shape[::2], inputs.dtype)
        if initial_state is not None:
            check_state("initial_state", initial_state, self.cell.state_size, len(inputs), inputs.dtype)
            self.running.state = map_tree(np.copy, initial_state)
        if self.running.copies:
            return self.running.run(inputs)
        outputs = np.empty((*inputs.shape[:2], self.cell.output_size), inputs.dtype)
        for t in range(inputs.shape[1]):
            outputs[:, t] = self.take(inputs[:, t])
        return outputs

    def take(self, x: Float[Array, "B D"]) -> Float[Array, "B output"]:
        """``step``, of an x that has been checked."""
        if self.running.copies:
            return self.running.step(x)
        # x is copied into row-major order, the one that is compiled; the output, because it may be the state itself.
        return self.running.step(np.array(x, order="C")).copy()

    @property
    def state(self) -> State:
        """The state after the last step, in the structure of ``cell.state_size``; ``None`` before the first."""
        return None if self.running is None else map_tree(np.copy, self.running.state)

    def start(self, shape: tuple[Any, ...], dtype: DType) -> None:
        batch_size, input_size = shape
        state = check_arguments(self.cell, self.params, batch_size, input_size, dtype, self.initial_state)
        self.running = ENGINES[self.engine].stream(self.cell, self.params, input_size, state)
        self.shape, self.dtype = shape, dtype
