"""Do the tests notice what ``parity_tests/random_mutants.py`` draws? A mutant meets the tests that enter its function.

First those of its place (``cells/test_lstm.py`` for ``cells/lstm.py``), then all others, quick ones first, until one
fails. Of the code that Numba compiles, what survives uncompiled also meets the tests of its place compiled. A mutant
can do no harm: its process may use as much processor time and memory as sound code needs by far, and it works in a
folder of its own.
Processor time is counted, not time on the wall, so a busy machine changes no verdict.
"""

import collections
import gc
import io
import os
import resource
import signal
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from parity_tests import random_mutants, reached
from parity_tests.planting import COMPILED, ROOT, Copies, apart, copy_project, enter, examine, run

# Seconds of processor time: of one test, and after which no further test is begun.
ONE_TEST, ALL_TESTS = 60, 150
# No test sleeps for so long; a lock that is never released is waited for without any processor time.
ASLEEP = 900
MEMORY = 6 << 30
# Which tests meet code that is compiled, which is then run uncompiled.
MEET_COMPILED = tuple(f"parity_tests/{part}" for part in ("compiling/", "jit/", "inputs/", "unroll/", "test_drawn"))
# Which the rest of scratch does without: what a program does in a process of its own is not seen.
DONE_WITHOUT = ("/compiling/", "/jit/", "example", "test_programs", "test_random_mutants")


class Limits:
    """A pytest plugin that ends a test that does not come to an end, and the run when enough has been tried."""

    def __init__(self, one_test=ONE_TEST, all_tests=ALL_TESTS):
        self.one_test, self.all_tests, self.not_begun = one_test, all_tests, 0
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY, -1))
        signal.signal(signal.SIGXCPU, self.stop)
        signal.signal(signal.SIGALRM, self.stop)
        self.allow()

    def allow(self):
        signal.alarm(ASLEEP)
        soft = int(time.process_time()) + self.one_test
        # Compiled code that never ends does not look at signals; at the hard limit the process is killed.
        resource.setrlimit(resource.RLIMIT_CPU, (soft, self.all_tests + 4 * self.one_test))

    def stop(self, number, frame):
        self.allow()
        raise TimeoutError("this test does not come to an end")

    def pytest_runtest_protocol(self, item):
        if time.process_time() > self.all_tests:
            self.not_begun += 1
            return True
        self.allow()
        return None


def record_file(file, uncompiled):
    """Return the tests of one file that pass, and which functions they enter, found in a process of its own."""

    def find():
        with tempfile.TemporaryDirectory() as folder:
            # In a copy, as the mutants are; but what Numba compiles is kept for all copies made later.
            copy_project(Path(folder))
            for kept in (ROOT / "scratch").rglob("__pycache__"):
                os.symlink(kept, folder / kept.relative_to(ROOT))
            enter(folder, uncompiled)
            entered = reached.Entered(folder)
            limits = Limits(ONE_TEST // (4 if uncompiled else 1), 3000)
            run(["--maxfail=0", file], folder, Path(folder, "temporary"), io.StringIO(), limits, entered)
            os.chdir(ROOT)
            return entered.tests

    tests = apart(find)
    tests = {} if isinstance(tests, int) else tests
    print(f"recorded  {file}{' uncompiled' * uncompiled}: {len(tests)} tests", flush=True)
    return tests


def record(paths, pool):
    """Return for compiled and for uncompiled code which test enters which function."""
    files = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "parity_tests").rglob("test_*.py"))]
    chosen = {
        True: [file for file in files if file.startswith(MEET_COMPILED)],
        False: [file for file in files if not any(part in file for part in DONE_WITHOUT)],
    }
    modes = sorted({path.startswith(COMPILED) for path in paths})
    return {uncompiled: reached.record(chosen[uncompiled], uncompiled, record_file, pool) for uncompiled in modes}


def judge(mutant, recorded, copies):
    """Return ``(verdict, detail)`` for a mutant, planted in one of some copies of the project."""
    stages = [tests for tests in reached.judges(mutant, recorded[mutant.path.startswith(COMPILED)]) if tests]
    if not stages:
        return "survived", "no test enters it"

    def meet(mutant, stages, *bounds):
        def meet_in(folder):
            limits = Limits(*bounds)
            return *examine(mutant, stages, folder, limits)[:2], limits.not_begun

        with copies.with_fault(mutant) as folder:
            return apart(lambda: meet_in(folder))

    result = meet(mutant, stages)
    if not isinstance(result, int) and result[0] == "broken":
        # The names of tests may hold what is changed, a default for one: then there is no test of that name.
        files = [[*dict.fromkeys(test.partition("::")[0] for test in tests)] for tests in stages]
        result = meet(mutant, files)
    if not isinstance(result, int) and result[0] == "survived" and mutant.path.startswith(COMPILED):
        place = reached.place_of(mutant.path)
        place = place if (ROOT / place).exists() else str(Path(place).parent)
        result = meet(replace(mutant, compiled=True), [[place]], 5 * ONE_TEST, 10 * ONE_TEST)
    if isinstance(result, int):
        # Below 0 it is the signal that ended the process: a crash, or no end in sight. Else it is we who failed.
        return "noticed" if result < 0 else "broken", f"the process ended with {result}"
    verdict, detail, not_begun = result
    if verdict == "survived":
        detail = f"{sum(map(len, stages)) - not_begun} tests passed, {not_begun} were not begun"
    return verdict, detail


def main(number, seed, only, processes):
    mutants = random_mutants.draw(number, seed, only)
    sources = {mutant.path: (ROOT / mutant.path).read_text(encoding="utf-8") for mutant in mutants}
    explained = random_mutants.explained()
    gc.freeze()
    counts = collections.defaultdict(collections.Counter)
    copies = Copies()
    with ThreadPoolExecutor(processes) as pool:
        recorded = record(sources, pool)

        def verdict_on(mutant):
            why = explained.get((mutant.path, *mutant.lines(sources[mutant.path])))
            return ("explained", why) if why else judge(mutant, recorded, copies)

        for mutant, (verdict, detail) in zip(mutants, pool.map(verdict_on, mutants), strict=True):
            wing = "/".join(mutant.path.split("/")[1:-1][:1]) or "scratch"
            counts[wing][verdict] += 1
            before, after = mutant.lines(sources[mutant.path])
            print(f"{verdict:9} {mutant.path} {mutant.scope}\n    {before}\n    {after}\n    {detail}", flush=True)
    counts["all"] = sum(counts.values(), collections.Counter())
    for wing, count in counts.items():
        print(f"{wing:9} {count.total():4} drawn: " + ", ".join(f"{n} {verdict}" for verdict, n in count.items()))
    print(f"seed {seed}; {counts['all']['noticed'] / len(mutants):.1%} noticed")
    return 0 if counts["all"]["noticed"] + counts["all"]["explained"] == len(mutants) else 1
