"""The recurrences again, fused through time and compiled by Numba: what ``engine="numba"`` runs.

The file of a cell holds its two kernels, whole sequences in and out. ``stack.py`` runs one layer after another.
"""

from scratch.jit.stack import JitTape, backward, forward

__all__ = ["JitTape", "backward", "forward"]
