"""Ctrl-C in programs at calls in the middle of their work: ``parity_tests/attack/interrupts.py``."""

import numpy as np
import pytest
import worksheet

from parity_tests.attack import interrupts
from scratch import load_checkpoint

# From Python 3.12 on, a warning says that a thread might hold a lock; the child starts no thread of its own.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.mark.parametrize("name", ["char_lm", "worksheet"])
def test_ctrl_c_takes_a_line(tmp_path, name):
    interrupts.make_text(tmp_path)
    calls, status, errors = interrupts.told(name, tmp_path)
    assert status in (0, None)
    assert errors == ""
    for place in (1, calls // 3, calls * 2 // 3, calls):
        assert interrupts.verdict_on(name, tmp_path, place) == ("right", "")


def test_what_was_reached_is_gone_on_from_bit_for_bit(tmp_path, monkeypatch):
    # A text long enough for its training to be most of the calls.
    (tmp_path / "text").write_text("anything at all. " * 1000)
    saved = tmp_path / "out" / "char_lm.npz"
    calls, _, _ = interrupts.told("char_lm", tmp_path)
    expected = load_checkpoint(saved)
    saved.unlink()
    # In the second of two epochs.
    _, status, errors = interrupts.told("char_lm", tmp_path, calls * 5 // 8)
    assert status == 130
    assert errors.endswith("the same command with --resume goes on after the last epoch that was done\n")
    assert load_checkpoint(saved)["epoch"] == 1
    monkeypatch.setitem(interrupts.PROGRAMS, "char_lm", (*interrupts.PROGRAMS["char_lm"], "--resume"))
    assert interrupts.told("char_lm", tmp_path)[1] is None
    found = load_checkpoint(saved)
    assert found.keys() == expected.keys()
    assert all(np.array_equal(found[name], expected[name]) for name in expected)


def test_the_attack_itself(tmp_path, monkeypatch):
    def careless(arguments):
        try:
            return int(any(number > 10 for number in map(len, ["a"] * 9)))
        except KeyboardInterrupt:
            return 3

    def torn(arguments):
        (tmp_path / "run.npz").write_bytes(b"PK")
        return 0

    def fails(arguments):
        raise ZeroDivisionError("by nothing")

    for main, verdict, words in (
        (careless, "wrong", "3: []"),
        (torn, "lost", "run.npz"),
        (fails, "wrong", "by nothing"),
    ):
        monkeypatch.setattr(worksheet, "main", main)
        found = interrupts.verdict_on("worksheet", tmp_path, 2 if main is careless else 0)
        assert found[0] == verdict
        assert words in found[1]
