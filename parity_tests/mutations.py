"""Does the suite notice? ``python -m parity_tests.mutations`` plants the faults of ``parity_tests/faults`` one by one.

Each fault is planted in a copy of the project, in a process of its own, and the tests that should notice it are run
there until the first fails. A fault that all of them pass is a survivor: a test is missing. The command ends non-zero
if there is one. It presupposes that the tests pass without a fault.

The test that noticed a fault last time is asked first, alone; ``faults/noticed_by.json`` names it. Only where it passes
or is no more do all the fault's tests run. So the file saves time and decides nothing; ``--record`` writes it anew.
"""

import argparse
import contextlib
import gc
import io
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Imported here, before the processes part, because each of them needs these, and they take seconds.
import hypothesis.strategies  # noqa: F401
import numba
import pytest

import tf_impl.keras_layers  # noqa: F401
from parity_tests.faults import FAULTS
from scratch.files import written_whole

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("scratch", "tf_impl", "parity_tests")
# Where the code is that Numba compiles.
COMPILED = ("scratch/jit/", "scratch/inputs/wire/")
NOTICED_BY = ROOT / "parity_tests" / "faults" / "noticed_by.json"


class FirstFailure:
    """A pytest plugin that remembers the first test that failed."""

    test = None

    def pytest_runtest_logreport(self, report):
        if report.failed and self.test is None:
            self.test = report.nodeid


def plant(fault, folder):
    """Copy the project to ``folder`` with the fault in it."""
    # What Numba has compiled is kept there, and it would trust that of the sound source.
    left_out = ["__pycache__"] if fault.compiled else []
    for package in PACKAGES:
        ignore = shutil.ignore_patterns(*left_out)
        shutil.copytree(ROOT / package, folder / package, ignore=ignore, copy_function=copy_source)
    shutil.copy(ROOT / "pyproject.toml", folder)
    path = folder / fault.path
    source = path.read_text(encoding="utf-8")
    if source.count(fault.old) != 1:
        raise ValueError(f"{fault.path} holds {fault.old!r} {source.count(fault.old)} times; a fault needs it once")
    path.write_text(source.replace(fault.old, fault.new), encoding="utf-8")


def copy_source(original, copy):
    """Copy a source, and only point to what is compiled: it is large, and what replaces it replaces the pointer."""
    if Path(original).parent.name == "__pycache__":
        os.symlink(original, copy)
    else:
        shutil.copy2(original, copy)


def examine(task):
    """Return ``(verdict, detail, seconds)`` for a fault's number and the test known to notice it, ``None`` if unknown.

    A verdict is "noticed", "survived" or "broken"; the detail is the test that noticed it, or what there is to say.
    """
    number, known = task
    fault = FAULTS[number]
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        try:
            plant(fault, Path(name))
        except ValueError as error:
            return "broken", str(error), 0.0
        # A fault in a kernel is one in its Python, too, and to compile that takes longer than to run it.
        numba.config.DISABLE_JIT = fault.path.startswith(COMPILED) and not fault.compiled
        # Forget the sound modules, so that the tests import the copy.
        for module in [module for module in sys.modules if module.split(".")[0] in PACKAGES]:
            del sys.modules[module]
        os.chdir(name)
        sys.path.insert(0, name)
        output = io.StringIO()
        for tests in filter(None, (known, fault.tests)):
            code, noticing = run_until_first_failure(tests, name, output)
            if code == pytest.ExitCode.TESTS_FAILED:
                break
        os.chdir(ROOT)
    seconds = time.perf_counter() - started
    if code == pytest.ExitCode.OK:
        return "survived", f"{fault.tests} passed", seconds
    if code == pytest.ExitCode.TESTS_FAILED:
        return "noticed", noticing, seconds
    return "broken", output.getvalue()[-2000:], seconds


def examine_apart(task):
    """``examine`` in a process of its own, which the fault may bring down."""
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    process = fork.Process(target=lambda: sender.send(examine(task)))
    process.start()
    # Now the process has the only end to send from, and if it dies, nobody waits for it.
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        process.join()
        return "broken", f"the process ended with {process.exitcode}", 0.0


def run_until_first_failure(tests, root, output):
    """Run these tests and return pytest's exit code and the first that failed; what pytest says goes to ``output``."""
    plugin = FirstFailure()
    # Nobody reads why a test failed, so nothing is prepared for telling it well.
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain", "--tb=line"]
    # A place of its own: where several runs share one, each clears away what others are clearing away.
    options += ["--basetemp", str(Path(root) / "temporary")]
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            code = pytest.main([*options, "--rootdir", root, tests], plugins=[plugin])
        except pytest.PytestUnraisableExceptionWarning:
            # Found when all tests had been run, such as a folder that a failed one left open: what they said stands.
            code = pytest.ExitCode.TESTS_FAILED if plugin.test else pytest.ExitCode.OK
    return code, plugin.test


def title(fault):
    """Return what names a fault to a reader, and in ``NOTICED_BY``."""
    return f"{fault.path}: {fault.what}"


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="plant only faults whose file or description contains this")
    parser.add_argument("--record", action="store_true", help=f"write {NOTICED_BY.name} anew, after all that is known")
    arguments = parser.parse_args(argv)
    chosen = [number for number, fault in enumerate(FAULTS) if arguments.only in title(fault)]
    if not chosen:
        parser.error(f"--only {arguments.only!r} names no fault")
    known = json.loads(NOTICED_BY.read_text(encoding="utf-8"))
    counts = dict.fromkeys(("noticed", "survived", "broken"), 0)
    # What TensorFlow is made of will not be garbage: to look through it again in every process takes half a second.
    gc.freeze()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(examine_apart, [(number, known.get(title(FAULTS[number]))) for number in chosen])
        for number, (verdict, detail, seconds) in zip(chosen, results, strict=True):
            counts[verdict] += 1
            name = title(FAULTS[number])
            print(f"{verdict:8}  {name}  ({seconds:.0f} s)\n{'':10}{detail}", flush=True)
            if verdict == "noticed":
                known[name] = detail
    if arguments.record:
        kept = {name: known[name] for name in map(title, FAULTS) if name in known}
        with written_whole(NOTICED_BY) as path:
            path.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(chosen)} faults: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return 0 if counts["noticed"] == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
