"""Files are written whole or not at all."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from scratch.shown import shown

try:
    import fcntl
except ImportError:  # Not on Windows.
    fcntl = None  # type: ignore[assignment]

KINDS = {stat.S_IFDIR: "folder", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}


def check_path(name: str, path: Any) -> Path:
    """Return the path of a file or a folder, refusing what names none.

    To Python an integer is a file that the process has open, and ``True`` its output: it would be read, and closed.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"{name} must be the path of a file, but is {shown(path)}")
    named = os.fspath(path)
    if not isinstance(named, str) or not named or "\0" in named:
        raise ValueError(f"{name} must be the path of a file, but is {shown(path)}")
    return Path(named)


def open_file(path: str | os.PathLike[str], buffering: int = -1) -> Any:
    """Return a file opened to be read; ``OSError`` for a folder, a pipe or a device, which might never end."""
    check_path("path", path)
    # Checked before it is opened, because opening a pipe waits until another process writes to it.
    if (kind := kind_of(path)) is not None:
        raise (IsADirectoryError if kind == "folder" else OSError)(f"{path} must be a file, but is a {kind}")
    return open(path, "rb", buffering)


def kind_of(path: str | os.PathLike[str]) -> str | None:
    """Return what is there, ``None`` where it is a file; ``FileNotFoundError`` where there is nothing."""
    mode = os.stat(path).st_mode
    return None if stat.S_ISREG(mode) else KINDS.get(stat.S_IFMT(mode), "device")


@contextmanager
def written_whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield the path of an unfinished file beside ``path``; it takes the place of ``path`` when the block is done.

    Until then whatever ``path`` held before stays as it was, and a block that ends in an error leaves no trace. The
    unfinished file has the ending of ``path``, a name that nobody else has, and lies in the same folder, so the last
    step is one renaming. What it holds is on the disk before that and its name afterwards, lest a power cut leave a
    finished name on an empty file, or the old file. Of a link, what it points to is replaced. Raises
    ``FileExistsError`` where ``path`` is no file but a folder, a pipe or a device, which renaming would put a file for.
    """
    path = Path(os.path.realpath(check_path("path", path)))
    check_replaceable(path)
    unfinished, held = make_unfinished(path)
    try:
        yield unfinished
        with open(unfinished, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(unfinished, path)
        sync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)
        if held is not None:
            os.close(held)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text to a file in UTF-8, whole or not at all."""
    with written_whole(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def check_replaceable(path: Path) -> None:
    """Refuse what is there and is no file."""
    with suppress(FileNotFoundError):
        if (kind := kind_of(path)) is not None:
            raise FileExistsError(f"{path} must be a file, or not be there yet, but is a {kind}")


def make_unfinished(path: Path) -> tuple[Path, int | None]:
    """Return ``(path, held)`` of a new file beside ``path``; ``held`` has its lock, or is ``None`` without locks."""
    while True:
        # Process numbers are no names: threads share theirs, and in two containers both may be 1. A name has at most
        # 255 bytes, so of a long one only the beginning is taken.
        unfinished = path.with_name(f".{path.stem[:40]}.{secrets.token_hex(8)}.partial{path.suffix}")
        held = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        # Before it was locked, another process may have removed it as the file of a killed process.
        locked = lock(held)
        if locked and os.fstat(held).st_nlink:
            return unfinished, held
        os.close(held)
        if locked is None:
            return unfinished, None


def remove_unfinished(path: Path) -> None:
    """Remove the unfinished file of a process that was killed; one that is being written is left alone."""
    with suppress(FileNotFoundError):
        held = os.open(path, os.O_RDWR)
        try:
            if lock(held):
                path.unlink()
        finally:
            os.close(held)


def lock(held: int) -> bool | None:
    """Return whether the file of a descriptor is locked by it from now on; ``None`` where files have no locks."""
    if fcntl is None:
        return None
    try:
        # The system releases the lock when the process ends, also when it is killed.
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk, where folders can be opened."""
    if hasattr(os, "O_DIRECTORY"):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
