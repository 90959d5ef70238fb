"""What every program says to wrong flags and files, run in this process: ``parity_tests/attack/programs.py``."""

import char_lm
import pytest

from parity_tests.attack import programs
from parity_tests.attack._counts import BAD
from parity_tests.test_programs import PROGRAMS


def test_every_program_has_its_row():
    assert programs.PROGRAMS.keys() == PROGRAMS.keys()


def test_a_temperature_is_refused_before_the_training(tmp_path, monkeypatch):
    def refuse(*_):
        raise AssertionError("it trained")

    programs.make_files(tmp_path)
    monkeypatch.setattr(char_lm, "train", refuse)
    for value in ("0", "-1"):
        found = programs.told("char_lm", ("text", "--temperature", value), tmp_path)
        assert found[1].endswith(f"--temperature must be greater than 0, but is {float(value)}")


@pytest.mark.parametrize("name", programs.PROGRAMS)
def test_what_is_wrong_is_said_in_a_line(tmp_path, name):
    programs.make_files(tmp_path)
    found = [(arguments, programs.told(name, arguments, tmp_path)) for arguments in programs.cases(name)]
    assert [case for case in found if case[1][0] in BAD] == []
    assert {path.name for path in tmp_path.iterdir()} <= {"bytes", "file", "text", "folder", "pipe", "out"}
