"""Before any test: calls of scratch are held to their signatures. And the site, built once for all tests."""

import fcntl
import os
import subprocess
import sys

import pytest

# JAX, where it is imported, would choose another level, for every process that a test starts as well.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# First, because what is imported before it is not checked.
from parity_tests import signatures  # noqa: F401
from parity_tests.harness import STUCK


@pytest.fixture(scope="session")
def site(tmp_path_factory, pytestconfig):
    """The folder of the built site: what ``make docs`` makes. All processes of a test run share it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    built = folder / "site"
    with (folder / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            unfinished = folder / "site.unfinished"
            command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--quiet", "-b", "html", "docs", unfinished]
            done = subprocess.run(command, cwd=pytestconfig.rootpath, capture_output=True, text=True, timeout=STUCK)
            assert done.returncode == 0, done.stderr
            unfinished.rename(built)
    return built
