"""Wrong programs, run on the same calls as the submissions: what each mistake looks like in numbers.

Each program is the solved one with one change. Their numbers are kept in a cache, in a file whose name is a digest of
everything they depend on.
"""

import ast
import hashlib
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from parity_tests.grade.anatomy import Solved, solved
from parity_tests.grade.course import SOLUTIONS
from parity_tests.grade.draws import SEED, draw_calls
from parity_tests.grade.draws.sizes import Call
from parity_tests.grade.edits import Edit, Slips, edited
from parity_tests.grade.features import Layout, close, layout_of, vector
from parity_tests.grade.mistakes import known_mistakes
from parity_tests.grade.values import Named, named, same

Variant = tuple[Edit, ...]


def copied(value: Any) -> Any:
    """Return a copy of arguments, so that a program may write into them."""
    if isinstance(value, dict):
        return {name: copied(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(copied(part) for part in value)
    return value.copy() if isinstance(value, np.ndarray) else value


@dataclass
class Shelf:
    """The wrong programs of one function, and the numbers of each: ``numbers`` [N, F]."""

    name: str
    calls: list[Call]
    raw: list[Any]
    references: list[Named]
    layout: Layout
    variants: list[Variant]
    numbers: np.ndarray

    def sentence(self, row: int) -> list[str]:
        """Return what each change of a program means."""
        return [edit.says for edit in self.variants[row] if edit.says]

    def rank(self, row: int) -> int:
        return max(edit.rank for edit in self.variants[row])

    def matching(self, one: np.ndarray, columns: np.ndarray | None = None) -> list[int]:
        """Return the programs with these numbers, those with a sentence of their own first."""
        agree = close(self.numbers, one, self.layout)
        if columns is not None:
            agree = agree[:, np.append(columns, False)]
        return sorted(np.flatnonzero(agree.all(axis=1)).tolist(), key=self.rank)


class Bench:
    """Runs versions of one solved function on its calls."""

    def __init__(self, exercise: Solved, name: str, calls: list[Call]) -> None:
        self.exercise, self.name = exercise, name
        self.calls = [call for call in calls if call.function == name]
        self.names = exercise.functions[name].results
        self.base = module = exercise.module()
        self.part = exercise.part(name)
        self.locals: dict[str, Any] = {}
        self.raw = [self.traced(getattr(module, name), call) for call in self.calls]
        self.references = [named(raw, self.names, self.wanted(raw)) for raw in self.raw]
        self.layout = layout_of(self.references)

    def wanted(self, raw: Any) -> dict[str, Any]:
        """Return the results of the solved function by name."""
        return dict(zip(self.names, raw, strict=True)) if len(self.names) > 1 else {self.names[0]: raw}

    def traced(self, function: Callable[..., Any], call: Call) -> Any:
        """Return a function's result, and keep its local names and what they held at the end."""

        def seen(frame: Any, event: str, _: Any) -> None:
            if event == "return" and frame.f_code is function.__code__:
                self.locals = dict(frame.f_locals)

        before = sys.getprofile()
        sys.setprofile(seen)
        try:
            return function(*copied(call.arguments))
        finally:
            sys.setprofile(before)

    def numbers(self, variant: Variant) -> np.ndarray | None:
        """Return the vector of a program with changes, or nothing where it does not run."""
        results = self.results(variant)
        return None if results is None else vector(self.layout, results)

    def results(self, variant: Variant) -> list[Named] | None:
        start, stop = self.part
        # The edits of a function lie within it, so its own text is all that is compiled.
        moved = tuple(replace(edit, start=edit.start - start, stop=edit.stop - start) for edit in variant)
        namespace = dict(self.base.__dict__)
        try:
            exec(compile(edited(self.exercise.source[start:stop], moved), "variant", "exec"), namespace)
            function = namespace[self.name]
            found = []
            with np.errstate(all="ignore"):
                for call, raw in zip(self.calls, self.raw, strict=True):
                    found.append(named(function(*copied(call.arguments)), self.names, self.wanted(raw)))
        except Exception:
            return None
        return found

    def masks(self) -> frozenset[str]:
        """Return the local names that hold arrays of Booleans."""
        held = self.locals.items()
        return frozenset(name for name, value in held if isinstance(value, np.ndarray) and value.dtype == bool)

    def alike(self) -> dict[str, list[str]]:
        """Return for each local name the others that hold something of its kind."""

        def kind(value: Any) -> Any:
            if isinstance(value, np.ndarray):
                return value.shape
            return type(value) if isinstance(value, int | float | dict | list | tuple) else None

        kinds = {name: kind(value) for name, value in self.locals.items()}
        return {
            name: [other for other in kinds if other != name and kinds[other] == kinds[name]]
            for name in kinds
            if kinds[name] is not None
        }


def slips(bench: Bench) -> list[Edit]:
    source = bench.exercise.source
    (function,) = [
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == bench.name
    ]
    return list(dict.fromkeys(Slips(source, function, bench.alike(), bench.masks()).all()))


def apart(one: Variant, other: Variant) -> bool:
    """Whether two changes can be made in the same source."""
    return not any(first.overlaps(second) for first in one for second in other)


def build(bench: Bench) -> tuple[list[Variant], np.ndarray]:
    """Return all programs whose numbers differ from the right ones, and their numbers."""
    known = known_mistakes(bench.exercise, bench.name)
    right = vector(bench.layout, bench.references)
    variants: list[Variant] = []
    rows = []
    for variant in [*known, *((edit,) for edit in slips(bench))]:
        row = bench.numbers(variant)
        if row is not None and not close(row[None], right, bench.layout).all():
            variants.append(variant)
            rows.append(row)
    return variants, np.array(rows).reshape(len(rows), len(right))


@cache
def digest() -> str:
    """Return a digest of all that the numbers depend on."""
    files = [*Path(__file__).parent.rglob("*.py"), *SOLUTIONS.glob("*.py")]
    told = hashlib.sha256(f"{sys.version_info[:2]} {np.__version__} {SEED}".encode())
    for path in sorted(files):
        if not path.name.startswith("test_"):
            told.update(path.read_bytes())
    return told.hexdigest()[:20]


def cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "unrolled" / "grade"


def kept(path: Path) -> tuple[list[Variant], np.ndarray] | None:
    """Return what is in a file of the cache; nothing where there is none, or it is broken."""
    with suppress(OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            sizes, places, words = archive["sizes"], archive["places"], archive["words"]
            edits = [
                Edit(int(start), int(stop), str(new), str(says), int(rank))
                for (start, stop, rank), (new, says) in zip(places, words, strict=True)
            ]
            ends = np.cumsum(sizes)
            variants = [tuple(edits[end - size : end]) for size, end in zip(sizes, ends, strict=True)]
            return variants, archive["numbers"]
    return None


def keep(path: Path, variants: Iterable[Variant], numbers: np.ndarray) -> None:
    """Write a file of the cache, whole or not at all; where that cannot be, go on without."""
    variants = list(variants)
    edits = [edit for variant in variants for edit in variant]
    parts = {
        "sizes": np.array([len(variant) for variant in variants], int),
        "places": np.array([(edit.start, edit.stop, edit.rank) for edit in edits], int).reshape(-1, 3),
        "words": np.array([(edit.new, edit.says) for edit in edits], str).reshape(-1, 2),
        "numbers": numbers,
    }
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=path.parent, suffix=".unfinished")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **parts)
            os.replace(unfinished, path)
        except BaseException:
            os.unlink(unfinished)
            raise


@cache
def bench(idea: str, name: str) -> Bench:
    exercise = solved(idea)
    return Bench(exercise, name, draw_calls(idea, exercise.module()))


@cache
def shelf(idea: str, name: str) -> Shelf:
    """Return the wrong programs of a function, from the cache where they are in it."""
    runs = bench(idea, name)
    path = cache_folder() / f"{idea}-{name}-{digest()}.npz"
    found = kept(path)
    if found is None or found[1].shape[1:] != (len(runs.layout.leaves) * 4 + 1,):
        found = build(runs)
        keep(path, *found)
    return Shelf(name, runs.calls, runs.raw, runs.references, runs.layout, *found)


def right_numbers(one: Named, reference: Named) -> dict[str, bool]:
    """Return for each array of the reference whether a result has it."""
    return {path: path in one.arrays and same(one.arrays[path], array) for path, array in reference.arrays.items()}
