"""A forked child calls a function, and says what it came to."""

import os
import select
import signal

from parity_tests.harness import STUCK


def in_a_child(function):
    """Return the bytes that a forked child's call of a function comes to; none where it comes to no end."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, function())
        finally:
            os._exit(0)
    os.close(write)
    ready, _, _ = select.select([read], [], [], STUCK)
    found = os.read(read, 64) if ready else b""
    os.close(read)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return found
