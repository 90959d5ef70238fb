"""Calls through a pointer: what is handed over lies in memory, a word of 64 bits after the other, at one address."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils

INTEGER = ir.IntType(64)


def call_with_words(builder: Any, address: Any, words: Any) -> None:
    """Call the code at an address with these integers of LLVM's."""
    memory = cgutils.alloca_once(builder, INTEGER, len(words))
    for n, word in enumerate(words):
        builder.store(word, builder.gep(memory, [INTEGER(n)]))
    function = builder.inttoptr(address, ir.FunctionType(ir.VoidType(), [INTEGER]).as_pointer())
    builder.call(function, [builder.ptrtoint(memory, INTEGER)])


def load_words(builder: Any, address: Any, count: int) -> list[Any]:
    """Return the integers that the code at the other end was called with."""
    memory = builder.inttoptr(address, INTEGER.as_pointer())
    return [builder.load(builder.gep(memory, [INTEGER(n)])) for n in range(count)]
