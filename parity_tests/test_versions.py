"""The versions that setup.py allows, and those that ``make test-versions`` tries."""

import subprocess
import sys

import pytest

from parity_tests import versions
from parity_tests.test_examples import ROOT


def test_what_is_tried_is_what_setup_allows():
    assert versions.PYTHONS == ["3.11", "3.12", "3.13"]
    assert 'python_requires=">=3.11,<3.14"' in versions.SETUP
    for python in versions.PYTHONS:
        numpy = "numpy==2.1.*" if python == "3.13" else "numpy==2.0.*"
        assert versions.asked_for(python, "oldest") == [numpy, "numba==0.61.*"]
        assert versions.asked_for(python, "newest") == []
    assert all((ROOT / tests).is_dir() for tests in versions.TESTS)


def test_a_python_is_known_by_what_it_says_of_itself(tmp_path, monkeypatch):
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert versions.find(own) is None
    (tmp_path / f"python{own}").symlink_to(sys.executable)
    (tmp_path / "python3.99").symlink_to(sys.executable)
    assert versions.find(own) == str(tmp_path / f"python{own}")
    assert versions.find("3.99") is None


def test_none_of_the_pythons_is_no_success(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert versions.main([]) == "No Python was found."
    assert capsys.readouterr().out.count("there is no python3.1") == 6


@pytest.mark.parametrize("code", [0, 1])
def test_tests_that_fail_are_named(monkeypatch, code):
    done = subprocess.CompletedProcess([], code, stdout="NumPy 2")
    monkeypatch.setattr(versions, "find", lambda python: sys.executable)
    monkeypatch.setattr(versions, "environment_of", lambda *name: sys.executable)
    monkeypatch.setattr(versions.subprocess, "run", lambda *arguments, **options: done)
    assert versions.main(["--only", "3.12-oldest"]) == (code and "Tests failed with 3.12-oldest.")
