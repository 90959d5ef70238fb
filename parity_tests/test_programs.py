"""What every program does without its extras, on Ctrl-C, and where nobody reads what it prints."""

import errno
import os
import signal
import subprocess
import sys

import common
from unrolled import program

import drawn_digits
import mnist_common
import mnist_rows
import numpy as np
import plain
import pytest

from parity_tests.harness import STUCK
from parity_tests.test_examples import ROOT, before_all, run, without

EXTRAS = ("tensorflow", "tf_keras", "keras", "torch", "jax", "matplotlib", "rich", "scipy", "sklearn", "tensorboard")
PICTURES, TENSORFLOW = "Left out: the pictures", "Left out: TensorFlow's side"
RECORDS = "Left out: files for TensorBoard"
TRAINED = ("--engine", "numpy", "--units", 8, "--batch-size", 16, "--steps", 2, "--every", 2)
QUICK = ("--rounds", 1, "--patience", 0, "--threads", 1)
# Arguments that make each of them quick, and what it says all the same.
PROGRAMS = {
    "benchmark": (
        ("--workload", "W1", "--peers", "numpy", "tf1-block", "--no-cold", *QUICK),
        ["tf1-block: not installed (tensorflow, tf_keras: pip install -e", "All agree with the reference", PICTURES],
    ),
    "char_lm": (("README.md", "--epochs", 1, "--units", 8, "--engine", "numpy"), ["saved: "]),
    "distributed": (
        ("--sentences", 160, "--epochs", 12, "--workers", 3, "--check"),
        ["Left out: the processes", "The sum is the gradient of one process", "words held out: ", PICTURES],
    ),
    "echo": (
        ("--part", 2, "--epochs", 1, "--engine", "all"),
        [TENSORFLOW, "off NumPy", "numba", "The curves are one", PICTURES],
    ),
    "input_formatting": ((), [TENSORFLOW, "turned round", "710 saved (71.4%)", PICTURES]),
    "lstm_race": (
        ("--batch", 3, "--steps", 7, "--inputs", 2, "--units", 4, "--peers", "numpy", *QUICK),
        ["1  numpy", "All agreed", PICTURES],
    ),
    "masked_loss": ((), [TENSORFLOW, "2.806157", "Masked padding is at 0.", PICTURES]),
    "mnist_pixels": (TRAINED, ["digits drawn by rule", RECORDS, "numpy", PICTURES]),
    "mnist_rows": (TRAINED, ["digits drawn by rule", RECORDS, "numpy", PICTURES]),
    "run_model": (("--help",), ["run WEIGHTS.npz"]),
    "sequence_records": ((), [TENSORFLOW, "295 bytes", "[4 5 1]", "Ours is what was written", PICTURES]),
    "state_copying": ((), [TENSORFLOW, "state is copied", "static_rnn and dynamic_rnn agree", PICTURES]),
    "text_tagging": (("--engine", "numpy", "--sentences", 300, "--epochs", 12), ["words alone", "ms/step", PICTURES]),
    "worksheet": (("--seed", 17, "--key"), ["sheet 17 (key)", "d_memory", "| h_new |"]),
    "to_the_limit": (
        ("--batch-size", 16, "--num-steps", 7, "--input-size", 8, "--num-units", 16, *QUICK),
        ["Left out: the steps BLAS and vectors", "text book", "ranked", PICTURES],
    ),
}
# These do not draw, and have arguments of their own.
APART = "run_model", "worksheet"
OURS = [name for name in PROGRAMS if name not in APART]
# It imports NumPy alone, nothing of the project: parity_tests/test_one_page.py runs it.
ALONE = ["one_page"]
# Ctrl-C at the moment when NumPy is imported, and what BLAS is told by then.
INTERRUPTED = """
import builtins, os, signal, sys
class Interrupt:
    def find_spec(self, name, path, target=None):
        if name == "numpy":
            print(os.environ.get("OPENBLAS_NUM_THREADS"), flush=True)
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
"""


