"""Say what there is: ``python -m unrolled``."""

from unrolled.program import Parser, begin, end

begin()

import ast
import platform
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import unrolled

ROOT = Path(unrolled.__file__).resolve().parent.parent
WINGS = {
    "scratch": "cells, unrolling, inputs, training, tasks: NumPy, and compiled with Numba",
    "tf_impl": "the same as TensorFlow graphs",
    "parity_tests": "the proof that both agree",
}
NEEDED = "numpy", "numba"


def first_line(path: Path) -> str:
    """Return the first sentence or line of a program's own description."""
    described = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return described.split("\n")[0]


def programs() -> Iterator[tuple[str, str]]:
    """Yield the programs of a checkout, those that have a ``main``, and what each does."""
    for path in sorted((ROOT / "examples").glob("*.py")):
        if "\nif __name__ ==" in path.read_text(encoding="utf-8"):
            yield f"examples/{path.name}", first_line(path)


def have(extra: str) -> str:
    """Return whether all of an extra is installed, or what of it is not, and how to get it."""
    extras = unrolled.extras
    missing = [extras.PACKAGES.get(module, module) for module in extras.EXTRAS[extra] if find_spec(module) is None]
    return f"without {', '.join(missing)}: {extras.how_to_install(extra)}" if missing else "installed"


def installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def show(title: str, rows: Iterable[tuple[str, str]]) -> None:
    print(f"\n{title}")
    rows = list(rows)
    width = max(len(name) for name, _ in rows)
    for name, words in rows:
        print(f"  {name:<{width}}  {words}")


def main(argv: Sequence[str] | None = None) -> int:
    parser = Parser(prog="python -m unrolled", description="Say what there is of Unrolled, and where.")
    parser.add_argument("--version", action="version", version=unrolled.__version__)
    parser.parse_args(argv)
    print(f"Unrolled {unrolled.__version__}, Python {platform.python_version()}, in {ROOT}")
    show("Packages that it needs", ((package, installed(package)) for package in NEEDED))
    show("Extras", ((extra, have(extra)) for extra in unrolled.extras.EXTRAS))
    show("What can be imported", WINGS.items())
    if (ROOT / "examples").is_dir():
        show("Programs, each with --help", programs())
        print("\nThe lessons are in docs, and `make docs` makes pages of them; `make test` runs every test.")
    else:
        print("\nThe programs, the lessons and `make test` are in the checkout, not in what pip installs.")
    print("The parity table: python -m parity_tests")
    return 0


if __name__ == "__main__":
    end(main)
