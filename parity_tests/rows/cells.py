"""Cells: made, started, and a step forward and back."""

import inspect

import numpy as np

import scratch
from parity_tests.cases import COUPLED_LSTM_CELLS, FULL_LSTM_CELLS, GRID_CELLS, TIME_FREQ_CELLS, VARIATIONAL_CELLS
from parity_tests.harness import Case
from parity_tests.rows.inputs import INPUTS
from parity_tests.rows.row import GENERATOR, Row
from parity_tests.test_options import CLASSES
from scratch.tree import map_tree

LENGTHS = (4, 0, 6, 1, 3)
BETTER = {scratch.WarmUp: {"schedule": scratch.CosineDecay(0.1, 5)}}
# Each kind of cell with options that reach most of its code.
KINDS = [
    scratch.BasicRNNCell(4),
    scratch.BasicLSTMCell(4),
    FULL_LSTM_CELLS[5],
    scratch.LSTMBlockCell(4, use_peepholes=True),
    scratch.GRUCell(4),
    COUPLED_LSTM_CELLS[2],
    TIME_FREQ_CELLS[0],
    GRID_CELLS[3],
    scratch.MultiRNNCell([scratch.GRUCell(4), scratch.BasicLSTMCell(2)]),
    scratch.ResidualWrapper(scratch.BasicLSTMCell(3)),
    VARIATIONAL_CELLS[0],
    scratch.AttentionCellWrapper(scratch.BasicLSTMCell(4), 2, attn_size=6),
]


def options_of(kind, good):
    """Return the arguments of a class of ``test_options``, with each of its options at a value of its own."""
    made = kind(**good | BETTER.get(kind, {}))
    # What has no value yet is left to the test of options.
    fields = [name for name in inspect.signature(kind).parameters if getattr(made, name) is not None]
    return {name: getattr(made, name) for name in fields}


def rows_of(cell):
    name, case = type(cell).__name__, Case(cell, LENGTHS)
    problem = case.draw(np.float64)
    masks = [map_tree(lambda mask: mask[0], mask) for mask in problem.options().values()]
    x, state = problem.inputs[:, 0].copy(), problem.initial_state
    output, new_state, cache = cell.forward(problem.params, x, state, *masks)
    step = {"params": problem.params, "x": x, "state": state} | ({"masks": masks[0]} if masks else {})
    back = {"params": problem.params, "cache": cache, "d_output": output.copy(), "d_new_state": new_state}
    named = {"kernel_initializer": ("the initializer of",)}
    start = {"rng": GENERATOR, "input_size": 3, "dtype": np.float64, "kernel_initializer": scratch.uniform}
    wide = {"x": ["axis 1 by 1"]} if name in ("TimeFreqLSTMCell", "GridLSTMCell") else {}
    return {
        f"{name}.forward": Row(
            lambda **given: cell.forward(**given)[:2],
            step,
            wide,
            {"params": ("x",), "x": ("state", "the input", "params")},
        ),
        f"{name}.backward": Row(lambda **given: cell.backward(**given), back),
        f"{name}.init_params": Row(lambda **given: cell.init_params(**given), start, {}, named),
        f"{name}.zero_state": Row(lambda **given: cell.zero_state(**given), {"batch_size": 2, "dtype": np.float64}),
        f"{name}.draw_masks": Row(
            lambda **given: cell.draw_masks(**given),
            {"rng": GENERATOR, "num_steps": 2, "batch_size": 3, "input_size": 3},
        ),
    }


def dropped(cell):
    """Return the row of a step of a cell with dropout within it, for which it has masks."""
    problem = Case(cell, LENGTHS).draw(np.float64)
    masks = map_tree(lambda mask: mask[0], problem.masks)
    step = {"params": problem.params, "x": problem.inputs[:, 0].copy(), "state": problem.initial_state, "masks": masks}
    called = {"params": ("x",), "x": ("state", "the input", "params", "masks")}
    return Row(lambda **given: cell.forward(**given)[:2], step, {}, called)


WITHIN = scratch.DropoutWrapper(scratch.BasicLSTMCell(3), 0.7, 0.8, 0.6)
CELLS = {name: row for cell in KINDS for name, row in rows_of(cell).items()}
CELLS |= {
    f"{type(cell).__name__}.forward with dropout": dropped(cell)
    for cell in (
        scratch.MultiRNNCell([WITHIN, scratch.GRUCell(2)]),
        scratch.ResidualWrapper(WITHIN),
        scratch.AttentionCellWrapper(WITHIN, 2),
    )
}
for kind, good, *_ in CLASSES:
    if kind.__name__ in scratch.__all__ and kind.__name__ not in INPUTS:
        CELLS[kind.__name__] = Row(kind, options_of(kind, good), {"cells": ["longer"], "layers": ["more"]})
