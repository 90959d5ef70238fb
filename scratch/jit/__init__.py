"""The recurrences again, fused through time and compiled by Numba: what ``engine="numba"`` runs.

Read ``lstm.py`` first: its two kernels hold the equations. What they stand on is, from below, ``vector.py``, a register
of numbers, and ``register.py``, what it is to the compiler; ``activations.py``, σ and tanh; ``tile.py``, the product
that stays in registers; ``products.py``, whole products made of tiles; ``schedule.py``, which rows run when, and
``rows.py``, to and from where they lie; ``layer.py``, a layer over a batch, with ``threads.py``, ``shared.py`` and
``memory.py``; ``stack.py``, from a cell to its layers, and ``stream.py``, one step at a time. For networks of a few
units there is ``small.py``; ``compiler.py`` compiles it all.
"""


from scratch.jit.small_unroll import SmallUnroll
from scratch.jit.stack import JitTape, backward, check_covered, forward
from scratch.jit.stream import make_stream
from scratch.jit.machine.threads import get_num_threads, set_num_threads

__all__ = [
    "JitTape",
    "SmallUnroll",

    "backward",
    "check_covered",
    "forward",
    "get_num_threads",
    "make_stream",
    "set_num_threads",
]
