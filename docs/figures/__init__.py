"""The pictures of the course, drawn by code from real runs: ``draw_all()`` writes them, each as one SVG.

One file for each page, in the same folders as the pages. A picture is a function with ``@picture`` above it.
"""

import importlib
import pkgutil
from pathlib import Path

from figures.style import PICTURES, to_svg

DRAWN = Path(__file__).parent / "drawn"


def load() -> dict:
    """Return all pictures by name."""
    for module in pkgutil.walk_packages(__path__, "figures."):
        importlib.import_module(module.name)
    return PICTURES


def draw_all(folder: Path = DRAWN) -> None:
    """Write every picture to ``folder`` as ``<name>.svg``; what is there already and is the same stays untouched."""
    folder.mkdir(exist_ok=True)
    for name, shown in sorted(load().items()):
        path, text = folder / f"{name}.svg", to_svg(shown)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
