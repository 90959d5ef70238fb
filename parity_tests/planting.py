"""How a fault is planted in a copy of the project, and tests are run there, in a process of its own."""

import compileall
import contextlib
import io
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

# Imported here, before the processes part, because each of them needs these, and they take seconds.
import hypothesis.strategies  # noqa: F401
import numba
import pytest

import tf_impl.keras_layers  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("scratch", "tf_impl", "parity_tests", "examples", "unrolled")
# What tests read and no fault is planted in.
READ = ("docs", ".cache", ".ci", "README.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "setup.py")
READ += ("parity_tests/wrong",)
# Where the code is that Numba compiles.
COMPILED = ("scratch/compiling/", "scratch/jit/", "scratch/inputs/wire/")


class FirstFailure:
    """A pytest plugin that remembers the first test that failed, or the file that could not be imported."""

    test = None

    def pytest_runtest_logreport(self, report):
        if report.failed and self.test is None:
            self.test = report.nodeid

    pytest_collectreport = pytest_runtest_logreport


class Copies:
    """Copies of the project to plant faults in, one fault at a time in each, so that few have to be made."""

    def __init__(self):
        self.free = []
        # Every process imports hundreds of files, of which one is another: none else is compiled a second time.
        for package in PACKAGES:
            compileall.compile_dir(ROOT / package, rx=re.compile("/wrong/"), quiet=2)

    @contextlib.contextmanager
    def with_fault(self, fault):
        """Lend a copy with the fault in it. ``ValueError``: it cannot be planted."""
        planted = fault.planted((ROOT / fault.path).read_text(encoding="utf-8"))
        # A test that compiles keeps that in its copy, where the next fault would meet it.
        copy = Copy() if fault.compiled or not self.free else self.free.pop()
        path = copy.path / fault.path
        path.write_text(planted, encoding="utf-8")
        try:
            yield copy.path
        finally:
            copy_source(ROOT / fault.path, path)
            # What a test left there shall meet no other fault.
            if copy.is_whole() and not fault.compiled:
                self.free.append(copy)
            else:
                copy.folder.cleanup()


class Copy:
    """A copy of the project in a folder of its own, and how all that is in it looks."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        copy_project(self.path)
        self.looks = self.look()

    def look(self):
        found = {}
        for folder, _, files in os.walk(self.path):
            for file in files:
                status = os.lstat(path := os.path.join(folder, file))
                found[path] = status.st_mtime_ns, status.st_size
        return found

    def is_whole(self):
        return self.look() == self.looks


def copy_project(folder):
    """Copy the project to ``folder``, without what Numba compiled, which it would trust although a source differs."""
    for package in PACKAGES:
        ignore = shutil.ignore_patterns("wrong", "*.nbc")
        shutil.copytree(ROOT / package, folder / package, ignore=ignore, copy_function=copy_source)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (ROOT / ".cache").mkdir(exist_ok=True)
    for name in READ:
        os.symlink(ROOT / name, folder / name)


def copy_source(original, copy):
    """Copy a source, and only point to what Python has compiled: what replaces it replaces the pointer."""
    if Path(original).parent.name == "__pycache__":
        os.symlink(original, copy)
    else:
        shutil.copy2(original, copy)


def enter(folder, uncompiled):
    """Let this process import the project from ``folder``."""
    numba.config.DISABLE_JIT = uncompiled
    # Forget the sound modules, so that the tests import the copy.
    for module in [module for module in sys.modules if module.split(".")[0] in PACKAGES]:
        del sys.modules[module]
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    # What a test starts in a process of its own, a program of examples for one, shall import the copy, too.
    os.environ["PYTHONPATH"] = str(folder)
    # The time and size by which Python knows a source again can be those of another fault in it.
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True


def examine(fault, stages, folder, *plugins):
    """Return ``(verdict, detail, seconds)`` for a fault planted in a folder and lists of tests, one after the other.

    A verdict is "noticed", "survived" or "broken"; the detail is the test that noticed it, or what there is to say.
    """
    started = time.perf_counter()
    # A fault in a kernel is one in its Python, too, and to compile that takes longer than to run it.
    enter(folder, uncompiled=fault.path.startswith(COMPILED) and not fault.compiled)
    output = io.StringIO()
    # A place of its own: where several runs share one, each clears away what others are clearing away.
    with tempfile.TemporaryDirectory() as temporary:
        for tests in stages:
            code, noticing = run(tests, folder, temporary, output, *plugins)
            if noticing:
                break
        os.chdir(ROOT)
    seconds = time.perf_counter() - started
    if code == pytest.ExitCode.OK:
        return "survived", f"{', '.join(tests)} passed", seconds
    if noticing:
        return "noticed", noticing, seconds
    return "broken", output.getvalue()[-2000:], seconds


def run(tests, root, temporary, output, *plugins):
    """Run tests until the first fails; return pytest's exit code and that test. What pytest says goes to ``output``."""
    plugin = FirstFailure()
    # Nobody reads why a test failed, so nothing is prepared for telling it well.
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain", "--tb=line"]
    options += ["--basetemp", str(Path(temporary) / "tests")]
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            code = pytest.main([*options, "--rootdir", str(root), *tests], plugins=[plugin, *plugins])
        except pytest.PytestUnraisableExceptionWarning:
            # Found when all tests had been run, such as a folder that a failed one left open: what they said stands.
            code = pytest.ExitCode.TESTS_FAILED if plugin.test else pytest.ExitCode.OK
    return code, plugin.test


def apart(function):
    """Return what ``function()`` returns in a process of its own, or the code with which that came to an end."""
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    process = fork.Process(target=lambda: sender.send(function()))
    process.start()
    # Now the process has the only end to send from, and if it dies, nobody waits for it.
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        process.join()
        return process.exitcode
