"""Runs a submission in a process of its own, with little time, little memory, no files and no network.

This keeps mistakes and pranks in. It is no wall against somebody who knows how to break out of Python.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from parity_tests.grade import child
from parity_tests.grade.course import ROOT
from parity_tests.grade.draws.sizes import Call

SECRET = [str(ROOT / name) for name in ("scratch", "tf_impl", "parity_tests", "unrolled", "docs")]
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class Limits(NamedTuple):
    """Seconds of processor time, seconds by the clock, bytes of memory, and bytes that may be printed."""

    seconds: int = 8
    clock: int = 60
    memory: int = 2**31
    printed: int = 2**20


LIMITS = Limits()


@dataclass
class Outcome:
    """What came of a submission: the result of each call, in order, and what ended it before all were made."""

    loaded: dict[str, Any] = field(default_factory=dict)
    defined: list[str] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    ended: str = ""
    printed: str = ""


class Reader(threading.Thread):
    """Reads a pipe to its end, or until there is more in it than ``most`` bytes: then it calls ``stop``."""

    def __init__(self, descriptor: int, most: int, stop: Any) -> None:
        super().__init__(daemon=True)
        self.descriptor, self.most, self.stop, self.held, self.too_much = descriptor, most, stop, bytearray(), False
        self.start()

    def run(self) -> None:
        while part := os.read(self.descriptor, 1 << 16):
            self.held += part
            if len(self.held) > self.most:
                self.too_much = True
                self.stop()
                break
        os.close(self.descriptor)


def environment(folder: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "LANG") if name in os.environ}
    return kept | dict.fromkeys(THREADS, "1") | {"HOME": folder, "TMPDIR": folder}


def run(source: str, path: str, calls: Sequence[Call], names: dict[str, list[str]], limits: Limits) -> Outcome:
    """Run the source of a submission on ``calls``; ``names`` are the arguments of each function."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as given:
        task = {"source": source, "path": path, "secret": SECRET, "functions": list(names), "calls": len(calls)}
        given.write(child.frame(task | {"seconds": limits.seconds, "memory": limits.memory}))
        for call in calls:
            twice = {"arguments": call.arguments, "again": call.arguments, "function": call.function}
            given.write(child.frame(twice | {"names": names[call.function]}))
        given.seek(0)
        results, send = os.pipe()
        printed, say = os.pipe()
        process = subprocess.Popen(
            [sys.executable, "-I", "-W", "ignore", child.__file__, str(send)],
            stdin=given,
            stdout=say,
            stderr=say,
            pass_fds=(send,),
            cwd=folder,
            env=environment(folder),
            start_new_session=True,
        )
        os.close(send)
        os.close(say)

        def stop() -> None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)

        readers = Reader(results, 2**27, stop), Reader(printed, limits.printed, stop)
        late = False
        try:
            process.wait(timeout=limits.clock)
        except subprocess.TimeoutExpired:
            late = True
        stop()
        process.wait()
        for reader in readers:
            reader.join()
    outcome = collected(bytes(readers[0].held))
    outcome.printed = readers[1].held[:2000].decode(errors="replace")
    outcome.ended = why_ended(process.returncode, late, readers[1].too_much, outcome, len(calls))
    return outcome


def collected(held: bytes) -> Outcome:
    """Return the frames that came, whole ones only."""
    import io

    file, outcome = io.BytesIO(held), Outcome()
    with suppress(EOFError, ValueError, KeyError, OSError):
        first = child.read_frame(file)
        outcome.loaded, outcome.defined, outcome.refused = first["loaded"], first["defined"], first["refused"]
        while True:
            result = child.read_frame(file)
            outcome.refused = result["refused"]
            outcome.results.append(result)
    return outcome


def why_ended(status: int, late: bool, too_much: bool, outcome: Outcome, calls: int) -> str:
    """Return in words why the process ended before its time, or nothing where it did not."""
    if too_much:
        return "prints without end"
    if late or status in (-signal.SIGXCPU,):
        return "does not come to an end: an endless loop"
    if len(outcome.results) == calls:
        return ""
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}: it crashed, or killed itself"
    return f"ended the whole process, with status {status}"
