"""``import unrolled``, whatever else is called ``scratch``; and what ``setup.py`` says of itself."""

import re
import runpy
import subprocess
import sys
from types import SimpleNamespace

import unrolled

import pytest

import scratch
from parity_tests.harness import STUCK
from parity_tests.test_examples import ROOT, run, without
from scratch import extras

# One that does not import, and one that is somebody's own.
SHADOWS = ["raise ImportError('not this one')", "BasicLSTMCell = dynamic_rnn = None"]


def run_in(folder, code):
    """Run ``code`` in a folder, with the project on the path behind it."""
    command = [sys.executable, "-W", "error", "-c", code]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=STUCK)


def test_it_is_scratch_name_by_name():
    assert all(getattr(unrolled, name) is getattr(scratch, name) for name in scratch.__all__)
    assert {"dynamic_rnn", "set_num_threads", "__version__"} <= set(dir(unrolled))
    exec("from unrolled import *", names := {})
    assert names["GRUCell"] is scratch.GRUCell
    with pytest.raises(AttributeError, match="module 'unrolled' has no attribute 'LSTM'"):
        _ = unrolled.LSTM


def test_importing_it_alone_imports_nothing_else():
    code = "import sys, unrolled as u; u.__version__; hasattr(u, '__wrapped__'); print('scratch' in sys.modules)"
    assert run("-c", code).stdout == "False\n"


@pytest.mark.parametrize("shadow", SHADOWS, ids=["broken", "own"])
def test_a_file_called_scratch_is_passed_by(tmp_path, shadow):
    (tmp_path / "scratch.py").write_text(shadow)
    done = run_in(tmp_path, "import unrolled; from unrolled import GRUCell; import scratch; print(scratch.GRUCell(3))")
    assert done.stdout == f"{scratch.GRUCell(3)!r}\n", done.stderr
    # Also where that file is the very program that runs.
    (tmp_path / "scratch.py").write_text("import unrolled\nprint(unrolled.GRUCell(3).num_units)\n")
    done = run_in(tmp_path, "import runpy; runpy.run_path('scratch.py', run_name='__main__')")
    assert done.stdout == "3\n", done.stderr


def test_another_scratch_that_is_in_use_is_not_replaced(tmp_path):
    (tmp_path / "scratch.py").write_text("mine = 1")
    done = run_in(tmp_path, "import scratch, unrolled; unrolled.GRUCell")
    assert done.returncode == 1
    assert "unrolled needs its own package scratch" in done.stderr
    assert f"imported before, {tmp_path / 'scratch.py'}: import unrolled first, or rename that file" in done.stderr


def test_a_scratch_that_cannot_be_imported_is_not_half_there(tmp_path):
    code = """
import sys
sys.modules["numpy"] = None
import unrolled
for _ in range(2):
    try:
        unrolled.GRUCell
    except ImportError as error:
        print(error.name, "scratch" in sys.modules)
"""
    assert run_in(tmp_path, code).stdout == "numpy False\nnumpy False\n"


def test_python_m_unrolled_says_what_there_is(tmp_path):
    done = run("-m", "unrolled", **without(tmp_path, "torch", "matplotlib"))
    assert done.returncode == 0, done.stderr
    said = re.sub(" +", " ", done.stdout)
    programs = [path.name for path in (ROOT / "examples").glob("*.py") if '__name__ == "__main__"' in path.read_text()]
    assert len(programs) >= 13
    words = [f"Unrolled {unrolled.__version__}, Python 3.", "make test", "docs", "parity_tests", "tf_impl", "numpy "]
    for word in words + [f"examples/{name} " for name in programs]:
        assert word in said
    assert re.search('bench without .*torch.*: pip install -e "[.]\\[bench]"', said)
    assert re.search('plot without .*matplotlib.*: pip install -e "[.]\\[plot]"', said)
    assert run("-m", "unrolled", "--version").stdout == f"{unrolled.__version__}\n"


def test_what_is_missing_is_had_by_another_command_in_a_checkout(tmp_path, monkeypatch):
    here = f'pip install -e "{ROOT}[tf]"'
    monkeypatch.chdir(tmp_path)
    assert extras.lacking("this needs", "tf_keras") == f"this needs tf-keras, which is in the extra 'tf': {here}"
    assert extras.how_to_install("tf", tmp_path) == 'pip install "unrolled[tf]"'
    monkeypatch.chdir(ROOT)
    assert extras.lacking("this needs", "keras").endswith('in the extra \'tf\': pip install -e ".[tf]"')
    assert extras.lacking("this needs", "h5py") == "this needs h5py: pip install h5py"


def test_setup_has_the_version_the_packages_and_the_extras(monkeypatch):
    said = {}
    find_packages = lambda include: include  # noqa: E731
    fake = SimpleNamespace(setup=lambda **options: said.update(options), find_packages=find_packages)
    monkeypatch.setitem(sys.modules, "setuptools", fake)
    runpy.run_path(str(ROOT / "setup.py"))
    assert said["version"] == unrolled.__version__
    assert "unrolled*" in said["packages"]
    found = {extra: [re.split("[>=]", need)[0] for need in needs] for extra, needs in said["extras_require"].items()}
    known = extras.EXTRAS.items()
    assert found == {extra: [extras.PACKAGES.get(module, module) for module in modules] for extra, modules in known}
