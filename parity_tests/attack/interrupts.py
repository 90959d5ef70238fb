"""Ctrl-C in programs at drawn moments, of their training and of their saving: one line, and whole files.

A moment is a number of calls of Python's functions, the same on a busy machine as on an idle one. Each run is a process
of its own, forked from one that has imported the program.
"""

import contextlib
import importlib
import io
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from unrolled import program

from parity_tests.attack._counts import Counts
from scratch import load_checkpoint

# Arguments with which each is soon done, counted call by call; without TensorFlow, whose threads no fork has.
PROGRAMS = {
    "char_lm": ("text", "--epochs", "2", "--units", "4", "--engine", "numpy"),
    "run_model": ("--help",),
    "worksheet": ("--seed", "17"),
}
APART = ("run_model", "worksheet")


def told(name, folder, place=0):
    """Return ``(calls, status, errors)`` of a program that gets Ctrl-C at its call number ``place``; at none for 0."""
    module, (read, write) = importlib.import_module(name), os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = json.dumps(run_in_this_process(module, name, folder, place))
            with open(write, "w", encoding="utf-8") as pipe:
                pipe.write(answer)
        finally:
            os._exit(0)
    os.close(write)
    with open(read, encoding="utf-8") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else (0, "no answer", "")


def run_in_this_process(module, name, folder, place):
    errors, calls, status = io.StringIO(), 0, "no end"
    arguments = [*PROGRAMS[name], *(() if name in APART else ("--out", "out"))]
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def count(frame, event, _):
        nonlocal calls
        calls += event == "call"
        if calls == place:
            sys.setprofile(None)
            signal.raise_signal(signal.SIGINT)

    def main():
        sys.setprofile(count)
        try:
            return module.main(arguments)
        finally:
            sys.setprofile(None)

    os.chdir(folder)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(errors):
        try:
            program.end(main)
        except SystemExit as ended:
            status = ended.code
        except BaseException:
            traceback.print_exc()
    return calls, status, errors.getvalue()


def verdict_on(name, folder, place):
    """Return ``(verdict, words)`` of a program with Ctrl-C at its call number ``place``."""
    _, status, errors = told(name, folder, place)
    lines = errors.strip().splitlines()
    # One whose last call it was has done all; one that writes a file for each checkpoint says how to go on.
    if status not in (0, None) and not (status == 130 and len(lines) == 1 and lines[0].startswith(program.STOPPED)):
        return "wrong", f"{status}: {lines}"
    for path in folder.rglob("[!.]*.npz"):
        try:
            load_checkpoint(path)
        except ValueError as error:
            return "lost", str(error)
    return "right", ""


def run(rng, seconds):
    """Interrupt each program in turn, at a drawn call, until the time is over."""
    counts = {name: Counts("interrupts", name) for name in PROGRAMS}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_text(folder)
        calls = {name: told(name, folder)[0] for name in PROGRAMS}
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for name, found in counts.items():
                at = int(rng.integers(1, calls[name] + 1))
                verdict, words = verdict_on(name, folder, at)
                found.add(verdict, f"call {at}: {words}")
    return [found.record() for found in counts.values()]


def make_text(folder):
    (folder / "text").write_text("anything at all. " * 200)
