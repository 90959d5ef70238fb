"""Flags that one thread raises and another waits for.

A thread that sleeps takes 50 µs or more to wake up, and longer on a virtual machine. So whoever expects an answer soon
keeps looking for it. Compiled code does so without the GIL, which the other thread needs in order to answer.
"""

import os
import platform
import time
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, instruction, kernel
from scratch.jit.machine.vector import address_of, check_index

# Processors of this kind have the instruction PAUSE for loops that wait: some 30 ns each.
HAS_PAUSE = platform.machine().lower() in ("x86_64", "amd64")
# Systems with POSIX's ``sched_yield``.
HAS_YIELD = os.name == "posix"


def look(flags: Array, number: int) -> int:
    """Return a flag as it is by now."""
    return flags[number]


def write(flags: Array, number: int, value: int) -> None:
    """Set a flag, for others to see after all that was written before."""
    flags[number] = value


def swap(flags: Array, number: int, old: int, new: int) -> int:
    """Set a flag to ``new`` if it is ``old``, and return 1, else 0: of two threads that try, one does it."""
    if flags[number] != old:
        return 0
    flags[number] = new
    return 1


def pause() -> None:
    """Do nothing for a moment. Where nothing is compiled, the others need the GIL for all they do."""
    time.sleep(0)


def give_way() -> None:
    """Let another thread have the core, if there is one that waits for it."""
    time.sleep(0)


@kernel
def raise_flag(flags: Array, number: int, looks: int) -> None:
    """Set a flag, and do without the GIL for a moment of so many looks: who waits for the flag needs it."""
    write(flags, number, 1)
    for _ in range(looks):
        pause()


@kernel
def wait_for_flags(flags: Array, looks: int) -> None:
    """Return as soon as all flags are set, or after so many looks at each."""
    for number in range(len(flags)):
        for _ in range(looks):
            if look(flags, number):
                break
            pause()


@kernel
def wait_for_change(flags: Array, number: int, old: int, looks: int) -> int:
    """Return a flag as soon as it is not what it was, or after so many looks."""
    for _ in range(looks):
        if look(flags, number) != old:
            break
        pause()
    return look(flags, number)


@inlined
def change_flag(flags: Array, number: int) -> None:
    """Make a flag another one than it was."""
    write(flags, number, look(flags, number) + 1)


def flag_at(context: Any, builder: Any, flags_type: Any, flags: Array, number: int) -> Any:
    (size,) = cgutils.unpack_tuple(builder, context.make_array(flags_type)(context, builder, flags).shape)
    check_index(context, builder, number, size)
    return builder.bitcast(address_of(context, builder, flags_type, flags, (number,)), ir.IntType(64).as_pointer())


@instruction(look)
def build_look(flags, number):
    def generate(context, builder, signature, arguments):
        array, number = arguments
        return builder.load_atomic(flag_at(context, builder, flags, array, number), "acquire", 8)

    return types.int64(flags, types.intp), generate


@instruction(write)
def build_write(flags, number, value):
    def generate(context, builder, signature, arguments):
        array, number, value = arguments
        builder.store_atomic(value, flag_at(context, builder, flags, array, number), "release", 8)
        return context.get_dummy_value()

    return types.void(flags, types.intp, types.int64), generate


@instruction(swap)
def build_swap(flags, number, old, new):
    def generate(context, builder, signature, arguments):
        array, number, old, new = arguments
        place = flag_at(context, builder, flags, array, number)
        found = builder.cmpxchg(place, old, new, "acq_rel", "acquire")
        return builder.zext(builder.extract_value(found, 1), ir.IntType(64))

    return types.int64(flags, types.intp, types.int64, types.int64), generate


@instruction(pause)
def build_pause():
    def generate(context, builder, signature, arguments):
        if HAS_PAUSE:
            nothing = ir.FunctionType(ir.VoidType(), [])
            builder.call(cgutils.get_or_insert_function(builder.module, nothing, "llvm.x86.sse2.pause"), [])
        return context.get_dummy_value()

    return types.void(), generate


@instruction(give_way)
def build_give_way():
    def generate(context, builder, signature, arguments):
        if HAS_YIELD:
            kind = ir.FunctionType(ir.IntType(32), [])
            builder.call(cgutils.get_or_insert_function(builder.module, kind, "sched_yield"), [])
        return context.get_dummy_value()

    return types.void(), generate
