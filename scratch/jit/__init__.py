"""The recurrences again, fused through time and compiled by Numba: what ``engine="numba"`` runs.

Read ``lstm.py`` first: its two kernels hold the equations. What they stand on is, from below, ``vector.py``, a register
of numbers, and ``register.py``, what it is to the compiler; ``activations.py``, σ and tanh; ``tile.py``, the product
that stays in registers; ``products.py``, whole products made of tiles; ``schedule.py``, which rows run when, and
``rows.py``, to and from where they lie; ``layer.py``, a layer over a batch, with ``threads.py``, ``shared.py`` and
``memory.py``; ``stack.py``, from a cell to its layers, and ``stream.py``, one step at a time. For networks of a few
units there is ``small.py``; ``compiler.py`` compiles it all.

To import Numba takes longer than to import the rest of ``scratch``, so this file imports nothing that needs it: what
``PLACES`` names is imported when it is first asked for.
"""

from importlib import import_module
from typing import Any

PLACES = {
    "SmallUnroll": "small_unroll",
    "backward": "stack",
    "check_covered": "stack",
    "forward": "stack",
    "get_num_threads": "threads",
    "make_stream": "stream",
    "set_num_threads": "threads",
}


def __getattr__(name: str) -> Any:
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    check_installed()
    value = globals()[name] = getattr(import_module(f"{__name__}.{PLACES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *PLACES})


def check_installed() -> None:
    """Raise ``ImportError``, with what to do about it, where Numba is not installed or cannot be imported."""
    try:
        import_module("numba")
    except ImportError as error:
        said = f"engine 'numba' needs the package numba, which cannot be imported ({error}): pip install numba"
        raise ImportError(said, name="numba") from error
