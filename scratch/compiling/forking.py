"""A fork waits until no other thread compiles: the child would have the lock of the compiler, and no such thread."""

import os

from numba.core.compiler_lock import global_compiler_lock


def wait_for_compiler() -> None:
    """Let no other thread begin to compile, and wait for one that has begun: ten seconds or so at the worst."""
    global_compiler_lock.acquire()


def let_compile() -> None:
    global_compiler_lock.release()


# Not on Windows, where nothing forks.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=wait_for_compiler, after_in_parent=let_compile, after_in_child=let_compile)
