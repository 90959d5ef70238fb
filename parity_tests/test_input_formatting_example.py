"""``examples/input_formatting.py``, run as a user runs it."""

import importlib.util

import numpy as np
import pytest

import tf_impl
from parity_tests.test_examples import ROOT, run

PROGRAM = "examples/input_formatting.py"


def test_the_walk_agrees_and_writes_its_picture(tmp_path):
    done = run(PROGRAM, "--out", tmp_path / "new" / "folder", COLUMNS="140")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    for words in (
        "[ 4  5  6  7]",
        "[ 1  4  7 10]",
        "Row-major, 9 of 9 numbers stand right of the one before them; column-major, 0.",
        "2 of 12 meet their own label",
        "steps of padding before",
        "Ours and TensorFlow's are one: 17 results",
    ):
        assert words in done.stdout
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == ["input_formatting.png"]
    assert (tmp_path / "new" / "folder" / "input_formatting.png").read_bytes().startswith(b"\x89PNG")


def test_it_ends_non_zero_where_the_two_sides_differ(tmp_path, monkeypatch, capsys):
    spec = importlib.util.spec_from_file_location("input_formatting", ROOT / PROGRAM)
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    sound = tf_impl.sequence_mask
    monkeypatch.setattr(tf_impl, "sequence_mask", lambda *args, **options: 1 - sound(*args, **options))
    assert program.main(["--out", str(tmp_path)]) == 1
    assert "Ours and TensorFlow's differ: mask." in capsys.readouterr().out
    assert program.neighbours_kept(np.array([[0, 1, 3], [4, 5, 6]])) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--seed", "-1"), "--seed must be at least 0, but is -1"), (("--seed", "x"), "invalid int value: 'x'")],
)
def test_it_refuses_bad_arguments(arguments, words):
    done = run(PROGRAM, *arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_it_refuses_a_folder_it_cannot_write_to(tmp_path):
    (tmp_path / "file").write_text("kept")
    done = run(PROGRAM, "--out", tmp_path / "file")
    assert done.returncode == 2
    assert "cannot be written to" in done.stderr
    assert done.stdout == ""
