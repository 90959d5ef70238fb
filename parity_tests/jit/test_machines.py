"""A processor without AVX-512: the same source, other registers."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import numpy as np
import scratch
from parity_tests.harness import Case, assert_parity, run_dynamic
from scratch.jit.lstm import lstm_forward

case = Case(scratch.BasicLSTMCell(33), (7, 0, 9, 1, 9, 4, 5), 7, 9, 5)
problem = case.draw(np.float32)
assert_parity(run_dynamic(scratch, case, problem, engine="numba"), run_dynamic(scratch, case, problem))
(assembly,) = lstm_forward.inspect_asm().values()
assert "ymm" in assembly and "zmm" not in assembly
print("agrees")
"""


@pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="these registers are those of x86")
def test_agrees_with_numpy_on_registers_of_256_bits(tmp_path):
    environment = {
        **os.environ,
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+f16c,+bmi,+bmi2,+lzcnt,+popcnt,-avx512f",
        "NUMBA_DISABLE_JIT": "0",
        "NUMBA_CACHE_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "agrees\n"
    assert any(tmp_path.rglob("*.nbc")), "what was compiled is kept where Numba is told to"
