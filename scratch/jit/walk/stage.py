"""Stages: what a cell computes of the rows of one step, once a product is done, as a function of registers.

A stage is a function ``(flags, token)``. ``token`` hands out the registers of one row by their names, and what the
stage returns says by name where its results belong::

    def update(flags, token):
        n = value(flags.relu, token.z_n)
        return {"n": n, "h_new": token.u * token.h + (1 - token.u) * n}

It is compiled by running it once, in the middle of a loop over rows and registers, with ``Register`` objects. The walk
calls the loop through a pointer, once a step; so the walk knows nothing of cells, and is compiled for all of them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

from scratch.compiling.compiler import compiled_address, instruction
from scratch.jit.machine.register import REGISTER, Register
from scratch.jit.machine.vector import vector_type
from scratch.jit.machine.words import INTEGER, call_with_words, load_words
from scratch.jit.walk.step import NUM_WORDS, SIZES, Column, Step, Token, columns_of


class Stage(NamedTuple):
    """A function of registers with all that it is compiled for.

    ``flags`` are Booleans, ``gates`` the names of the columns of z, ``own`` that of the cell's own column of the tape's
    rows, ``constants`` those of the rows of constants. ``register``: its bytes, fewer where there are few units.
    """

    function: Any
    flags: NamedTuple
    gates: tuple[str, ...]
    own: str
    constants: tuple[str, ...]
    register: int = REGISTER

    def columns(self) -> dict[str, Column]:
        return columns_of(self.gates, self.own, self.constants)

    def address(self, dtype: np.dtype) -> int:
        """Return the address of the compiled loop for ``call_stage``: uncompiled, a number that stands for it."""
        kind = f"{self.function.__module__}.{self.function.__qualname__}"
        key = f"{kind} {self.flags} {self.gates} {self.own} {self.constants} {self.register} {np.dtype(dtype)}"
        stages[key] = self
        if config.DISABLE_JIT:
            return list(stages).index(key)
        if key not in addresses:
            addresses[key] = compiled_address(loop_of(key), types.void(types.intp))
        return addresses[key]


stages: dict[str, Stage] = {}
addresses: dict[str, int] = {}


def loop_of(key: str) -> Callable[..., None]:
    """Return a function for Numba to compile. What it kept is found again by the text of the key."""

    def run_stage(step):
        build_loop(key, step)

    return run_stage


def call_stage(address: int, width: int, step: Step) -> None:
    """Run a stage over the rows of a ``Step`` and ``width`` columns; ``address`` is from ``Stage.address``."""
    stage = list(stages.values())[address]
    columns = stage.columns()

    def view(column):
        matrix = getattr(step, column.matrix)
        if column.unit == "row":
            return matrix[column.number, : width]
        first = column.number * getattr(step, column.unit)
        return matrix[: step.live, first : first + width]

    for name, result in stage.function(stage.flags, Token(columns, view)).items():
        if columns[name].matrix == "d_constants":
            view(columns[name])[:] += result.sum(axis=0)
        else:
            view(columns[name])[:] = result


@instruction(call_stage)
def build_call_stage(address, width, step):
    def generate(context, builder, signature, arguments):
        address, width, step_value = arguments
        words = [width]
        for name, kind, field in zip(Step._fields, step.types, cgutils.unpack_tuple(builder, step_value), strict=True):
            if name in SIZES:
                words.append(field)
            else:
                array = context.make_array(kind)(context, builder, field)
                words += builder.ptrtoint(array.data, INTEGER), builder.extract_value(array.strides, 0)
        call_with_words(builder, address, words)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp, step), generate


@intrinsic(prefer_literal=True)
def build_loop(typing, key, step):
    """Write the loops over the rows of a step and their registers, around the stage of that key."""

    def generate(context, builder, signature, arguments):
        stage, single = stages[key.literal_value], key.literal_value.endswith("float32")
        words = iter(load_words(builder, arguments[1], NUM_WORDS))
        width, step, strides = next(words), {}, {}
        for name in Step._fields:
            step[name] = next(words)
            if name not in SIZES:
                strides[name] = next(words)
        kind, columns = vector_type(single, stage.register), stage.columns()
        align = stage.register // kind.count
        lanes, itemsize = INTEGER(kind.count), INTEGER(align)
        with cgutils.for_range(builder, step["live"]) as rows:
            registers = cgutils.for_range_slice(builder, INTEGER(0), width, lanes, INTEGER)
            with registers as (k, _):

                def place(column):
                    row, first, number = rows.index, k, INTEGER(column.number)
                    if column.unit == "row":
                        row = number
                    else:
                        first = builder.add(k, builder.mul(number, step[column.unit]))
                    offset = builder.add(builder.mul(row, strides[column.matrix]), builder.mul(first, itemsize))
                    return builder.inttoptr(builder.add(step[column.matrix], offset), kind.as_pointer())

                def load(column):
                    return Register(builder, builder.load(place(column), align=align))

                # Whatever is read is read before anything is written.
                for name, result in stage.function(stage.flags, Token(columns, load)).items():
                    if columns[name].matrix == "d_constants":
                        result = load(columns[name]) + result
                    builder.store(result.value, place(columns[name]), align=align)
        return context.get_dummy_value()

    return types.void(key, types.intp), generate
