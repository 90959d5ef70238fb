"""Where compiled code is kept between processes, and why it can be trusted.

Code that is not what was written is a crash, or a wrong number. So each file begins with a checksum of all that it is
for: its name, which tells the function, the types, the processor and all sources, and what is in it. What does not fit
is compiled anew; and where nothing can be written, it is compiled anew in each process. Both are said in a line.

The folder is that of Numba: ``NUMBA_CACHE_DIR``, or ``__pycache__`` beside the source, or if it cannot be written to
one of the user's.
"""

import hashlib
import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import Any

import numba
from numba.core.caching import FunctionCache, NullCache
from numba.core.serialize import dumps

from scratch.compiling.progress import tell

# What may be compiled into any function: what is in this folder, and in that of the engine.
ENGINE = Path(__file__).parent, Path(__file__).parents[1] / "jit"
# Folders where code could not be kept, and why.
not_kept: dict[str, str] = {}

LENGTH = hashlib.sha256().digest_size


class CheckedFiles:
    """What Numba's cache of one function writes to: a file for each key, under a name that begins with ``base``."""

    def __init__(self, folder: Path, base: str, version: str) -> None:
        self.folder, self.base, self.version = folder, f"{base}.", f"{base}.{version[:16]}."

    def path(self, key: object) -> Path:
        return self.folder / f"{self.version}{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}.nbc"

    def load(self, key: object) -> Any:
        """Return what was saved under the key, ``None`` where it is not there or not what was written."""
        path = self.path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        if content[:LENGTH] != checksum(path.name, content[LENGTH:]):
            compile_anew(self.folder, path.name)
            return None
        return pickle.loads(content[LENGTH:])

    def save(self, key: object, data: object) -> None:
        """Write the file whole or not at all, and delete those of other sources or versions."""
        path, content = self.path(key), dumps(data)
        unfinished = path.with_name(f"{path.name}.{token_hex(16)}")
        try:
            unfinished.write_bytes(checksum(path.name, content) + content)
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        for old in self.folder.glob(f"{self.base}*"):
            if not old.name.startswith(self.version):
                with suppress(OSError):
                    old.unlink()

    def flush(self) -> None:
        """Delete all files of the function."""
        for path in self.folder.glob(f"{self.base}*"):
            path.unlink(missing_ok=True)


class Kept(FunctionCache):
    """Numba's cache of one function, in ``CheckedFiles``; raises ``RuntimeError`` where there is no folder for it."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        # Numba looks whether the file of a function has changed, not at what is compiled into it: other files of its
        # folder, and of the engine. Code that disagrees with them about the size of a tile writes where it must not.
        folders = Path(function.__code__.co_filename).parent, *ENGINE
        # Nor does it tell apart what was compiled with bounds checked, by NUMBA_BOUNDSCHECK, and without.
        version = " ".join([numba.__version__, str(numba.config.BOUNDSCHECK), *map(sources, folders)])
        base = self._impl.filename_base
        self._cache_file = CheckedFiles(Path(self._cache_path), base, hashlib.sha256(version.encode()).hexdigest())

    def save_overload(self, signature: object, data: object) -> None:
        try:
            super().save_overload(signature, data)
        except OSError as error:
            cannot_keep(self._cache_path, error.strerror or str(error))


class NotKept(NullCache):
    """What stands in its place where there is no folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def save_overload(self, signature: object, data: object) -> None:
        cannot_keep(self.folder, "it cannot be written to, nor can a folder of the user's")


def keep(function: Any) -> Any:
    """Return a compiled function, which has not been compiled yet; what it is compiled to is kept, if that can be."""
    source = function.__wrapped__
    try:
        function._cache = Kept(source)
    except (RuntimeError, OSError):
        function._cache = NotKept(str(Path(source.__code__.co_filename).parent))
    return function


@cache
def compile_anew(folder: Path, name: str) -> None:
    tell(f"unrolled: {folder / name} is damaged; what is not whole is compiled anew")


def cannot_keep(folder: str, reason: str) -> None:
    """Say once for each folder what is lost, and what to do about it."""
    if folder not in not_kept:
        not_kept[folder] = reason
        tell(
            f"unrolled: compiled code cannot be kept in {folder} ({reason}), so every process compiles anew; "
            "set NUMBA_CACHE_DIR to a folder that can be written to"
        )


def checksum(name: str, content: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + content).digest()


@cache
def sources(folder: Path) -> str:
    """Return a fingerprint of all that is written in a folder and those in it."""
    files = sorted(folder.rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
