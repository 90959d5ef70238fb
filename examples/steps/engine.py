"""Step 1, the text book, and steps 6 to 8: the engine's own kernel, then the engine whole. And rows of many lengths."""

import numpy as np

from scratch import dynamic_rnn, static_rnn
from scratch.jit.walk.forward import walk_forward
from scratch.jit.walk.layer import layer_of
from scratch.jit.walk.plan import Tape
from scratch.jit.walk.schedule import make_schedule
from scratch.tree import map_tree


def text_book(problem, lengths):
    """Step 1, and with ``lengths`` every step of every row, then masked."""
    outputs, state, _ = static_rnn(problem.cell, problem.params, list(problem.x), problem.state, lengths)
    return np.stack(outputs), state.c


def tiles(problem, lengths):
    """Step 6: the engine's walk through time on memory that nobody has used before."""
    num_steps, batch_size, input_size = problem.x.shape
    tokens, num_units = num_steps * batch_size, problem.cell.num_units
    layer = layer_of(problem.cell, input_size, np.dtype(np.float32))
    schedule = make_schedule(np.full(batch_size, num_steps), num_steps, time_major=True)
    shapes = (tokens, layer.row_width), (tokens, layer.z_width), (batch_size + tokens, num_units)
    rows, z, c = (np.empty(shape, np.float32) for shape in shapes)
    tape = Tape(rows, z, c, layer.constants(problem.params), np.empty((batch_size, num_units), np.float32))
    outputs, state = np.empty((num_steps, batch_size, num_units), np.float32), map_tree(np.ndarray.copy, problem.state)
    ends = layer.ends(problem.x, outputs, state)
    walk_forward(layer.plan, layer.pack(problem.params), schedule, tape, ends, 0)
    return outputs, state.c


def whole(problem, lengths):
    """Steps 7 and 8, and with ``lengths`` the rows ranked by them, so that no step of padding is computed."""
    arguments = problem.cell, problem.params, problem.x, lengths, problem.state
    # The tape is what the others keep as well: it must live until the outputs are there.
    outputs, state, _ = dynamic_rnn(*arguments, time_major=True, engine="numba")
    return outputs, state.c


def masked(problem, lengths):
    """The engine over all steps of all rows, then the outputs past the end of a row set to 0."""
    outputs, _ = whole(problem, None)
    live = np.arange(len(outputs))[:, None, None] < lengths[:, None]
    return np.where(live, outputs, 0), None