def test_every_program_is_here():
    programs = [path.stem for path in (ROOT / "examples").glob("*.py") if '__name__ == "__main__"' in path.read_text()]
    # The name that run_model had.
    programs.remove("run_keras_model")
    assert sorted(programs) == sorted([*PROGRAMS, *ALONE])


@pytest.mark.parametrize("name", PROGRAMS)
def test_with_numpy_and_numba_alone_it_does_what_it_can(tmp_path, name):
    arguments, words = PROGRAMS[name]
    out = () if name in APART else ("--out", tmp_path / "out")
    done = run(f"examples/{name}.py", *arguments, *out, **without(tmp_path, *EXTRAS))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    for word in words:
        assert word in done.stdout
    # Each line says how to get what it is about.
    assert all(" pip install " in line for line in done.stdout.splitlines() if line.startswith("Left out: "))


@pytest.mark.parametrize("name", [*PROGRAMS, "parity_tests", "unrolled"])
def test_ctrl_c_while_it_imports_takes_a_line(tmp_path, name):
    (tmp_path / "sitecustomize.py").write_text(INTERRUPTED, encoding="utf-8")
    command = [f"examples/{name}.py"] if name in PROGRAMS else ["-m", name]
    done = run(*command, **before_all(tmp_path))
    assert (done.returncode, done.stderr) == (130, "stopped before the end\n")


@pytest.mark.parametrize("name", PROGRAMS)
def test_blas_is_told_before_numpy_is_imported(tmp_path, name):
    (tmp_path / "sitecustomize.py").write_text(INTERRUPTED, encoding="utf-8")
    if not any(name in os.environ for name in (*common.BLAS_THREADS, common.OF_ALL)):
        assert run(f"examples/{name}.py", **before_all(tmp_path)).stdout == "1\n"


@pytest.mark.parametrize("name", OURS)
def test_an_empty_out_is_refused(name):
    done = run(f"examples/{name}.py", "--out", "")
    assert done.returncode == 2
    assert "argument --out: must name a folder, but is empty" in done.stderr
    assert done.stdout == ""


def run_into(output, *arguments, **environment):
    command = [sys.executable, *map(str, arguments)]
    # What is printed last stays with Python until its end, unless this is set to something.
    environment = {**os.environ, **environment, "PYTHONUNBUFFERED": ""}
    options = {"cwd": ROOT, "env": environment, "stdout": output, "stderr": subprocess.PIPE}
    done = subprocess.run(command, text=True, timeout=STUCK, **options)
    return done.returncode, done.stderr


@pytest.mark.parametrize("missing", [(), ("rich",)], ids=["rich", "plain"])
@pytest.mark.parametrize("arguments", [("--engine", "numpy"), ("--help",)], ids=["tables", "help"])
def test_nobody_reads_the_output(tmp_path, missing, arguments):
    environment = without(tmp_path, *missing, "tensorflow", "matplotlib")
    command = ("examples/state_copying.py", *arguments, *(() if "--help" in arguments else ("--out", tmp_path)))
    reader, writer = os.pipe()
    os.close(reader)
    said = f"the output cannot be written: {os.strerror(errno.EPIPE)}\n"
    assert run_into(writer, *command, **environment) == (141, said)
    os.close(writer)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux's")
@pytest.mark.parametrize("missing", [(), ("rich",)], ids=["rich", "plain"])
def test_there_is_no_room_for_the_output(tmp_path, missing):
    environment = without(tmp_path, *missing, "tensorflow", "matplotlib")
    said = f"the output cannot be written: {os.strerror(errno.ENOSPC)}\n"
    commands = ["examples/state_copying.py", "--out", tmp_path], ["-m", "unrolled"], ["-m", "parity_tests", "-h"]
    with open("/dev/full", "w") as full:
        for command in commands:
            assert run_into(full, *command, **environment) == (1, said)


