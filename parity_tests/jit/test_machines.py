"""What is compiled for which processor: one source, other registers. ``parity_tests.targets`` runs all for others."""

import platform
import subprocess
import sys

import numba
import numpy as np
import pytest
from llvmlite import binding
from numba.core import codegen

from parity_tests.jit.test_vector import copy_block
from parity_tests.targets import AVX2, BASELINE, BOUNDS, ROOT, environment_of
from scratch.compiling.compiler import OPTIONS, has_feature

HOST = binding.get_host_cpu_features()
on_x86 = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"), reason="these registers are those of x86"
)
of_compiled_code = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")


ARRAYS = np.zeros((2, 16)), np.zeros((2, 16))


def check_registers():
    """Fail unless a vector is copied in registers of the width that the tiles are made for, and return their name."""
    # Compiled here and now: the assembly of what was kept is not known.
    copy = numba.njit(copy_block.py_func, **OPTIONS)
    copy(*ARRAYS, 1, 0)
    (assembly,) = copy.inspect_asm().values()
    widest = next(name for name in ("zmm", "ymm", "xmm") if name in assembly)
    assert widest == ("zmm" if has_feature("avx512f") else "ymm" if has_feature("avx") else "xmm")
    return widest


@on_x86
@of_compiled_code
def test_registers_are_those_that_the_tiles_are_made_for():
    check_registers()


def find_copy():
    """Return whether the compiled copy of a vector had been kept."""
    copy_block(*ARRAYS, 1, 0)
    return bool(copy_block.stats.cache_hits)


PROGRAM = """
from parity_tests.jit import test_machines as tests
print(tests.check_registers(), tests.find_copy())
"""


def run_as(target, folder):
    """Return the widest registers for a target, and whether what it compiles was in this folder already."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        cwd=ROOT,
        env=environment_of(target, folder),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@on_x86
@pytest.mark.skipif(not HOST.get("avx2"), reason="this processor has no AVX2")
def test_processors_share_a_folder_and_no_code(tmp_path):
    """Nor does what is compiled with bounds checked, or for the features of this machine under another's name."""
    own = "zmm" if HOST.get("avx512f") else "ymm"
    for target, expected in (
        (BASELINE, "xmm False"),
        (AVX2, "ymm False"),
        ({"NUMBA_CPU_NAME": "znver3"}, f"{own} False"),
        (BASELINE, "xmm True"),
        (BASELINE | BOUNDS, "xmm False"),
    ):
        assert run_as(target, tmp_path) == expected + "\n"


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ("", False),
        ("+avx,+avx512f,+fma", True),
        ("+avx512fp16,-avx512f", False),
        ("+avx512f,-avx512f", False),
        ("-avx512f,+avx512f", True),
    ],
)
def test_features_are_those_that_numba_is_told(features, expected, monkeypatch):
    monkeypatch.setattr(numba.config, "CPU_FEATURES", features)
    assert has_feature("avx512f") == expected


def test_features_are_else_this_machines(monkeypatch):
    monkeypatch.setattr(numba.config, "CPU_FEATURES", None)
    monkeypatch.setattr(codegen.config, "ENABLE_AVX", 1)
    for name in ("avx", "avx512f", "sse2", "neon"):
        assert has_feature(name) == HOST.get(name, False)
    monkeypatch.setattr(codegen.config, "ENABLE_AVX", 0)
    assert not has_feature("avx")
