"""What the engine's code becomes on 64-bit Arm: any machine can compile for it, and read what came out."""

import re

import numba
import numpy as np
import pytest
from llvmlite import binding
from numba import types

from parity_tests.jit import test_activations, test_vector
from scratch.compiling.compiler import OPTIONS
from scratch.jit.machine import tile
from scratch.jit.machine.register import Registers, tile_size

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")
DTYPES = [np.float32, np.float64]
TRIPLE = "aarch64-unknown-linux-gnu"


def assembly_for_arm(function, *kinds):
    """Return the assembly for Arm of a function of arguments of these types."""
    # Without counts of references, which are made of instructions of this machine's.
    compiled = numba.njit(function, _nrt=False, **OPTIONS)
    compiled.compile(types.void(*kinds))
    (code,) = compiled.inspect_llvm().values()
    # What LLVM wrote for this machine alone it could not write for another.
    assert not re.search(r"llvm\.(x86|aarch64|arm)\.", code)
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    machine = binding.Target.from_triple(TRIPLE).create_target_machine(opt=3)
    lines = [line for line in code.splitlines() if not line.startswith("target ")]
    module = binding.parse_assembly("\n".join(lines))
    module.triple, module.data_layout = TRIPLE, str(machine.target_data)
    return machine.emit_assembly(module)


def calls(assembly):
    """Return the functions that are called, those of Python and Numba left out, which hand over the arguments."""
    return {name for name in re.findall(r"\bbl\s+(\w+)", assembly) if not re.match("Py|_Py|numba_|_ZN", name)}


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_operation_on_a_register_is_of_instructions(dtype):
    """No call for each number, as to round or to multiply and add would be on an x86 of SSE2 alone."""
    matrix = types.Array(numba.from_dtype(np.dtype(dtype)), 2, "C")
    assembly = assembly_for_arm(test_vector.compute_all.py_func, matrix, matrix, matrix)
    assembly += assembly_for_arm(test_activations.compute_all.py_func, types.boolean, matrix, matrix)
    assert calls(assembly) == set()
    lanes = ".2d" if dtype == np.float64 else ".4s"
    for instruction in ("fadd", "fsub", "fmul", "fdiv", "fmla", "frintx"):
        assert re.search(rf"\b{instruction}\s+v\d+\{lanes}", assembly), instruction


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_tile_multiplies_and_adds_in_one(dtype, monkeypatch):
    """Of one vector, as without AVX-512: 24 registers of sums, 4 of b and one of a are 29 of Arm's 32."""
    for name, number in zip(("ROWS", "VECTORS"), tile_size(Registers(32, 16)), strict=True):
        monkeypatch.setattr(tile, name, number)
    compute = tile.tile_float32 if dtype == np.float32 else tile.tile_float64
    assembly = assembly_for_arm(compute, types.intp)
    assert calls(assembly) == set()
    assert (tile.ROWS, tile.VECTORS) == (6, 1)
    of_rows = sum(range(1, tile.ROWS + 1)) * 4
    assert len(re.findall(r"\bfmla\s+v", assembly)) >= of_rows
