"""The parity table: every cell and option × engine × witness, and how far apart they are.

``python -m parity_tests`` computes it; the tests of ``parity_tests/cells`` and ``unroll`` assert it.
"""

import dataclasses
from typing import NamedTuple

import numpy as np

import scratch
import tf_impl
from parity_tests.cases import (
    BLOCK_CELLS,
    CELLS,
    DROPOUT_CELLS,
    FULL_LSTM_CELLS,
    GRU_CELLS,
    JIT_CELLS,
    LSTM_CELLS,
    RNN_CELLS,
)
from parity_tests.harness import Case, Difference, Results, compare, run_dynamic, run_static
from parity_tests.tails import TAILS, tail_differences
from tf_impl.keras_layers import keras_rnn

LENGTHS = (4, 0, 6, 1, 3)


class Row(NamedTuple):
    """One cell, engine and witness in one dtype, and a ``Difference`` for each quantity."""

    cell: str
    engine: str
    witness: str
    dtype: str
    differences: list[Difference]

    @property
    def agrees(self):
        return all(difference.agrees for difference in self.differences)


def tf1(case, problem):
    return run_dynamic(tf_impl, case, problem)


def tf1_static(case, problem):
    return run_static(tf_impl, case, problem)


def keras(case, problem):
    d_state = problem.d_final_state
    return Results(*keras_rnn(case.cell, *problem[:3], problem.d_outputs, d_state, case.sequence_length))


def block_lstm(case, problem):
    return Results(*tf_impl.block_lstm(case.cell, *problem[:5]))


def block_lstm_v2(case, problem):
    """The second version of the kernel, its weights and their gradients put in its order and back."""
    weights = scratch.lstm_to_block_v2(case.cell, problem.params)
    results = Results(*tf_impl.block_lstm_v2(case.cell, weights, *problem[1:5]))
    unbiased = dataclasses.replace(case.cell, forget_bias=0.0)
    return results._replace(d_params=scratch.lstm_from_block_v2(unbiased, results.d_params))


def gru_block_cell(case, problem):
    """One step of the fused kernel, as a sequence of one."""
    x, d_output = problem.inputs[:, 0], problem.d_outputs[:, 0]
    found = tf_impl.gru_block_cell(case.cell, problem.params, x, problem.initial_state, d_output, problem.d_final_state)
    results = Results(*found)
    return results._replace(outputs=results.outputs[:, None], d_inputs=results.d_inputs[:, None])


def pytorch(case, problem):
    """``torch.nn`` with sequences packed."""
    # Here, because it takes a second that only this witness is worth.
    from parity_tests.scoreboard.adapters.pytorch import answer

    return answer(case, problem)


# What PyTorch has; a row of length 0 it refuses.
TORCH_CELLS = [*RNN_CELLS, *LSTM_CELLS[:2], FULL_LSTM_CELLS[3], GRU_CELLS[2]]
TORCH_LENGTHS = (4, 2, 6, 1, 3)
# For each witness: its name, what runs it, the cells it knows, its lengths (None: all rows full), steps and dtypes.
BOTH = (np.float64, np.float32)
WITNESSES = [
    ("TF1 dynamic_rnn", tf1, CELLS, LENGTHS, 6, BOTH),
    ("TF1 static_rnn, same masks", tf1_static, DROPOUT_CELLS, None, 6, BOTH),
    ("Keras 3", keras, RNN_CELLS + LSTM_CELLS + GRU_CELLS, None, 6, BOTH),
    ("PyTorch, packed", pytorch, TORCH_CELLS, TORCH_LENGTHS, 6, BOTH),
    ("BlockLSTM", block_lstm, BLOCK_CELLS, None, 6, (np.float32,)),
    ("BlockLSTMV2", block_lstm_v2, BLOCK_CELLS, None, 6, (np.float32,)),
    ("GRUBlockCell", gru_block_cell, GRU_CELLS[:1], None, 1, (np.float32,)),
]


def rows(chosen="", dtypes=BOTH):
    """Yield a ``Row`` for every cell that ``chosen`` names, engine that runs it, witness and dtype.

    Activations come first, each number compared by its own size.
    """
    wanted = cells_named(chosen)
    for name, tail in TAILS.items():
        if chosen.lower() in name:
            for dtype in dtypes:
                first, last = tail.range(dtype)
                label = f"{name}, each z from {first:g} to {last:g}"
                yield Row(label, "numpy", "TensorFlow's op", np.dtype(dtype).name, tail_differences(name, dtype))
    for witness, run_witness, cells, lengths, num_steps, witness_dtypes in WITNESSES:
        for cell in cells:
            if cell not in wanted:
                continue
            for dtype in witness_dtypes:
                if dtype not in dtypes:
                    continue
                case = Case(cell, lengths, num_steps=num_steps)
                problem = case.draw(dtype)
                expected = run_witness(case, problem)
                for engine in ("numpy", "numba") if cell in JIT_CELLS else ("numpy",):
                    found = compare(run_dynamic(scratch, case, problem, engine=engine), expected)
                    yield Row(short(cell), engine, witness, np.dtype(dtype).name, found)


def cells_named(chosen):
    """Return the cells of the table that ``chosen`` names, in any case of letters.

    They are those of the class, or with the description, that it is; where there are none, those whose description it
    is a part of. So ``BasicRNNCell`` is that cell alone, and ``RNN`` also every stack that holds one.
    """
    chosen, cells = chosen.lower(), [cell for _, _, cells, _, _, _ in WITNESSES for cell in cells]
    names = {cell: {type(cell).__name__.lower(), short(cell).lower(), repr(cell).lower()} for cell in cells}
    exactly = {cell for cell in cells if chosen in names[cell]}
    return exactly or {cell for cell in cells if any(chosen in name for name in names[cell])}


def short(cell):
    """Return a cell's description without the options that are at their defaults."""
    if isinstance(cell, tuple):
        return "[" + ", ".join(map(short, cell)) + "]"
    if not dataclasses.is_dataclass(cell):
        return repr(cell)
    shown = []
    for field in dataclasses.fields(cell):
        value = getattr(cell, field.name)
        if value != field.default and field.repr:
            name = "" if field.default is dataclasses.MISSING else f"{field.name}="
            shown.append(name + short(value))
    return f"{type(cell).__name__}({', '.join(shown)})"
