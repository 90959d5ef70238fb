"""How functions are compiled by Numba: those of the engine, ``scratch/jit``, and of the readers, ``inputs/wire``.

``compiler.py``: the decorators. ``parts.py``: the steps from Python to machine code. ``kept.py``: compiled code between
processes. ``progress.py``: what is said meanwhile.
"""
