"""What runs a cell over time: one table, an object an engine.

``"numpy"`` is the text book, the loop of ``scratch/loop.py``; ``"numba"`` is the compiled one of
``scratch/jit``. What goes into an engine has been checked, all but what the engine alone refuses: the cell and the
dtype. An engine of one's own has the five methods of ``Engine`` and a name in ``ENGINES``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from scratch import jit
from scratch.arrays import Array, Bool, Float, Int, Masks, Params, State
from scratch.cell import Cell, masked_forward
from scratch.loop import Tape, backward_steps, forward_steps
from scratch.options import check_choice
from scratch.tree import map_tree
from scratch.unroll.checkpointed import checkpointed_rnn, checkpointed_rnn_backward, states_of_stretches


class Unrolling(NamedTuple):
    """A call of ``dynamic_rnn``, checked: ``lengths`` [B] is ``None`` for full rows, and ``state`` always given.

    ``plan``: what the engine's ``plan`` returned at an earlier call like this one. ``keep_states``: whether the tape
    will be asked for ``states``.
    """

    cell: Cell
    params: Params
    inputs: Float[Array, "_ _ D"]
    lengths: Int[Array, " B"] | None
    state: State
    masks: Masks
    time_major: bool
    keep_tape: bool
    plan: Any = None
    keep_states: bool = False

    @property
    def steps(self) -> Float[Array, "T B D"]:
        """The inputs step by step, [T, B, D]."""
        return in_layout(self.inputs, self.time_major)

    @property
    def live(self) -> Bool[Array, "T B 1"] | None:
        """Which rows go on, [T, B, 1]; ``None`` where all do."""
        return None if self.lengths is None else np.arange(len(self.steps))[:, None, None] < self.lengths[:, None]


class Engine:
    """What every engine has. Arrays are in the caller's layout, [B, T, …] or, with ``time_major``, [T, B, …]."""

    # Whether it runs only cells that never change, so that what follows from one need not be worked out anew.
    knows_cells = False
    # Whether ``backward`` must be given gradients of the outputs that are all 0; else they may be ``None``.
    needs_zeros = True

    def check_installed(self) -> None:
        """Refuse to go on where a package that the engine needs is not there."""

    def check_cell(self, cell: Cell) -> None:
        """Refuse, by name, a cell that the engine does not run."""

    def plan(self, cell: Cell, inputs: Float[Array, "_ _ D"], time_major: bool, keep_tape: bool) -> Any:
        """Return what is worth keeping for all calls with this cell and such inputs, ``None`` where nothing is."""

    def forward(self, run: Unrolling) -> tuple[Float[Array, "_ _ output"], State, Any]:
        """Return ``(outputs, final_state, tape)`` of an ``Unrolling``; the tape is of use only where it is kept."""
        raise NotImplementedError

    def backward(
        self, tape: Any, d_outputs: Any, d_final_state: State, time_major: bool, needs_d_x: bool
    ) -> tuple[Float[Array, "_ _ D"] | None, State, Params]:
        """Return ``(d_inputs, d_initial_state, d_params)``, the adjoint of ``forward``: d_inputs where needed."""
        raise NotImplementedError

    def states(self, tape: Any, final_state: State) -> State:
        """Return the state after each step, arrays [T, B, size], of a run with ``keep_states`` that ended with this."""
        raise NotImplementedError

    def stream(self, cell: Cell, params: Params, input_size: int, state: State) -> Any:
        """Return what goes on from ``state`` one step at a time: it has ``step(x)``, and ``state`` after it.

        It also says whether it ``copies``: whether x may be in any layout, and x and the output are the caller's.
        """
        raise NotImplementedError

    def train_step(self, trainer: Any, batch: Any) -> Any:
        """Take a whole step of a ``Trainer`` on a ``Batch`` and return its ``Step``; ``None`` leaves it to NumPy.

        What the step changes it leaves in the trainer: see ``scratch/training/trainer.py``.
        """
        return None


