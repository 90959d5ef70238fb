"""The programs in ``examples/``, run as a user runs them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from parity_tests.harness import STUCK

ROOT = Path(__file__).resolve().parent.parent


def run(*arguments, **environment):
    """Run a program and return what became of it, without the lines that say that compiling takes long."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=STUCK,
    )
    lines = done.stderr.splitlines(keepends=True)
    done.stderr = "".join(line for line in lines if not line.startswith("unrolled: compil"))
    return done


def test_echo_on_one_engine_writes_its_picture(tmp_path):
    done = run("examples/echo.py", "--part", 2, "--epochs", 1, "--out", tmp_path / "new" / "folder")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "numpy" in done.stdout
    assert "666" in done.stdout
    picture = tmp_path / "new" / "folder" / "part2.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in picture.parent.iterdir()] == ["part2.png"]


def test_echo_on_all_engines_compares_them(tmp_path):
    done = run("examples/echo.py", "--part", 3, "--epochs", 1, "--engine", "all", "--graph", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for words in ("tensorflow", "numpy", "numba", "tf, nudged", "The curves are one", "limit 1e-09"):
        assert words in done.stdout
    assert f"tensorboard --logdir {tmp_path / 'graph'}" in done.stdout.replace("\n", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graph", "part3.png", "part3_engines.png"]
    events = sorted(path.relative_to(tmp_path / "graph").parts[0] for path in tmp_path.rglob("events.*"))
    assert events == ["numba", "numpy", "tensorflow"]


def test_echo_ends_non_zero_where_the_curves_part(tmp_path):
    """Seed 5 of part 1 trains through a phase that magnifies rounding until not even TensorFlow agrees with itself."""
    done = run("examples/echo.py", "--part", 1, "--seed", 5, "--engine", "all", "--out", tmp_path)
    assert done.returncode == 1, done.stdout
    assert "The curves part" in done.stdout
    assert "So does TensorFlow from itself" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--epochs", "0"), "--epochs must be at least 1, but is 0"),
        (("--epochs", str(2**62)), f"--epochs must be at most 1000000000, but is {2**62}"),
        (("--seed", "-1"), "--seed must be at least 0, but is -1"),
        (("--part", "7"), "invalid choice: 7"),
        (("--engine", "torch"), "invalid choice: 'torch'"),
    ],
)
def test_echo_refuses_bad_arguments(arguments, words):
    done = run("examples/echo.py", *arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_echo_refuses_a_folder_it_cannot_write_to_before_it_trains(tmp_path):
    (tmp_path / "file").write_text("kept")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        done = run("examples/echo.py", "--out", folder)
        assert done.returncode == 2
        assert "cannot be written to" in done.stderr
        assert done.stdout == ""
    assert (tmp_path / "file").read_text() == "kept"


def test_echo_runs_in_a_terminal_that_knows_only_ascii(tmp_path):
    done = run("examples/echo.py", "--part", 2, "--epochs", 1, "--out", tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr


def without(tmp_path, *packages):
    """Return an environment in which these packages cannot be imported, as if they were not installed."""
    (tmp_path / "sitecustomize.py").write_text(
        f"import sys\nfor package in {packages!r}:\n    sys.modules[package] = None\n", encoding="utf-8"
    )
    return before_all(tmp_path)


def before_all(tmp_path):
    """Return an environment in which Python looks into this folder, and then into the project that is tested."""
    return {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}


def test_scratch_needs_no_extra(tmp_path):
    extras = ("tensorflow", "tf_keras", "keras", "matplotlib", "rich", "sklearn", "tensorboard", "pytest")
    environment = without(tmp_path, *extras)
    code = """
import sys
import numpy as np
from scratch import BasicLSTMCell, dynamic_rnn
cell = BasicLSTMCell(4)
params = cell.init_params(np.random.default_rng(0), 3)
for engine in ("numpy", "numba"):
    outputs, state, tape = dynamic_rnn(cell, params, np.zeros((5, 6, 3), np.float32), engine=engine)
assert sys.modules["tensorflow"] is None
"""
    done = run("-c", code, **environment)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", ["tensorflow", "tf_keras"])
def test_a_missing_extra_is_named(tmp_path, missing):
    done = run("examples/echo.py", "--engine", "tensorflow", **without(tmp_path, missing))
    assert done.returncode == 1
    package = missing.replace("_", "-")
    assert f"need {package}, which is in the extra 'tf': pip install -e \".[tf]\"" in done.stderr
    assert "Traceback" not in done.stderr


def test_tf_impl_says_when_tensorflow_was_imported_without_its_cells():
    done = run("-c", "import tensorflow, tf_impl", TF_USE_LEGACY_KERAS="0")
    assert done.returncode == 1
    assert "TF_USE_LEGACY_KERAS=1" in done.stderr
