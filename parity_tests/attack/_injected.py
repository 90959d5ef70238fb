"""Calls of the system that fail, or with which the process ends, at one place after another.

While ``injected`` lasts, every call that makes, writes, syncs, renames, removes or closes a file is counted, and
``happen(call)`` is called before it; a write is done by half before that, a closing as a whole, as disks do it.
"""

import builtins
import io
import os
from contextlib import contextmanager
from functools import partial

CALLS = ("open", "fsync", "replace", "unlink", "mkdir", "close")


class Watched(io.FileIO):
    """A file opened to be written."""

    happen = None

    def write(self, data):
        if self.happen:
            half = memoryview(data).cast("B")
            half = half[: len(half) // 2]
            self.happen("write", lambda: io.FileIO.write(self, half))
        return super().write(data)

    def close(self):
        was_open = not self.closed
        super().close()
        if was_open and self.happen:
            self.happen("close", lambda: None)


def open_watched(happen, plain, file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, **options):
    """Open a file as ``open`` does; one that is to be written is watched."""
    if not set(mode) & set("wxa+") or isinstance(file, int) or options:
        return plain(file, mode, buffering, encoding, errors, newline, **options)
    happen("open", lambda: None)
    raw = Watched(file, mode.replace("b", "").replace("t", ""))
    raw.happen = happen
    opened = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
    return opened if "b" in mode else io.TextIOWrapper(opened, encoding, errors, newline)


@contextmanager
def injected(happen):
    """Call ``happen(call, half)`` before each call of the system; ``half()`` does the part of it that is done."""

    def call(name, plain, *arguments, **options):
        if name != "close":
            happen(name, lambda: None)
        found = plain(*arguments, **options)
        if name == "close":
            happen(name, lambda: None)
        return found

    kept = {name: getattr(os, name) for name in CALLS}
    opened = builtins.open
    try:
        for name, plain in kept.items():
            setattr(os, name, partial(call, name, plain))
        builtins.open = io.open = partial(open_watched, happen, opened)
        yield
    finally:
        for name, plain in kept.items():
            setattr(os, name, plain)
        builtins.open = io.open = opened


@contextmanager
def injected_at(place, happen):
    """Do the half of call number ``place`` alone, and call ``happen()`` then; yield the list of the calls so far."""
    calls = []

    def count(call, half):
        calls.append(call)
        if len(calls) == place + 1:
            half()
            happen()

    with injected(count):
        yield calls
