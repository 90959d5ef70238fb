"""What the project promises of itself: the arrows between its folders, its README, and the harness's own verdicts."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import scratch
from parity_tests.harness import assert_parity, compare

ROOT = Path(__file__).resolve().parent.parent
# What each folder may import of the project, and of the outside beyond the standard library.
ARROWS = {
    # Of the last three, in extras, sklearn and tensorboard serve one function each, jaxtyping the tests.
    "scratch": {"scratch", "numpy", "numba", "llvmlite", "sklearn", "tensorboard", "jaxtyping"},
    "tf_impl": {"tf_impl", "scratch", "numpy", "tensorflow", "keras", "tf_keras"},
}
STANDARD = {
    "argparse",
    "collections",
    "contextlib",
    "contextvars",
    "copy",
    "ctypes",
    "dataclasses",
    "fcntl",
    "functools",
    "gc",
    "gzip",
    "hashlib",
    "importlib",
    "io",
    "itertools",
    "json",
    "math",
    "numbers",
    "operator",
    "os",
    "pathlib",
    "pickle",
    "platform",
    "queue",
    "re",
    "reprlib",
    "secrets",
    "socket",
    "stat",
    "sys",
    "tempfile",
    "threading",
    "time",
    "typing",
    "uuid",
    "warnings",
    "weakref",
    "zipfile",
    "zlib",
}


def imports(path):
    """Yield the name of every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("package", ARROWS)
def test_arrows_go_one_way(package):
    files = list((ROOT / package).rglob("*.py"))
    assert len(files) > 10
    for path in files:
        tops = {name.split(".")[0] for name in imports(path)}
        assert tops <= ARROWS[package] | STANDARD, f"{path} imports {tops - ARROWS[package] - STANDARD}"


def test_within_scratch_tasks_stand_on_training_training_on_unroll_and_unroll_on_cells():
    order = ["cells", "compiling", "jit", "unroll", "inputs", "training", "tasks"]
    for wing in order:
        for path in (ROOT / "scratch" / wing).glob("*.py"):
            # A program, which no other file imports: it runs all cells, and so unrolls them.
            for name in imports(path) if path.name != "warm_up.py" else ():
                part = name.split(".")[1] if name.startswith("scratch.") else None
                if part in order:
                    assert order.index(part) <= order.index(wing), f"{path} imports {name}"
                    if wing == "inputs":
                        assert part == "inputs", f"inputs stands alone, but {path} imports {name}"


def test_every_idea_has_all_its_rooms():
    for wing in ("cells", "unroll", "inputs", "training", "tasks"):
        for path in (ROOT / "scratch" / wing).glob("[a-z]*.py"):
            for twin in (
                f"tf_impl/{wing}/{path.stem}.py",
                f"parity_tests/{wing}/test_{path.stem}.py",
                f"docs/{wing}/{path.stem}.md",
            ):
                assert (ROOT / twin).exists(), f"{path.relative_to(ROOT)} has no {twin}"


def test_the_readmes_example_runs_and_says_what_it_shows():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    assert len(example.strip().splitlines()) <= 12
    printed = []
    exec(example, {"print": lambda *values: printed.append(" ".join(map(str, values)))})
    promised = re.findall(r"# prints (.*)", example)
    assert promised == printed


def test_the_harness_calls_a_difference_a_difference():
    one = {"kernel": np.array([1.0, -100.0])}
    assert_parity({"kernel": np.array([1.0, -100.0 + 9e-11])}, one)
    for wrong in (np.array([1.0, -100.0 + 1.1e-10]), np.array([np.nan, -100.0])):
        with pytest.raises(AssertionError, match="kernel .* DIFFERS"):
            assert_parity({"kernel": wrong}, one)
    with pytest.raises(AssertionError, match="kernel is float32, but its witness is float64"):
        assert_parity({"kernel": one["kernel"].astype(np.float32)}, one)
    with pytest.raises(AssertionError, match="kernel has shape \\[2\\]|kernel has shape \\(2,\\)"):
        assert_parity(one, {"kernel": np.array([[1.0, -100.0]])})
    with pytest.raises(AssertionError, match="are not"):
        assert_parity({}, one)
    # Where zero is meant, zero is demanded.
    with pytest.raises(AssertionError, match="DIFFERS"):
        assert_parity({"kernel": np.array([0.0, 1e-300])}, {"kernel": np.zeros(2)})
    (difference,) = compare({"kernel": np.array([1.0, np.nextafter(-100, 0)])}, one)
    assert difference.ulps == 1


def test_every_name_that_a_module_hands_out_is_there():
    for module in pkgutil.walk_packages(scratch.__path__, "scratch."):
        found = importlib.import_module(module.name)
        assert [name for name in getattr(found, "__all__", ()) if not hasattr(found, name)] == [], module.name
