"""Processes killed at every call of the system of every writer, by SIGKILL: the old file is whole, or the new."""

import os
import signal
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path

from parity_tests.attack._counts import Counts
from parity_tests.attack._injected import injected_at
from parity_tests.attack._writers import WRITERS, harmed, written_once
from parity_tests.attack.writes import count_calls


def killed(write, folder, place):
    """Return ``(verdict, words)`` of a process that is killed at its call number ``place``."""
    before = written_once(write, folder)
    child = os.fork()
    if child == 0:
        with suppress(BaseException), injected_at(place, partial(os.kill, os.getpid(), signal.SIGKILL)):
            write(folder, 2)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        return "wrong", f"it was not killed, but ended with {status}"
    words = harmed(write, folder, before)
    return ("lost", words) if words else ("right", "")


def run(rng, seconds):
    """Kill at every place, in a drawn order; that takes the time it takes."""
    records = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "folder"
        for write in WRITERS:
            counts = Counts("kills", write.__name__.replace("_", " "))
            for number in rng.permutation(count_calls(write, folder)).tolist():
                verdict, words = killed(write, folder, number)
                counts.add(verdict, f"call {number}: {words}")
            records.append(counts.record())
    return records
