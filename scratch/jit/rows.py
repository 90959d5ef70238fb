"""Rows of a step, to and from where they lie: the caller's inputs, outputs and states, and the tape.

The caller's arrays are seen as matrices, a row for each row and step of the batch, and stay in the caller's order; a
part's rows are those of its ranks. ``schedule.py`` says which is which.
"""

from scratch.jit.compiler import inlined, kernel
from scratch.jit.schedule import ranks_of, row_of, rows_of_step, span
from scratch.jit.vector import copy_row, lanes, load, prefetch_columns, store, whole_vectors


@inlined
def ask_for_rows(schedule, t, part, matrix):
    """Ask for the rows, of a matrix of the caller's, of a part at step t, if there is such a step."""
    _, live = span(schedule, t, part)
    for r in range(live):
        prefetch_columns(matrix, row_of(schedule, t, schedule.parts[part] + r), 0, matrix.shape[1])


@inlined
def read_inputs(schedule, t, part, x, rows, column):
    """Write [x, 1] into a step's rows of the tape, from ``column`` on."""
    for r in range(rows.shape[0]):
        copy_row(x, row_of(schedule, t, schedule.parts[part] + r), 0, rows, r, column, x.shape[1])
        rows[r, column + x.shape[1]] = 1


@inlined
def copy_to_rows(schedule, t, part, source, column, target):
    """Copy columns from ``column`` on, of a step's rows, to rows of a matrix of the caller's."""
    for r in range(source.shape[0]):
        copy_row(source, r, column, target, row_of(schedule, t, schedule.parts[part] + r), 0, target.shape[1])


@inlined
def add_from_rows(schedule, t, part, source, target, column):
    """Add the rows of a matrix of the caller's to a step's rows of ``target``, from ``column`` on."""
    width = source.shape[1]
    whole = width - width % lanes(source)
    for r in range(target.shape[0]):
        row = row_of(schedule, t, schedule.parts[part] + r)
        for k in range(0, whole, lanes(source)):
            store(target, r, column + k, load(target, r, column + k) + load(source, row, k))
        for k in range(whole, width):
            target[r, column + k] += source[row, k]


@inlined
def hand_on(schedule, t, part, h_new, outputs, rows, column, h):
    """Copy a step's h' to the outputs, and into the tape's rows of step t + 1, from ``column`` on, where they live.

    Of rows that end here it is the final state, which goes to the caller's h [B, …].
    """
    copy_to_rows(schedule, t, part, h_new, 0, outputs)
    soon = rows_of_step(schedule, t + 1, part, rows)
    for r in range(soon.shape[0]):
        copy_row(h_new, r, 0, soon, r, column, h_new.shape[1])
    write_states(schedule, part, soon.shape[0], h_new.shape[0], h_new, 0, h)


@inlined
def read_states(schedule, part, states, rows, column):
    """Copy the states [B, …] of the caller's to the rows of a part, from ``column`` on, up to whole vectors with 0."""
    first_rank, count = ranks_of(schedule, part)
    width = states.shape[1]
    for r in range(count):
        copy_row(states, schedule.rows[first_rank + r], 0, rows, r, column, width)
        for k in range(column + width, column + whole_vectors(width, states)):
            rows[r, k] = 0


@inlined
def write_states(schedule, part, first, last, rows, column, states):
    """Copy the rows ``first`` to ``last`` of a part, from ``column`` on, to the states [B, …] of the caller's."""
    first_rank, _ = ranks_of(schedule, part)
    for r in range(first, last):
        copy_row(rows, r, column, states, schedule.rows[first_rank + r], 0, states.shape[1])


@kernel
def clear_ends(lengths, step_stride, row_stride, matrix, first_step, last_step):
    """Write 0 to what is past the end of each row, of lengths [B], at some steps of a matrix of the caller's."""
    for t in range(first_step, last_step):
        for b in range(len(lengths)):
            if t >= lengths[b]:
                for k in range(matrix.shape[1]):
                    matrix[t * step_stride + b * row_stride, k] = 0
