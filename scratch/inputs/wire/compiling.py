"""How the readers are compiled: by Numba, when one is first called. Where there is no Numba they run as they stand.

Numba learns what it has to know, which functions there are to compile into others and what a pointer is, before it
compiles for the first time. So nothing here imports it any earlier.
"""

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache, wraps
from typing import Any, TypeAlias

from scratch import jit

Function: TypeAlias = Callable[..., Any]

lessons: list[Callable[[], object]] = []
lock = threading.RLock()


def lesson(function: Callable[[], object]) -> Callable[[], object]:
    """Decorate a function without arguments that tells Numba something; it is called once, before what is compiled."""
    lessons.append(function)
    return function


def inlined(function: Function) -> Function:
    """Decorate a function that is compiled into what calls it; Python calls it as it stands."""

    @lesson
    def teach() -> None:
        from numba.extending import register_jitable

        register_jitable(function)

    return function


def compiled(function: Function) -> Function:
    """Return ``function``, to be compiled as a whole when it is first called."""
    machine_code = cache(lambda: compile_now(function))

    @wraps(function)
    def call(*arguments: Any) -> Any:
        return machine_code()(*arguments)

    return call


def compile_now(function: Function) -> Function:
    if not has_numba():
        return function
    from scratch.jit.machine import compiler

    with lock:
        while lessons:
            lessons.pop(0)()
        return compiler.compiled(function)


def announced(*what: object) -> AbstractContextManager[None]:
    """Return the ``announced`` of the compiler, or where nothing is compiled a context that says nothing."""
    if not has_numba():
        return nullcontext()
    from scratch.jit.machine import compiler

    return compiler.announced(*what)


@cache
def has_numba() -> bool:
    """Return whether Numba can be imported."""
    try:
        jit.check_installed()
    except ImportError:
        return False
    return True


def renew_lock() -> None:
    """Another thread may hold the lock while a process forks, and the child has no such thread."""
    global lock
    lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=renew_lock)