class TextBook(Engine):
    """The loop over time in Python, and a cache for each of its steps."""

    def forward(self, run: Unrolling) -> tuple[Float[Array, "_ _ output"], State, Any]:
        if not run.keep_tape:
            return Checkpointed(1).forward(run)
        live = run.live
        states: list[State] = []
        kept = states if run.keep_states else None
        outputs, state, caches = forward_steps(run.cell, run.params, run.steps, run.state, live, run.masks, kept)
        tape = Tape(run.cell, run.params, caches, live, run.steps.shape[1], run.inputs.dtype, states)
        # Both are copied: the caller may write to results, and a cell's cache may hold the array that it returned.
        return in_layout(np.stack(outputs), run.time_major), map_tree(np.copy, state), tape

    def backward(
        self, tape: Any, d_outputs: Float[Array, "_ _ output"], d_final_state: State, time_major: bool, needs_d_x: bool
    ) -> tuple[Float[Array, "_ _ D"] | None, State, Params]:
        d_params = map_tree(np.zeros_like, tape.params)
        d_steps = in_layout(d_outputs, time_major)
        d_inputs, d_initial_state = backward_steps(tape, d_steps, d_final_state, d_params)
        d_x = in_layout(np.stack(d_inputs), time_major) if needs_d_x else None
        return d_x, d_initial_state, d_params

    def states(self, tape: Any, final_state: State) -> State:
        return stack_states(tape.states)

    def stream(self, cell: Cell, params: Params, input_size: int, state: State) -> Any:
        return CellStream(cell, params, state)


@dataclass(frozen=True)
class Checkpointed(TextBook):
    """The same loop, which keeps the state before every k-th step, or without a tape nothing at all."""

    checkpoint_every: int

    def forward(self, run: Unrolling) -> tuple[Float[Array, "_ _ output"], State, Any]:
        outputs, state, tape = checkpointed_rnn(
            run.cell, run.params, run.steps, self.checkpoint_every, run.state, run.live, run.masks, run.keep_tape
        )
        return in_layout(outputs, run.time_major), state, tape

    def backward(
        self, tape: Any, d_outputs: Float[Array, "_ _ output"], d_final_state: State, time_major: bool, needs_d_x: bool
    ) -> tuple[Float[Array, "_ _ D"] | None, State, Params]:
        d_steps = in_layout(d_outputs, time_major)
        d_inputs, d_initial_state, d_params = checkpointed_rnn_backward(tape, d_steps, d_final_state)
        return in_layout(d_inputs, time_major) if needs_d_x else None, d_initial_state, d_params

    def states(self, tape: Any, final_state: State) -> State:
        return stack_states(states_of_stretches(tape))


class Compiled(Engine):
    """The loop over time in one compiled function, for the cells in ``scratch/jit``."""

    knows_cells, needs_zeros = True, False

    def check_installed(self) -> None:
        jit.check_installed()

    def check_cell(self, cell: Cell) -> None:
        jit.check_covered(cell)

    def plan(self, cell: Cell, inputs: Float[Array, "_ _ D"], time_major: bool, keep_tape: bool) -> Any:
        return jit.plan_of_call(cell, inputs, time_major, keep_tape)

    def forward(self, run: Unrolling) -> tuple[Float[Array, "_ _ output"], State, Any]:
        if run.plan and run.lengths is None:
            return run.plan.run(run.params, run.inputs, run.state)
        return jit.forward(
            run.cell, run.params, run.inputs, run.lengths, run.state, run.masks, run.time_major, run.keep_tape
        )

    def backward(
        self, tape: Any, d_outputs: Any, d_final_state: State, time_major: bool, needs_d_x: bool
    ) -> tuple[Float[Array, "_ _ D"] | None, State, Params]:
        return jit.backward(tape, d_outputs, d_final_state, needs_d_x)

    def states(self, tape: Any, final_state: State) -> State:
        return jit.states_of(tape, final_state)

    def train_step(self, trainer: Any, batch: Any) -> Any:
        return jit.train_step(trainer, batch)

    def stream(self, cell: Cell, params: Params, input_size: int, state: State) -> Any:
        return jit.make_stream(cell, params, input_size, state)


class CellStream:
    """The text book's stream: the cell, and the state it is in."""

    copies = False

    def __init__(self, cell: Cell, params: Params, state: State) -> None:
        self.cell, self.params, self.state = cell, params, state

    def step(self, x: Float[Array, "B D"]) -> Float[Array, "B output"]:
        # Empty masks in the structure of the cell, because a DropoutWrapper that drops nothing reads that structure.
        masks = self.cell.mask_sizes(x.shape[1])
        output, self.state, _ = masked_forward(self.cell, self.params, x, self.state, masks)
        return output


ENGINES: dict[str, Engine] = {"numpy": TextBook(), "numba": Compiled()}


def check_engine(name: str) -> str:
    """Return the name of an engine; ``ValueError`` for any other, ``ImportError`` for one whose package is missing."""
    check_choice("engine", name, ENGINES)
    ENGINES[name].check_installed()
    return name


def stack_states(states: Sequence[State]) -> State:
    """Return the states after each step as one, arrays [T, B, size]."""
    return map_tree(lambda *steps: np.stack(steps), *states)


def in_layout(array: Array, time_major: bool) -> Array:
    """Return an array of the caller's layout as [T, B, …], or one of that as the caller's."""
    return array if time_major else array.swapaxes(0, 1)
