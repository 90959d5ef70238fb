"""The recurrences again, compiled by Numba: what ``engine="numba"`` runs. Read it in the order of the listing.

- ``cells/``: a file a cell, its equations forward and back, as functions of registers.
- ``machine/``: what stands below. ``register.py`` and ``activations.py``, what is computed on; ``vector.py`` and
  ``view.py``, the same in loops over arrays; ``tile.py``, the product that stays in registers; ``memory.py``,
  ``threads.py``. How it is compiled is in ``scratch/compiling``.
- ``small/``: the same steps in a simpler order, all layers in one call, for networks of a few units.
- ``single/``: one more, for one row, by strips instead of tiles.
- ``walk/``: through time. ``equations.py``, what a cell says of itself; ``layout.py`` and ``layer.py``, a layer over a
  batch; ``forward.py`` and ``backward.py``, the walk; ``step.py`` and ``stage.py``, where it meets the cell;
  ``schedule.py``, which rows run when.
- ``attention/``: a walk around that of another cell, which looks at the last outputs.
- ``training/``: whole steps of a ``Trainer``: output layer, loss, clipping and optimiser; ``step.py`` says which.
- The doors: ``covered.py``, what runs at all; ``stack.py``, from a cell to its layers and small networks, and
  ``stream.py``, one step at a time; ``states.py``, what a tape says of every step; ``batch.py``, the caller's arrays.

To import Numba takes longer than to import the rest of ``scratch``, so this file imports nothing that needs it: what
``MODULES`` names is imported when it is first asked for.
"""

import os
import sys
import threading
from importlib import import_module
from typing import Any

MODULES = {
    "backward": "stack",
    "check_covered": "covered",
    "forward": "stack",
    "get_num_threads": "machine.threads",
    "make_stream": "stream",
    "plan_of_call": "stack",
    "set_num_threads": "machine.threads",
    "states_of": "states",
    "train_step": "training.step",
}

# While a thread imports, no process is forked: in the child the module would be half there, and locked for ever.
importing = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=importing.acquire, after_in_parent=importing.release, after_in_child=importing.release)


def __getattr__(name: str) -> Any:
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with importing:
        check_installed()
        value = globals()[name] = getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *MODULES})


def check_installed() -> None:
    """Raise ``ImportError``, with what to do about it, where Numba is not installed or cannot be imported."""
    # It is asked at each call: a module that is there need not be looked for again.
    if sys.modules.get("numba"):
        return
    try:
        with importing:
            import_module("numba")
    except ImportError as error:
        said = f"engine 'numba' needs the package numba, which cannot be imported ({error}): pip install numba"
        raise ImportError(said, name="numba") from error
