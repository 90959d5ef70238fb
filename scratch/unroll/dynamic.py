"""The same recurrence on whole arrays: ``tf.compat.v1.nn.dynamic_rnn``.

In TensorFlow, ``static_rnn`` writes T copies of the cell into the graph and ``dynamic_rnn`` writes one copy inside a
``while_loop``. NumPy has no graph, so the loop is that of ``scratch/loop.py``, and what is left is the layout: arrays
[B, T, D], or [T, B, D] if time comes first. With ``engine="numba"`` the loop is the compiled one of ``scratch/jit``;
with ``checkpoint_every`` it is that of ``checkpointed.py``. The engines are in ``scratch/engines.py``. Which steps a
row takes, if not all up to its length in their order, is in ``scratch/visits.py``. The page is
``docs/unroll/dynamic.md``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from scratch.arguments import check_arguments, check_layout, check_sequence_masks, check_tape
from scratch.arrays import Array, Bool, Float, Lengths, Masks, Params, State
from scratch.cell import Cell
from scratch.checks import are_usual, check_array, check_lengths, check_state, is_usual_state
from scratch.engines import ENGINES, Checkpointed, Engine, Unrolling, check_engine, in_layout
from scratch.options import check_count, check_flag
from scratch.tree import map_tree, named_leaves
from scratch.visits import Visits, plan_visits


class Form:
    """What a cell asks of a call whose inputs have one shape and dtype: worked out once, for all calls after it.

    ``plan`` is the engine's, ``None`` where it has none, and ``zero_state`` a state that nobody may write to.
    """

    def __init__(self, cell: Cell, sizes: tuple[int, int, int], dtype: np.dtype, plan: Any) -> None:
        self.cell, self.sizes, self.dtype, self.plan = cell, sizes, dtype, plan
        self.shapes, self.masks = cell.param_shapes(sizes[2]), cell.mask_sizes(sizes[2])
        self.state_size, self.takes_masks = cell.state_size, any(named_leaves(self.masks))
        self.zero_state = plan.zero_state if plan else cell.zero_state(sizes[1], dtype)
        map_tree(lambda zeros: zeros.setflags(write=False), self.zero_state)

    def fits(self, params: Any, state: Any, masks: Any) -> bool:
        """Return whether arguments are as asked for; where not, it may still be that they need a closer look."""
        return (
            masks is None
            and not self.takes_masks
            and type(params) is dict
            and are_usual(params, self.shapes, self.dtype, set())
            and (state is None or is_usual_state(state, self.state_size, self.sizes[1], self.dtype))
        )


# By the id of the cell, which each ``Form`` keeps alive, and by what its inputs are. No array is kept or known again:
# shapes and dtypes are looked at in each call, for an array may change.
forms: dict[Any, Form] = {}
MOST_FORMS = 256


def form_of(cell: Any, inputs: Any, time_major: Any, keep_tape: Any) -> Form | None:
    """Return the ``Form`` of an earlier call with this cell, ``None`` where there was none."""
    if type(inputs) is not np.ndarray or type(time_major) is not bool or type(keep_tape) is not bool:
        return None
    return forms.get((id(cell), inputs.shape, inputs.dtype, time_major, keep_tape))


def keep_form(
    chosen: Engine, cell: Cell, inputs: Array, options: tuple[bool, bool], sizes: tuple[int, int, int]
) -> Form:
    """Return a new ``Form``, and keep it for later calls."""
    if len(forms) >= MOST_FORMS:
        forms.clear()
    time_major, keep_tape = options
    plan = chosen.plan(cell, inputs, time_major, keep_tape)
    form = forms[id(cell), inputs.shape, inputs.dtype, time_major, keep_tape] = Form(cell, sizes, inputs.dtype, plan)
    return form


@dataclass(frozen=True)
class DynamicTape:
    """What ``dynamic_rnn`` keeps: the engine that ran, its tape, and the layout of the caller's arrays.

    ``visits`` are ``None`` where every row takes its steps in their order, up to its length. ``states``, with
    ``keep_states``: the state after every step, in the structure of the cell's, arrays [B, T, size] in the layout of
    the outputs; at skipped steps, and past a row's length, the state that was copied.
    """

    engine: Engine
    tape: Any
    time_major: bool
    output_shape: tuple[int, int, int]
    form: Form | None = None
    visits: Visits | None = None
    states: State = None

    @property
    def num_steps(self) -> int:
        return self.output_shape[0 if self.time_major else 1]


def dynamic_rnn(
    cell: Cell,
    params: Params,
    inputs: Float[Array, "_ _ D"],
    sequence_length: Lengths = None,
    initial_state: State = None,
    time_major: bool = False,
    engine: str = "numpy",
    *,
    masks: Masks = None,
    checkpoint_every: int | None = None,
    keep_tape: bool = True,
    keep_states: bool = False,
    mask: Bool[Array, "B T"] | None = None,
    reverse: bool = False,
    zero_output_for_mask: bool = True,
) -> tuple[Float[Array, "_ _ output"], State, Any]:
    """Unroll ``cell`` over ``inputs`` [B, T, D] and return ``(outputs, final_state, tape)``.

    - ``sequence_length``: [B] integers from 0 to T. Past its length a row's outputs are exactly 0 and its state is
      copied, so its final state is that of its own last step. What the inputs hold there is never looked at.
    - ``initial_state``: in the structure of ``cell.state_size``, arrays [B, size]; zeros where not given.
    - ``time_major``: inputs and outputs are [T, B, …] instead of [B, T, …].
    - ``masks``: from ``cell.draw_masks``, [T, B, …] in either layout, for a cell with dropout and for no other.
    - ``engine``: ``"numpy"``, the text book, for every cell; ``"numba"``, compiled, for the cells in ``scratch/jit``.
    - ``checkpoint_every``: keep only every k-th state, and compute the rest again on the way back: the same numbers to
      the last bit from a short tape, for one more forward pass. Not with ``"numba"``.
    - ``keep_tape``: ``False`` for a run without a backward pass: the tape is ``None``, and nothing is kept for it.
    - ``keep_states``: whether ``tape.states`` shall be the state after every step. Not with ``keep_tape=False``.
    - ``mask``: Booleans [B, T] in either layout, ``False`` where a row skips a step, as past its length.
    - ``reverse``: each row from its own last step to its first; outputs stand at the steps of their inputs.
    - ``zero_output_for_mask``: ``False`` for the output of the last step taken in the place of 0 at skipped steps, and
      past a row's length; 0 where none was taken yet.

    ``outputs`` is [B, T, output_size]; everything has the dtype of the inputs, float32 or float64. Raises ``TypeError``
    or ``ValueError`` for what does not fit, ``ImportError`` without Numba. Source: ``tf.compat.v1.nn.dynamic_rnn``.
    """
    form = form_of(cell, inputs, time_major, keep_tape)
    num_steps, batch_size, input_size = form.sizes if form else check_layout(inputs, time_major)
    chosen = choose(engine, checkpoint_every, keep_tape, keep_states)
    known = form if form and chosen.knows_cells and form.fits(params, initial_state, masks) else None
    if known:
        state: State = known.zero_state if initial_state is None else initial_state
    else:
        state = check_arguments(cell, params, batch_size, input_size, inputs.dtype, initial_state)
    lengths = None if sequence_length is None else check_lengths(sequence_length, batch_size, num_steps)
    visits = plan_visits(lengths, mask, reverse, zero_output_for_mask, (num_steps, batch_size), time_major)
    masks = known.masks if known else check_sequence_masks(cell, masks, num_steps, batch_size, input_size)
    plan = known.plan if known and visits is None else None
    if visits is not None:
        inputs, lengths = visits.take(inputs), lengths if mask is None else visits.lengths
    run = Unrolling(cell, params, inputs, lengths, state, masks, time_major, keep_tape, plan, keep_states)
    outputs, final_state, tape = chosen.forward(run)
    outputs = outputs if visits is None else visits.outputs(outputs)
    if form is None and chosen.knows_cells:
        known = keep_form(chosen, cell, inputs, (time_major, keep_tape), (num_steps, batch_size, input_size))
    if not keep_tape:
        return outputs, final_state, None
    states = every_state(chosen.states(tape, final_state), state, visits, time_major) if keep_states else None
    return outputs, final_state, DynamicTape(chosen, tape, time_major, outputs.shape, known, visits, states)


def dynamic_rnn_backward(
    tape: DynamicTape,
    d_outputs: Float[Array, "_ _ output"] | None = None,
    d_final_state: State = None,
    *,
    needs_d_inputs: bool = True,
) -> tuple[Any, State, Params]:
    """Return ``(d_inputs, d_initial_state, d_params)``, the gradients of every argument of ``dynamic_rnn``.

    - ``d_outputs``: the gradient of the outputs, in their shape; zeros where not given.
    - ``d_final_state``: the gradient of the final state, in its structure; zeros where not given.
    - ``needs_d_inputs``: ``False`` where the inputs are data: ``d_inputs`` is then ``None``, the rest the same bits.

    ``d_inputs`` has the shape of the inputs and is exactly 0 past the end of a row; the engine is that of the forward
    pass. Raises ``TypeError`` or ``ValueError``, by name, for gradients that do not fit the results.
    """
    check_tape("tape", tape, DynamicTape)
    check_flag("needs_d_inputs", needs_d_inputs)
    run, time_major = tape.tape, tape.time_major
    visits = tape.visits
    if d_outputs is None and tape.engine.needs_zeros:
        d_outputs = np.zeros(tape.output_shape, run.dtype)
    if d_outputs is not None:
        check_array("d_outputs", d_outputs, tape.output_shape, run.dtype)
    batch_size = tape.output_shape[1 if time_major else 0]
    if d_final_state is None:
        d_final_state = tape.form.zero_state if tape.form else run.cell.zero_state(batch_size, run.dtype)
    else:
        check_state("d_final_state", d_final_state, run.cell.state_size, batch_size, run.dtype)
    if visits is not None and d_outputs is not None:
        d_outputs = visits.d_outputs(d_outputs)
    d_inputs, d_state, d_params = tape.engine.backward(run, d_outputs, d_final_state, time_major, needs_d_inputs)
    if visits is None or d_inputs is None:
        return d_inputs, d_state, d_params
    return visits.put_back(d_inputs), d_state, d_params


def every_state(states: State, initial: State, visits: Visits | None, time_major: bool) -> State:
    """Return states after each visit, arrays [T, B, size], at the steps of the inputs and in the caller's layout."""
    if visits is not None:
        states = map_tree(visits.states, states, initial)
    return map_tree(lambda steps: in_layout(steps, time_major), states)


def choose(engine: Any, checkpoint_every: Any, keep_tape: Any, keep_states: Any) -> Engine:
    """Return the engine of this name, or where states are kept only now and then, the one that does so."""
    chosen = ENGINES[check_engine(engine)]
    check_flag("keep_tape", keep_tape)
    check_flag("keep_states", keep_states)
    if keep_states and not keep_tape:
        raise ValueError("keep_states must be False with keep_tape=False: it is the tape that has the states")
    if checkpoint_every is None:
        return chosen
    checkpoint_every = check_count("checkpoint_every", checkpoint_every)
    if engine != "numpy":
        # The kernels make the weights' gradient in one product over all steps: stretches would round differently.
        raise ValueError(f"checkpoint_every must be None with engine={engine!r}, but is {checkpoint_every}")
    if keep_tape is False:
        raise ValueError(f"checkpoint_every must be None with keep_tape=False, but is {checkpoint_every}")
    return Checkpointed(checkpoint_every)
