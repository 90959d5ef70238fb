"""Submissions that do what no solution does are marked as what they are, and touch nothing outside their process."""

import pytest

from parity_tests.grade.batch import graded
from parity_tests.grade.course import ROOT, SOLUTIONS
from parity_tests.grade.grading import grade_file
from parity_tests.grade.sandbox import Limits

RIGHT = (SOLUTIONS / "flatten_time.py").read_text(encoding="utf-8")
LIMITS = Limits(seconds=1)
# What stands below the solution, and what the report must say.
DEEDS = {
    "endless loop": ("while True:\n    pass", "does not come to an end"),
    "exit": ("raise SystemExit(0)", "calls exit in line"),
    "the end of the process": ("import os\nos._exit(0)", "ended the whole process, with status 0"),
    "a signal": ("import os\nos.kill(os.getpid(), 9)", "refused os.kill"),
    "deleting a file": ("import os\nos.remove({victim!r})", "refused os.remove"),
    "deleting a folder": ("import shutil\nshutil.rmtree({folder!r})", "refused shutil.rmtree"),
    "renaming": ("import os\nos.rename({victim!r}, {victim!r} + 'x')", "refused os.rename"),
    "writing a file": ("open({victim!r}, 'w')", "to write"),
    "writing, and hiding it": ("try:\n    open({victim!r}, 'w')\nexcept BaseException:\n    pass", "to write"),
    "a gigabyte of text": ("while True:\n    print('x' * 10**6)", "prints without end"),
    "scratch": ("import scratch", "importing scratch, which holds the answers"),
    "the solutions": ("from parity_tests.solutions import lstm", "importing parity_tests, which holds the answers"),
    "reading the solutions": ("open({solution!r}).read()", "which holds the answers"),
    "TensorFlow": ("import tensorflow", "importing tensorflow: an exercise is solved with NumPy alone"),
    "many processes": ("import os\nwhile True:\n    os.fork()", "refused os.fork"),
    "another program": ("import subprocess\nsubprocess.run(['touch', {victim!r}])", "refused subprocess.Popen"),
    "the network": ("import socket\nsocket.create_connection(('127.0.0.1', 9))", "refused socket"),
    "too much memory": ("np.zeros(10**12)", "MemoryError"),
    "no end of depth": ("def deep():\n    deep()\ndeep()", "RecursionError"),
    "no Python": ("this is no Python", "SyntaxError"),
    "memory of C": ("import ctypes\nctypes.string_at(0)", "ctypes"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_is_named_and_nothing_is_touched(tmp_path, deed):
    code, said = DEEDS[deed]
    folder = tmp_path / "kept"
    folder.mkdir()
    victim = folder / "victim.txt"
    victim.write_text("here", encoding="utf-8")
    solution = str(ROOT / "parity_tests" / "solutions" / "lstm.py")
    file = tmp_path / "flatten_time.py"
    written = code.format(victim=str(victim), folder=str(folder), solution=solution)
    file.write_text(f"{RIGHT}\n{written}\n", encoding="utf-8")
    report = grade_file(file, LIMITS)
    assert not report.right
    assert report.points == 0
    assert said in " ".join(report.trouble)
    assert victim.read_text(encoding="utf-8") == "here"
    assert [path.name for path in folder.iterdir()] == ["victim.txt"]


def test_a_function_that_does_not_end_takes_no_other_with_it(tmp_path):
    file = tmp_path / "flatten_time.py"
    file.write_text(
        RIGHT.replace("return flat.reshape", "while True:\n        pass\n    return flat.reshape"), encoding="utf-8"
    )
    first, second, third = grade_file(file, LIMITS).verdicts
    assert (first.status, second.status, third.status) == ("right", "stopped", "stopped")
    assert "endless loop" in second.findings[0].says[0]
    assert "not reached" in third.findings[0].says[0]


def test_the_grader_goes_on_with_the_next(tmp_path):
    for name, code in {"a": "import os\nos._exit(3)", "b": "", "c": "print('x' * 10**9)"}.items():
        (tmp_path / f"{name}.py").write_text(f"{RIGHT}\n{code}\n", encoding="utf-8")
    (tmp_path / "d.py").write_text("nothing = 1\n", encoding="utf-8")
    reports = graded(sorted(tmp_path.glob("*.py")), LIMITS)
    assert [report.right for report in reports] == [False, True, False, False]
    assert "defines no function of an exercise" in reports[3].trouble[0]


def test_what_is_printed_is_shown(tmp_path):
    file = tmp_path / "flatten_time.py"
    file.write_text(RIGHT + "\nprint('so far so good')\n", encoding="utf-8")
    report = grade_file(file, LIMITS)
    assert report.right
    assert report.printed == "so far so good\n"
