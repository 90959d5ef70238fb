"""Writes that fail, at every call of every writer, with the errors a disk has: the old file is whole, or the new."""

import errno
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from parity_tests.attack._counts import Counts
from parity_tests.attack._injected import injected, injected_at
from parity_tests.attack._writers import WRITERS, harmed, visible, written_once

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)


def count_calls(write, folder):
    """Return how many calls of the system the second writing takes."""
    calls = []
    written_once(write, folder)
    with injected(lambda call, half: calls.append(call)):
        write(folder, 2)
    return len(calls)


def failed(write, folder, place, error):
    """Return ``(verdict, words)`` of a writing whose call number ``place`` fails."""
    before, said = written_once(write, folder), None

    def fail():
        raise OSError(error, os.strerror(error))

    with injected_at(place, fail) as calls:
        try:
            write(folder, 2)
        except OSError as raised:
            said = raised
    call = calls[place] if place < len(calls) else "none"
    # Where there is another way, it is taken in silence: another mode of opening, a folder that is there.
    if said is None and 2 not in visible(folder).values():
        return "wrong", f"{call} failed, and nothing was said"
    words = harmed(write, folder, before)
    left = [path.name for path in folder.glob(".*") if ".partial" in path.name]
    if left and call not in ("unlink", "none"):
        words = words or f"{left} left behind"
    return ("lost", f"{call}: {words}") if words else ("refused", "")


def full_disks(place):
    """Return the record of all writers on a real disk of 256 KB; none where this process may mount no such disk."""
    counts = Counts("writes", "a disk that is full")
    folder = Path(place) / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True).returncode:
        return []
    try:
        for write in WRITERS:
            shutil.rmtree(folder / "old", ignore_errors=True)
            (folder / "old").mkdir()
            filler = folder / "filler"
            filler.unlink(missing_ok=True)
            try:
                write(folder / "old", 1)
                before = visible(folder / "old")
                with suppress(OSError), open(filler, "wb", buffering=0) as file:
                    while file.write(bytes(512)):
                        pass
                write(folder / "old", 2)
                counts.add("wrong", f"{write.__name__}: it went onto a full disk")
            except OSError as error:
                filler.unlink(missing_ok=True)
                words = harmed(write, folder / "old", before) if error.errno == errno.ENOSPC else str(error)
                counts.add("lost" if words else "refused", f"{write.__name__}: {words}")
    finally:
        subprocess.run(["umount", folder], check=True)
    return [counts.record()]


def run(rng, seconds):
    """Fail at every place with every error, in a drawn order; that takes the time it takes."""
    records = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "folder"
        for write in WRITERS:
            counts = Counts("writes", write.__name__.replace("_", " "))
            cases = [(number, error) for number in range(count_calls(write, folder)) for error in ERRORS]
            for number, error in rng.permutation(cases).tolist():
                verdict, words = failed(write, folder, number, error)
                counts.add(verdict, f"call {number}, {errno.errorcode[error]}: {words}")
            records.append(counts.record())
        records += full_disks(place)
    return records
