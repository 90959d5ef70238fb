"""How the readers are compiled: by Numba, when one is first called. Where there is no Numba they run as they stand.

Numba must know which functions to compile into others, and what a pointer is, before it compiles for the first time.
Nothing here imports it earlier than that.
"""

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache, wraps
from typing import Any, TypeAlias, TypeVar

import numpy as np

from scratch import jit
from scratch.arrays import Array, Int

Function = TypeVar("Function", bound=Callable[..., Any])
# The bytes of a message or of a file, uint8; in compiled code the pointer to the first of them.
Bytes: TypeAlias = Int[Array, " bytes"]

# The integers of compiled code. To a type checker they are Any, because they are used as int.
int64: Any = np.int64

pending: list[Callable[[], object]] = []
lock = threading.RLock()


def before_compiling(function: Callable[[], object]) -> Callable[[], object]:
    """Decorate a function that registers something with Numba; it is called once, before anything is compiled."""
    pending.append(function)
    return function


def inlined(function: Function) -> Function:
    """Decorate a function that is compiled into what calls it; called from Python it is plain Python."""

    @before_compiling
    def register() -> None:
        from numba.extending import register_jitable

        register_jitable(function)

    return function


def compiled(function: Function) -> Function:
    """Return ``function``, to be compiled as a whole when it is first called."""
    machine_code = cache(lambda: compile_now(function))

    @wraps(function)
    def call(*arguments: Any) -> Any:
        return machine_code()(*arguments)

    return call  # type: ignore[return-value]


def compile_now(function: Function) -> Function:
    if not has_numba():
        return function
    from scratch.compiling import compiler

    with lock:
        while pending:
            pending.pop(0)()
        return compiler.compiled(function)


def announced(*what: object) -> AbstractContextManager[None]:
    """Return the ``announced`` of the compiler, or where nothing is compiled a context that says nothing."""
    if not has_numba():
        return nullcontext()
    from scratch.compiling import compiler

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


def pointer(array: Array) -> Any:
    """Return the pointer to the first number of a contiguous array; uncompiled, the array itself.

    Compiled code counts the references to an array at every call, and in functions that read two bytes that would be
    most of the work. A pointer can only be indexed, and no index is checked. The caller keeps the array alive.
    """
    return array


@before_compiling
def register_pointer() -> None:
    """Tell Numba how to compile ``pointer``, for an array of one axis without gaps."""
    from numba import types
    from numba.extending import intrinsic, overload

    @intrinsic
    def compiled_pointer(typing: Any, array: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return context.make_array(array)(context, builder, arguments[0]).data

        return types.CPointer(array.dtype)(array), build

    def of_pointer(array: Any) -> Any:
        return compiled_pointer(array)

    @overload(pointer)
    def pointer_when_compiled(array: Any) -> Any:
        return of_pointer if isinstance(array, types.Array) and array.layout == "C" and array.ndim == 1 else None
