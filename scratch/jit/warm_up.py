"""Compile now what a lesson will need, and keep it: ``python -m scratch.jit.warm_up``.

Each kernel is compiled when it is first called, once for each precision, and kept for all processes that come after.
This runs every cell once, forward, back and one step at a time, and unless a cell is named a step of a trainer with
each kind of clipping and of optimiser. It ends with status 1 where nothing can be kept.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from scratch import jit
from scratch.arrays import Array, Int
from scratch.cell import Cell
from scratch.cells.attention import AttentionCellWrapper
from scratch.cells.coupled_lstm import CoupledInputForgetGateLSTMCell
from scratch.cells.full_lstm import LSTMCell
from scratch.cells.gru import GRUCell
from scratch.cells.lstm import BasicLSTMCell
from scratch.cells.rnn import BasicRNNCell
from scratch.training.adam import AdamOptimizer
from scratch.training.clipping import CLIPPED_BY, Clipping
from scratch.training.dense import Dense
from scratch.training.embedding import Embedding
from scratch.training.layers import RNN
from scratch.training.losses import CrossEntropy
from scratch.training.momentum import MomentumOptimizer
from scratch.training.network import Network
from scratch.training.optimizers import AdagradOptimizer, GradientDescentOptimizer
from scratch.training.rmsprop import RMSPropOptimizer
from scratch.training.trainer import Trainer

# By the class that a user names, a cell for each of its stages that is compiled by itself: a Boolean option is decided
# when a stage is compiled. LSTMBlockCell runs those of LSTMCell.
ACTIVATIONS = "tanh", "relu"
CELLS: dict[str, list[Cell]] = {
    "BasicRNNCell": [BasicRNNCell(5, activation=phi) for phi in ACTIVATIONS],
    "BasicLSTMCell": [BasicLSTMCell(5, activation=phi) for phi in ACTIVATIONS],
    "LSTMCell": [
        LSTMCell(5, peepholes, clip, num_proj=projected, activation=phi)
        for peepholes in (False, True)
        for clip in (None, 3.0)
        for projected in (None, 6)
        for phi in ACTIVATIONS
    ],
    "CoupledInputForgetGateLSTMCell": [
        CoupledInputForgetGateLSTMCell(5, peepholes, num_proj=projected, activation=phi)
        for peepholes in (False, True)
        for projected in (None, 6)
        for phi in ACTIVATIONS
    ],
    "AttentionCellWrapper": [AttentionCellWrapper(BasicRNNCell(5), 2)],
    "GRUCell": [GRUCell(5, phi, reset_after) for reset_after in (False, True) for phi in ACTIVATIONS],
}
OPTIMIZERS = (
    GradientDescentOptimizer(0.1),
    AdagradOptimizer(0.1),
    MomentumOptimizer(0.1, 0.9),
    RMSPropOptimizer(0.1),
    AdamOptimizer(),
)
CLIPPINGS = [Clipping(by, 1.0) for by in CLIPPED_BY]
DTYPES = "float32", "float64"
# Units of small networks whose stages are compiled for registers of 16, 32 and 64 bytes, in both precisions.
SMALL = 2, 4, 8, 16


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile what the arguments of the command line ask for, and return the status to end with."""
    what = "Compile what engine='numba' runs, and keep it for all processes that come after."
    parser = argparse.ArgumentParser(prog="python -m scratch.jit.warm_up", description=what)
    parser.add_argument("--cell", choices=CELLS, action="append", help="only this cell; may be given more than once")
    parser.add_argument("--dtype", choices=DTYPES, action="append", help="only this precision")
    chosen = parser.parse_args(arguments)
    try:
        jit.check_installed()
    except ImportError as error:
        print(error, file=sys.stderr)
        return 1
    from numba import config

    if config.DISABLE_JIT:
        print("NUMBA_DISABLE_JIT is set, so nothing is compiled", file=sys.stderr)
        return 1
    began = time.perf_counter()
    for name in dict.fromkeys(chosen.cell or CELLS):
        for dtype in dict.fromkeys(chosen.dtype or DTYPES):
            start = time.perf_counter()
            for cell in CELLS[name]:
                run(cell, np.dtype(dtype))
            print(f"{name} in {dtype}: {time.perf_counter() - start:.1f} s", flush=True)
    for dtype in () if chosen.cell else dict.fromkeys(chosen.dtype or DTYPES):
        start = time.perf_counter()
        train(np.dtype(dtype))
        print(f"training in {dtype}: {time.perf_counter() - start:.1f} s", flush=True)
    return report(time.perf_counter() - began)


def run(cell: Cell, dtype: np.dtype) -> None:
    """Call every kernel of a cell once."""
    # Rows of unequal lengths, for what is past the end of one is cleared by a kernel as well.
    run_both_ways(cell, dtype, np.array([2, 1]))
    params, state = cell.init_params(np.random.default_rng(0), 2, dtype), cell.zero_state(2, dtype)
    jit.make_stream(cell, params, 2, state).step(np.ones((2, 2), dtype))
    if type(cell) is not AttentionCellWrapper:
        # One row alone has a walk of its own.
        jit.make_stream(cell, params, 2, cell.zero_state(1, dtype)).row.prepare()
    for num_units in SMALL if hasattr(cell, "num_units") else ():
        # Over full rows a small network has kernels of its own.
        sizes = {"num_units": num_units} | ({"num_proj": num_units} if getattr(cell, "num_proj", None) else {})
        small: Any = replace(cast(Any, cell), **sizes)
        run_both_ways(small, dtype, None)


def run_both_ways(cell: Cell, dtype: np.dtype, lengths: Int[Array, " B"] | None) -> None:
    """Call the kernels of a cell forward and back."""
    params, state = cell.init_params(np.random.default_rng(0), 2, dtype), cell.zero_state(2, dtype)
    outputs, _, tape = jit.forward(cell, params, np.ones((2, 2, 2), dtype), lengths, state, (), False)
    jit.backward(tape, np.ones_like(outputs), state)


def train(dtype: np.dtype) -> None:
    """Take a compiled training step of each kind, of a network that is one call and of one that is not."""
    recurrent = {"rnn": RNN(BasicRNNCell(2)), "dense": Dense(2)}
    labels, words = np.zeros((2, 2), np.int64), np.zeros((2, 2), np.int64)
    x = np.ones((2, 2, 2), dtype)
    for layers, batch in (recurrent, x), ({"embedding": Embedding(2, 2), **recurrent}, words):
        network = Network(layers)
        for clip in (None, *CLIPPINGS):
            for optimizer in OPTIMIZERS:
                params = network.init_params(np.random.default_rng(0), 2, dtype)
                Trainer(network, params, CrossEntropy(), optimizer, clip=clip, engine="numba").step(batch, labels)


def report(seconds: float) -> int:
    """Compile what threads wait with, say where the code is, and return the status."""
    from scratch.compiling import kept
    from scratch.jit.machine import flags

    raised = np.zeros(1, np.int64)
    flags.raise_flag(raised, 0, 1)
    flags.wait_for_flags(raised, 1)
    flags.wait_for_change(raised, 0, 0, 1)
    if kept.not_kept:
        # What has been said of it on the way may be far up by now.
        print("not kept: set NUMBA_CACHE_DIR to a folder that can be written to, and run this again", file=sys.stderr)
        return 1
    print(f"compiled in {seconds:.1f} s, kept in {flags.raise_flag.stats.cache_path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
