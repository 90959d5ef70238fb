"""What is said while something compiles: what it is for, and how long it has taken so far.

Nothing is said where nothing is compiled, nor of what takes less than a second. On a terminal the line is written anew
twice a second; elsewhere, in a file or a notebook, there is another line every ten seconds.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Report:
    """What is said of one purpose, ``what`` is compiled for: ``with`` it, on the standard error, after a second."""

    def __init__(self, *what: object) -> None:
        # Words are made of it only where something is said, for this is made at each call of the engine.
        self.what = what
        self.seconds, self.next_time, self.is_compiling, self.was_shown = 0.0, 1.0, False, False

    def __enter__(self) -> None:
        self.before, reports.current = reports.current, self

    def __exit__(self, *error: object) -> None:
        """End the line on a terminal."""
        reports.current = self.before
        if self.was_shown:
            self.write(f"{self.seconds:.1f} s", "\n")

    @contextmanager
    def compiling(self) -> Iterator[None]:
        """Say something inside whenever it is time to."""
        if self.is_compiling:
            # One function is compiled for another.
            yield
            return
        self.is_compiling, self.began = True, time.perf_counter()
        self.set_timer()
        try:
            yield
        finally:
            self.is_compiling, self.seconds = False, self.seconds_so_far()
            self.timer.cancel()

    def seconds_so_far(self) -> float:
        return self.seconds + time.perf_counter() - self.began

    def set_timer(self) -> None:
        self.timer = threading.Timer(max(self.next_time - self.seconds_so_far(), 0.0), self.say)
        # A program may end while something compiles.
        self.timer.daemon = True
        self.timer.start()

    def say(self) -> None:
        if self.is_compiling:
            on_terminal = is_terminal()
            self.write(f"{self.next_time:.0f} s", "" if on_terminal else "\n")
            self.was_shown, self.next_time = on_terminal, self.next_time + (0.5 if on_terminal else 10.0)
            self.set_timer()

    def write(self, seconds: str, end: str) -> None:
        line = f"unrolled: compiling {' '.join(map(str, self.what))}: {seconds}"
        tell(f"\r{line}" if is_terminal() else line, end)


announced = Report


class Reports(threading.local):
    """The ``Report`` of each thread, if it has one."""

    current: Report | None = None


reports = Reports()


@contextmanager
def compiling(name: str) -> Iterator[None]:
    """Tell that a function is compiled inside, for what is announced or else for its own sake."""
    if reports.current is None:
        with announced(name), compiling(name):
            yield
    else:
        with reports.current.compiling():
            yield


def is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def tell(line: str, end: str = "\n") -> None:
    """Write to the standard error, if there is any."""
    # Closed, or a pipe that nobody reads: no reason to stop.
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(line + end)
        sys.stderr.flush()
