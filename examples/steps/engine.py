"""Step 1, the text book, and steps 6 to 8: the engine's own kernel, then the engine whole. And rows of many lengths."""

import numpy as np

from scratch import dynamic_rnn, static_rnn
from scratch.jit.lstm import LSTMLayer, lstm_forward
from scratch.jit.schedule import make_schedule
from scratch.jit.tile import tile_code


def text_book(problem, lengths):
    """Step 1, and with ``lengths`` every step of every row, then masked."""
    outputs, state, _ = static_rnn(problem.cell, problem.params, list(problem.x), problem.state, lengths)
    return np.stack(outputs), state.c


def tiles(problem, lengths):
    """Step 6: ``scratch/jit/lstm.py`` on memory that nobody has used before."""
    num_steps, batch_size, input_size = problem.x.shape
    tokens, num_units = num_steps * batch_size, problem.cell.num_units
    layer = LSTMLayer(problem.cell, input_size, np.float32)
    schedule = make_schedule(np.full(batch_size, num_steps), num_steps, time_major=True)
    weights = layer.pack_all(problem.params)
    rows, z = (np.empty((tokens, width), np.float32) for width in (layer.row_width, layer.z_width))
    c, outputs = (np.empty((count, num_units), np.float32) for count in (batch_size + tokens, tokens))
    state = [part.copy() for part in problem.state]
    room = [np.empty((batch_size, width), np.float32) for width in layer.forward_room]
    x, options = problem.x.reshape(tokens, input_size), (problem.cell.forget_bias, layer.relu)
    lstm_forward(tile_code(layer.dtype), *weights, *options, schedule, x, *state, rows, z, c, outputs, *room, 0)
    return outputs.reshape(num_steps, batch_size, num_units), state[0]


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
