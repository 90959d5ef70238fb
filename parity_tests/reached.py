"""Which test enters which function of ``scratch``: asked of Python once, and kept in ``out/reached.json``.

Kept for each file of tests as long as its text stays the same. Only tests that pass are kept, with the processor time
they take. A test that starts a program of its own is kept under what it enters itself.
"""

import hashlib
import json
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

from scratch.files import written_whole

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "out" / "reached.json"
# Tests that look at the classes and names of every module, whichever functions they enter.
LOOK_AT_ALL = tuple(f"parity_tests/test_{name}.py" for name in ("option_fields", "options", "project", "unrolled"))


class Entered:
    """A pytest plugin: ``tests`` maps each test that passed to ``(seconds, [functions entered])``."""

    def __init__(self, root):
        self.root, self.here, self.tests = f"{root}/scratch/", set(), {}

    def call(self, frame, event, argument):
        if frame.f_code.co_filename.startswith(self.root):
            self.here.add(frame.f_code)

    def pytest_runtest_logstart(self):
        self.here, self.started, self.passed = set(), time.process_time(), True
        threading.settrace(self.call)
        sys.settrace(self.call)

    def pytest_runtest_logreport(self, report):
        self.passed &= report.passed

    def pytest_runtest_logfinish(self, nodeid):
        sys.settrace(None)
        threading.settrace(None)
        if self.passed:
            names = {f"scratch/{code.co_filename[len(self.root) :]}:{code.co_qualname}" for code in self.here}
            self.tests[nodeid] = round(time.process_time() - self.started, 2), sorted(names)


def digest(path):
    return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()[:16]


def record(files, uncompiled, find, pool):
    """Return ``{file: {test: (seconds, functions)}}``; ``find(file, uncompiled)`` says what is not kept."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    keys = {file: f"{file} {digest(file)}{' uncompiled' * uncompiled}" for file in files}
    missing = [file for file in files if keys[file] not in kept]
    for file, tests in zip(missing, pool.map(find, missing, [uncompiled] * len(missing)), strict=True):
        kept[keys[file]] = tests
        KEPT.parent.mkdir(exist_ok=True)
        with written_whole(KEPT) as path:
            path.write_text(json.dumps(kept), encoding="utf-8")
    return {file: kept[keys[file]] for file in files}


def place_of(path):
    """Return the file of tests of a file of scratch, by its name: ``cells/lstm.py`` has ``cells/test_lstm.py``.

    The tests of a wing are in one folder: ``jit/machine/flags.py`` has ``jit/test_flags.py``.
    """
    wing, _, name = path.removeprefix("scratch/").rpartition("/")
    return "/".join(filter(None, ("parity_tests", wing.partition("/")[0], f"test_{name}")))


def judges(mutant, recorded):
    """Return the tests that enter the mutant's function: first those of its place, then the others, quick ones first.

    Where no test does, as where the code runs when the file is imported, those that enter any function of the file, and
    those that look at all files.
    """
    names, anywhere = defaultdict(list), defaultdict(list)
    for tests in recorded.values():
        for test, (seconds, functions) in tests.items():
            far = not test.startswith(place_of(mutant.path))
            if f"{mutant.path}:{mutant.scope}" in functions:
                names[far].append((seconds, test))
            if test.startswith(LOOK_AT_ALL) or any(function.startswith(mutant.path) for function in functions):
                anywhere[far].append((seconds, test))
    near, others = ([test for _, test in sorted((names or anywhere)[far])] for far in (False, True))
    place = place_of(mutant.path)
    # What is no part of a function may be looked at by a test that calls none.
    return [near if names or not (ROOT / place).exists() else [place], others]