def test_ctrl_c_in_the_middle_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(mnist_common, "train", interrupted)
    with pytest.raises(SystemExit, match="130"):
        program.end(lambda: mnist_rows.main(["--digits", "--engine", "numpy", "--out", str(tmp_path)]))
    said, shown = "the same command with --resume goes on from the last checkpoint\n", capsys.readouterr()
    assert shown.err == f"stopped before the end: {said}"
    # For one that is killed, and can say nothing, at the start as well.
    assert f"a checkpoint every 250 steps; after Ctrl-C or a kill, {said}" in shown.out


def test_how_a_program_ends(capsys):
    def ends(main):
        with pytest.raises(SystemExit) as ended:
            program.end(main)
        return ended.value.code, capsys.readouterr().err

    def fail(error):
        def main():
            raise error

        return main

    assert ends(lambda: 3) == (3, "")
    assert ends(fail(SystemExit("said"))) == ("said", "")
    assert ends(fail(KeyboardInterrupt())) == (130, "stopped before the end\n")
    assert ends(fail(ImportError("no such package"))) == (1, "no such package\n")
    assert ends(fail(FloatingPointError("the loss is nan at step 7"))) == (1, "the loss is nan at step 7\n")
    assert ends(fail(FileNotFoundError(errno.ENOENT, "No such file", "x"))) == (1, "[Errno 2] No such file: 'x'\n")
    full = OSError(errno.ENOSPC, "No space left", "picture.png")
    assert ends(fail(full)) == (1, f"[Errno {errno.ENOSPC}] No space left: 'picture.png'\n")
    # A fault of the program's own has its traceback.
    with pytest.raises(ZeroDivisionError):
        program.end(fail(ZeroDivisionError()))


def test_ctrl_c_after_the_end_changes_nothing():
    # What is registered first is run last.
    code = "import atexit, os, signal; atexit.register(os.kill, os.getpid(), signal.SIGINT)\n"
    code += "from unrolled import program; program.begin(); program.end(lambda: print('done'))"
    done = run("-c", code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_ctrl_c_that_is_ignored_stays_ignored(monkeypatch):
    kept = signal.getsignal(signal.SIGINT)
    try:
        for handler, then in ((signal.SIG_IGN, signal.SIG_IGN), (signal.default_int_handler, program.stop)):
            signal.signal(signal.SIGINT, handler)
            program.begin()
            assert signal.getsignal(signal.SIGINT) == then
    finally:
        signal.signal(signal.SIGINT, kept)


def test_blas_has_one_thread_unless_the_user_says_otherwise():
    environment = {}
    common.choose_blas_threads(environment)
    assert environment["OPENBLAS_NUM_THREADS"] == environment["MKL_NUM_THREADS"] == "1"
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        common.choose_blas_threads(asked := {name: "4"})
        assert asked == {name: "4"}


def test_plain_tables_and_words(capsys):
    table = plain.Table("name", "[bold]n[/bold]", title="[dim]two[/dim] rows")
    table.add_column("last", no_wrap=True)
    table.add_row("a", "[1 2]\n[3 4]", "[red]no[/red]")
    table.add_row("longer", "7", "")
    console = plain.Console()
    console.print(table)
    console.print("[green]said[/green]", 3, "\\[red]", highlight=False)
    console.print("[green]", markup=False)
    rows = ["two rows", "name    n      last", "------  -----  ----", "a       [1 2]  no", "        [3 4]", "longer  7"]
    assert capsys.readouterr().out.splitlines() == [*rows, "said 3 [red]", "[green]"]


def test_drawn_digits_can_be_told_apart():
    data = drawn_digits.draw_digits()
    assert data.train.images.shape == (1350, 64)
    assert 0 <= data.train.images.min() < data.train.images.max() <= 1
    assert set(data.test.labels) == set(range(10))
    glyphs = drawn_digits.dots()
    assert glyphs.shape == (10, 7, 5)
    apart = np.abs(glyphs[:, None] - glyphs).sum(axis=(2, 3))
    assert apart[~np.eye(10, dtype=bool)].min() >= 3
