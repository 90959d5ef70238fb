"""How a program begins and ends: what is no fault of its own takes a line and a status, never a traceback.

Nothing that takes long is imported here, so a program that calls ``begin`` before all other imports is covered while
these last.
"""

import argparse
import atexit
import errno
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

STOPPED = "stopped before the end"
# What a shell says of a program that a signal ended: SIGINT, and SIGPIPE.
INTERRUPTED, CLOSED = 130, 141
# An output that nobody reads any more, or that has no room.
OUTPUT_ERRORS = errno.EPIPE, errno.ENOSPC, errno.EIO


class Parser(argparse.ArgumentParser):
    """``ArgumentParser`` whose help, where it cannot be written, is an error like all that cannot."""

    def print_help(self, file: Any = None) -> None:
        (file or sys.stdout).write(self.format_help())


def begin() -> None:
    """Let Ctrl-C end the program at once, whatever it imports, until ``end`` runs it; and change nothing after that."""
    # Where it is ignored, as in the background of a script, it stays so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, stop)
        # After all else at the end: what is done cannot be stopped, and Python would end without a word.
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)


def stop(*_: object) -> NoReturn:
    os.write(2, f"{STOPPED}\n".encode())
    os._exit(INTERRUPTED)


def end(main: Callable[[], Any]) -> NoReturn:
    """Run ``main`` and end with what it returns.

    It ends with one line, on the standard error, where Ctrl-C is pressed, something that is to be imported is missing,
    numbers explode, a file cannot be read or written, or nobody reads the output.
    """
    if signal.getsignal(signal.SIGINT) is stop:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        status = run(main)
    except KeyboardInterrupt as interrupt:
        status = say(str(interrupt) or STOPPED, INTERRUPTED)
    except OSError as error:
        status = say(in_words(error), CLOSED if error.errno == errno.EPIPE else 1)
    except (ImportError, FloatingPointError) as error:
        status = say(str(error), 1)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, stop)
    leave_no_output()
    sys.exit(status)


def run(main: Callable[[], Any]) -> Any:
    try:
        status = main()
    except SystemExit as ended:
        status = ended.code
    # Here, where it can still be said that there is no room for it.
    sys.stdout.flush()
    return status


def say(words: str, status: int) -> int:
    with suppress(OSError):
        print(words, file=sys.stderr, flush=True)
    return status


def in_words(error: OSError) -> str:
    if error.filename is None and error.errno in OUTPUT_ERRORS:
        return f"the output cannot be written: {error.strerror}"
    return str(error)


def leave_no_output() -> None:
    """Throw away what is left to be written where it cannot be: Python would try once more, and fail, at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
