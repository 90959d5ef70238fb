"""The forward pass of one LSTM layer, written eight times: what ``examples/to_the_limit.py`` measures.

A step is a function of a ``Problem``, and of the lengths of its rows or ``None``, that returns ``(outputs [T, B, H],
c [B, H])``, the outputs and the last memory. It also keeps the gates and the memory of every time step, because the
backward pass would ask for them.
"""

from typing import NamedTuple

from steps import blas, engine, rows, scalars, vectors


class Step(NamedTuple):
    """One way to compute it, and what is new in it; on one thread, or on all where it ``threads``."""

    name: str
    change: str
    run: callable
    threads: bool = False


TEXT_BOOK = Step("text book", "NumPy, static_rnn", engine.text_book)
BLAS = Step("BLAS", "np.dot, all of x W before the loop", blas.run)
VECTORS = Step("vectors", "registers by name, tanh written out", vectors.run)
# What Numba compiles to the BLAS that SciPy brings.
OF_SCIPY = (BLAS, VECTORS)
STEPS = (
    TEXT_BOOK,
    Step("scalar loops", "compiled as written, z += x · w", scalars.run),
    Step("rows", "loops in the order of memory", rows.run),
    BLAS,
    VECTORS,
    Step("tiles", "packed panels and tiles, no BLAS", engine.tiles),
    Step("engine", "the whole engine, on one thread", engine.whole),
    Step("all threads", "each thread its own rows", engine.whole, threads=True),
)
MEMORY = (
    TEXT_BOOK,
    Step("fresh pages", "the tiles, arrays from np.empty", engine.tiles),
    Step("kept memory", "the engine, memory used again", engine.whole),
)
LENGTHS = (
    TEXT_BOOK,
    Step("masked", "the engine, all steps, then zeros", engine.masked),
    Step("ranked", "the engine, live rows alone", engine.whole),
)
