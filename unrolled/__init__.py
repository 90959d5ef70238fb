"""Unrolled: recurrent networks from scratch. ``unrolled.dynamic_rnn`` is ``scratch.dynamic_rnn``, name by name.

``import scratch`` finds a file called ``scratch.py`` in the folder that one works in, if there is one. ``import
unrolled`` does not: it takes the package ``scratch`` that lies beside it, when the first of its names is asked for, and
from then on ``import scratch`` is that one as well. ``python -m unrolled`` says what there is.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

BESIDE = Path(__file__).resolve().parent.parent / "scratch" / "__init__.py"


def load_scratch() -> ModuleType:
    """Return the package ``scratch`` that lies beside this one.

    Raises ``ImportError`` where a module of that name has been imported from elsewhere: that one is in use already.
    """
    module = sys.modules.get("scratch")
    if module is None:
        spec = spec_from_file_location("scratch", BESIDE, submodule_search_locations=[str(BESIDE.parent)])
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules["scratch"] = module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            # As Python's own import does: what is half there is not found by the next.
            del sys.modules["scratch"]
            raise
    found = getattr(module, "__file__", None)
    if found is None or Path(found).resolve() != BESIDE:
        raise ImportError(
            f"unrolled needs its own package scratch, {BESIDE.parent}, but another module of that name has been "
            f"imported before, {found}: import unrolled first, or rename that file"
        )
    return module


def __getattr__(name: str) -> Any:
    if name.startswith("__") and name != "__all__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(load_scratch(), name)
    except AttributeError as error:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from error


def __dir__() -> list[str]:
    return sorted({*globals(), *dir(load_scratch())})
