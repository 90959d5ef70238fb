"""Every call of every writer that fails, and every one with which the process ends: ``parity_tests/attack``."""

import errno

import pytest

from parity_tests.attack import kills, writes
from parity_tests.attack._writers import WRITERS, lost
from scratch import files

every_writer = pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)


@every_writer
def test_a_call_that_fails_leaves_what_was_there(tmp_path, write):
    calls = writes.count_calls(write, tmp_path / "folder")
    assert calls >= 6
    found = [writes.failed(write, tmp_path / "folder", number, errno.ENOSPC) for number in range(calls)]
    assert [told for told in found if told != ("refused", "")] == []


# From Python 3.12 on, a warning says that a thread might hold a lock; the child starts no thread and only writes files.
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@every_writer
def test_a_process_killed_at_a_call_leaves_what_was_there(tmp_path, write):
    for number in range(writes.count_calls(write, tmp_path / "folder")):
        assert kills.killed(write, tmp_path / "folder", number) == ("right", "")


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_what_is_written_in_place_is_noticed(tmp_path, monkeypatch):
    """The attack itself: a writer that opens the file under its own name loses it."""

    def in_place(folder, number):
        (folder / "plain.txt").write_text(f"number {number} " * 999)

    found = [writes.failed(in_place, tmp_path / "folder", number, errno.EIO)[0] for number in range(2)]
    assert "lost" in found
    assert "lost" in [kills.killed(in_place, tmp_path / "folder", number)[0] for number in range(2)]


def test_what_is_lost():
    assert lost({"a": 1}, {"a": 2}) == ""
    assert lost({"model.ckpt-1": 1}, {"model.ckpt-2": 2}) == ""
    assert lost({"a": 1}, {"a": 3}) == "other numbers: {'a': 3}"
    assert lost({"a": 1}, {}) == "{'a'} gone"


def test_a_text_is_written_whole_in_utf_8(tmp_path):
    files.write_text(tmp_path / "text", "é\n")
    assert (tmp_path / "text").read_bytes() == b"\xc3\xa9\n"
    with pytest.raises(UnicodeEncodeError):
        files.write_text(tmp_path / "text", "\ud800")
    assert (tmp_path / "text").read_bytes() == b"\xc3\xa9\n"
    assert len(list(tmp_path.iterdir())) == 1
