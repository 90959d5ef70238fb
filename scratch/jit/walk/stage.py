"""Stages: what a cell computes of the rows of one step, once a product is done, as a function of registers.

A stage is a function ``(flags, token)``. ``token`` hands out the registers of one row by their names, and what the
stage returns says by name where its results belong::

    def update(flags, token):
        n = value(flags.relu, token.z_n)
        return {"n": n, "h_new": token.u * token.h + (1 - token.u) * n}

It is compiled by running it once, in the middle of a loop over rows and registers, with ``Register`` objects. The walk
calls the loop through a pointer, once a step; so the walk knows nothing of cells, and is compiled for all of them.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic

from scratch.jit.machine.compiler import compiled_address, instruction
from scratch.jit.machine.register import REGISTER, Register
from scratch.jit.machine.vector import vector_type
from scratch.jit.machine.words import INTEGER, call_with_words, load_words


class Step(NamedTuple):
    """What a stage gets of a step: sizes, and matrices that begin at the row of the step's first token.

    - ``live``: the rows. ``width``: the columns the stage computes. ``size``: the columns of a gate.
    - ``own``, ``d_own``: where the cell's own column begins in ``rows`` and in ``d_rows``.
    - ``rows``, ``z``, ``c``, ``c_new``, ``h_new``: the tape's [h, 1, x, own], a column a gate, and states.
    - ``d_rows``, ``d_z``, ``d_c``: the gradients of [h, x, own], of z, and of c.
    - ``constants``, ``d_constants``: numbers a unit, the same for all tokens, and their gradients.
    """

    live: int
    width: int
    size: int
    own: int
    d_own: int
    rows: np.ndarray
    z: np.ndarray
    c: np.ndarray
    c_new: np.ndarray
    h_new: np.ndarray
    d_rows: np.ndarray
    d_z: np.ndarray
    d_c: np.ndarray
    constants: np.ndarray
    d_constants: np.ndarray


SIZES = [name for name, kind in Step.__annotations__.items() if kind is int]
# What a stage is handed: a word for a size, an address and a stride for a matrix.
NUM_WORDS = 2 * len(Step._fields) - len(SIZES)


class Stage(NamedTuple):
    """A function of registers with all that it is compiled for.

    ``flags`` are Booleans, ``gates`` the names of the columns of z, ``own`` that of the cell's own column of the tape's
    rows, ``constants`` those of the rows of constants.
    """

    function: Any
    flags: NamedTuple
    gates: tuple
    own: str
    constants: tuple

    def columns(self):
        """Return ``{name: (matrix, first column or row, what it is counted in)}`` of all a token has."""
        columns = {"h": ("rows", 0, "size"), "c": ("c", 0, "size"), "c_new": ("c_new", 0, "size")}
        columns |= {"h_new": ("h_new", 0, "size"), "d_h": ("d_rows", 0, "size"), "d_c": ("d_c", 0, "size")}
        columns |= {self.own: ("rows", 1, "own"), f"d_{self.own}": ("d_rows", 1, "d_own")}
        for n, gate in enumerate(self.gates):
            # A gate is written over its z.
            columns |= {gate: ("z", n, "size"), f"z_{gate}": ("z", n, "size"), f"d_z_{gate}": ("d_z", n, "size")}
        for n, name in enumerate(self.constants):
            columns |= {name: ("constants", n, "row"), f"d_{name}": ("d_constants", n, "row")}
        return columns

    def address(self, dtype):
        """Return the address of the compiled loop for ``call_stage``: uncompiled, a number that stands for it."""
        kind = f"{self.function.__module__}.{self.function.__qualname__}"
        key = f"{kind} {self.flags} {self.gates} {self.own} {self.constants} {np.dtype(dtype)}"
        stages[key] = self
        if config.DISABLE_JIT:
            return list(stages).index(key)
        if key not in addresses:
            addresses[key] = compiled_address(loop_of(key), types.void(types.intp))
        return addresses[key]


stages, addresses = {}, {}


def loop_of(key):
    """Return a function for Numba to compile. What it kept is found again by the text of the key."""

    def run_stage(step):
        build_loop(key, step)

    return run_stage


class Token:
    """The registers of one row, by their names, each loaded when it is first asked for."""

    def __init__(self, columns, load):
        self.columns, self.load = columns, load

    def __getattr__(self, name):
        if name not in self.columns:
            raise AttributeError(f"a token has {', '.join(sorted(self.columns))}, but no {name}")
        register = self.load(*self.columns[name])
        setattr(self, name, register)
        return register


def call_stage(address, step):
    """Run a stage over the rows of a ``Step``; ``address`` is from ``Stage.address``."""
    stage = list(stages.values())[address]
    columns = stage.columns()

    def view(matrix, number, unit):
        if unit == "row":
            return getattr(step, matrix)[number, : step.width]
        first = number * getattr(step, unit)
        return getattr(step, matrix)[: step.live, first : first + step.width]

    for name, result in stage.function(stage.flags, Token(columns, view)).items():
        if columns[name][0] == "d_constants":
            view(*columns[name])[:] += result.sum(axis=0)
        else:
            view(*columns[name])[:] = result


@instruction(call_stage)
def build_call_stage(address, step):
    def generate(context, builder, signature, arguments):
        address, step_value = arguments
        words = []
        for name, kind, field in zip(Step._fields, step.types, cgutils.unpack_tuple(builder, step_value), strict=True):
            if name in SIZES:
                words.append(field)
            else:
                array = context.make_array(kind)(context, builder, field)
                words += builder.ptrtoint(array.data, INTEGER), builder.extract_value(array.strides, 0)
        call_with_words(builder, address, words)
        return context.get_dummy_value()

    return types.void(types.intp, step), generate


@intrinsic(prefer_literal=True)
def build_loop(typing, key, step):
    """Write the loops over the rows of a step and their registers, around the stage of that key."""

    def generate(context, builder, signature, arguments):
        stage, single = stages[key.literal_value], key.literal_value.endswith("float32")
        words = iter(load_words(builder, arguments[1], NUM_WORDS))
        step, strides = {}, {}
        for name in Step._fields:
            step[name] = next(words)
            if name not in SIZES:
                strides[name] = next(words)
        kind, columns = vector_type(single), stage.columns()
        lanes, itemsize = INTEGER(kind.count), INTEGER(REGISTER // kind.count)
        with cgutils.for_range(builder, step["live"]) as rows:
            registers = cgutils.for_range_slice(builder, INTEGER(0), step["width"], lanes, INTEGER)
            with registers as (k, _):

                def place(matrix, number, unit):
                    row = INTEGER(number) if unit == "row" else rows.index
                    column = k if unit == "row" else builder.add(k, builder.mul(INTEGER(number), step[unit]))
                    offset = builder.add(builder.mul(row, strides[matrix]), builder.mul(column, itemsize))
                    return builder.inttoptr(builder.add(step[matrix], offset), kind.as_pointer())

                def load(*where):
                    return Register(builder, builder.load(place(*where), align=REGISTER // kind.count))

                # Whatever is read is read before anything is written.
                for name, result in stage.function(stage.flags, Token(columns, load)).items():
                    if columns[name][0] == "d_constants":
                        result = load(*columns[name]) + result
                    builder.store(result.value, place(*columns[name]), align=REGISTER // kind.count)
        return context.get_dummy_value()

    return types.void(key, types.intp), generate
