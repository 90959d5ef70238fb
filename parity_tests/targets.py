"""The tests of the compiled engine once more: for other processors than this one, and with all bounds checked.

    python -m parity_tests.targets              every target that this machine can run
    python -m parity_tests.targets --only avx2

What is compiled is kept in ``.cache``, a folder a target, so that the next time takes less. Where Numba checks bounds,
an index, a vector or a tile that is not within its array raises ``IndexError``.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from llvmlite import binding

ROOT = Path(__file__).resolve().parent.parent
TESTS, COMPILING = "parity_tests/jit", "parity_tests/compiling"
# What is the same whatever is compiled for, or asks for targets itself.
OTHERS = [f"--ignore={TESTS}/test_{name}.py" for name in ("arm", "bounds", "memory", "schedule")]
OTHERS.append(f"--ignore={COMPILING}/test_compiler.py")
OTHERS.append(f"--deselect={TESTS}/test_machines.py::test_processors_share_a_folder_and_no_code")
# The plainest of its kind: on x86-64 a processor that has SSE2 alone.
BASELINE = {"NUMBA_CPU_NAME": "generic"}
AVX2 = {
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+f16c,+bmi,+bmi2,+lzcnt,+popcnt,-avx512f",
}
BOUNDS = {"NUMBA_BOUNDSCHECK": "1"}
TARGETS = {"avx2": AVX2, "baseline": BASELINE, "bounds": BOUNDS}
# What Numba reads of its surroundings that says what is compiled.
CHOICES = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_BOUNDSCHECK", "NUMBA_DISABLE_JIT", "NUMBA_ENABLE_AVX")


def environment_of(target, folder):
    """Return the environment in which Numba compiles for a target, and keeps what it compiled in a folder."""
    rest = {name: value for name, value in os.environ.items() if name not in CHOICES}
    return {**rest, **target, "NUMBA_CACHE_DIR": str(folder)}


def missing(target, features):
    """Return why a machine with these features need not or cannot run a target, an empty string if it can."""
    if target is not AVX2 or (features.get("avx512f") and features.get("avx2")):
        return ""
    return "all tests have run for this processor, which is one" if features.get("avx2") else "this processor is none"


def run_tests(name):
    """Run the tests for a target and return pytest's exit code."""
    environment = environment_of(TARGETS[name], ROOT / ".cache" / name)
    command = [sys.executable, "-m", "pytest", "-n", "auto", "-q", TESTS, COMPILING, *OTHERS]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=TARGETS, help="run the tests for this target alone")
    arguments = parser.parse_args(argv)
    features, failed = binding.get_host_cpu_features(), []
    for name in [arguments.only] if arguments.only else TARGETS:
        reason = missing(TARGETS[name], features)
        print(f"{name}: {reason or f'{TESTS} with {TARGETS[name]}'}", flush=True)
        if not reason and run_tests(name):
            failed.append(name)
    return f"Tests failed for {', '.join(failed)}." if failed else 0


if __name__ == "__main__":
    sys.exit(main())
