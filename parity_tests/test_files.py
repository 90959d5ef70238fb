"""What every writer asks of the system, in which order, and what is left where the system fails in the middle.

Each writer is run with its calls of the system recorded, then once for each of them with that one failing, and once
with the process ending there. Whatever happens, a whole file stands under the name, the old one or the new one.
"""

import errno
import os
import resource
import socket
import stat
import threading
from contextlib import contextmanager, suppress
from functools import partial

import numpy as np
import pytest

from parity_tests.attack._writers import (
    checkpoint,
    manager,
    packed_records,
    plain_text,
    read,
    records,
    shards,
    visible,
)
from parity_tests.harness import STUCK
from scratch import CheckpointManager, TFRecordWriter, files, read_tfrecord, save_checkpoint
from scratch.files import written_whole

CALLS = ("open", "fsync", "replace", "unlink")


# Those that write whole files and nothing else: an event file grows, and a picture takes long to draw.
WRITERS = [plain_text, checkpoint, manager, records, packed_records, shards]
every_writer = pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)


@contextmanager
def watched(monkeypatch, happen):
    """Call ``happen(call, arguments)`` before every call of the system that changes a folder or waits for a disk."""

    def call(name, plain, *arguments, **options):
        happen(name, arguments)
        return plain(*arguments, **options)

    with monkeypatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, partial(call, name, getattr(os, name)))
        yield


@every_writer
def test_data_is_on_the_disk_before_its_name_and_the_name_before_the_old_file_goes(tmp_path, monkeypatch, write):
    write(tmp_path, 1)
    before, synced, events = visible(tmp_path), {}, []

    def happen(call, arguments):
        if call == "fsync":
            found = os.fstat(arguments[0])
            synced[found.st_ino] = found.st_size
            events.append("folder" if stat.S_ISDIR(found.st_mode) else "file")
        elif call == "replace":
            source = os.stat(arguments[0])
            assert synced.get(source.st_ino) == source.st_size > 0, "renamed before all of it was on the disk"
            assert visible(tmp_path).keys() >= before.keys(), "the old file was gone before the new one was there"
            events.append("replace")
        elif call == "unlink" and not os.path.basename(arguments[0]).startswith("."):
            events.append("unlink")

    with watched(monkeypatch, happen):
        write(tmp_path, 2)
    times = 2 if write is shards else 1
    assert events == ["file", "replace", "folder"] * times + ["unlink"] * (write is manager)
    assert set(visible(tmp_path).values()) == {2}


def count_calls(folder, monkeypatch, write):
    calls = []
    folder.mkdir()
    write(folder, 1)
    with watched(monkeypatch, lambda *call: calls.append(call)):
        write(folder, 2)
    return len(calls)


def assert_whole(folder, before):
    """Fail unless every file is whole and everything that was there is there, or newer."""
    found = visible(folder)
    assert set(found.values()) <= {1, 2}
    if len(found) < len(before):
        raise AssertionError(f"{before} became {found}")


@every_writer
def test_a_call_that_fails_leaves_whole_files_and_nothing_else(tmp_path, monkeypatch, write):
    for failing in range(count_calls(tmp_path / "counted", monkeypatch, write)):
        folder, calls = tmp_path / str(failing), []
        folder.mkdir()
        write(folder, 1)
        before = visible(folder)

        def happen(*call, calls=calls, failing=failing):
            calls.append(call)
            if len(calls) == failing + 1:
                raise OSError(errno.ENOSPC, "the disk is full")

        with watched(monkeypatch, happen), pytest.raises(OSError, match="the disk is full"):
            write(folder, 2)
        assert_whole(folder, before)
        if calls[failing][0] != "unlink":
            assert not list(folder.glob(".*"))
        # Nothing stands in the way of trying again.
        write(folder, 3 if max(visible(folder).values()) == 2 else 2)


@every_writer
def test_a_disk_that_is_full_leaves_the_old_file(tmp_path, write):
    write(tmp_path, 1)
    before = visible(tmp_path)
    plain = resource.getrlimit(resource.RLIMIT_FSIZE)
    for most in (0, 1, 20):
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, plain[1]))
        try:
            with pytest.raises(OSError, match="File too large"):
                write(tmp_path, 2)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, plain)
        assert visible(tmp_path) == before
        assert not list(tmp_path.glob(".*"))


# From Python 3.12 on, a warning says that a thread might hold a lock; the child starts no thread and only writes files.
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@every_writer
def test_a_process_that_ends_at_any_call_leaves_whole_files(tmp_path, monkeypatch, write):
    for last in range(count_calls(tmp_path / "counted", monkeypatch, write)):
        folder, calls = tmp_path / str(last), []
        folder.mkdir()
        write(folder, 1)
        before = visible(folder)

        def happen(*call, calls=calls, last=last):
            calls.append(call)
            if len(calls) == last + 1:
                os._exit(0)

        child = os.fork()
        if child == 0:
            with suppress(BaseException), watched(monkeypatch, happen):
                write(folder, 2)
            os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        assert_whole(folder, before)
        # Of what it left, nothing is taken for a file, and a manager clears it away.
        CheckpointManager(folder)
        assert not list(folder.glob(".model.ckpt-*"))
        write(folder, 3 if max(visible(folder).values()) == 2 else 2)


@every_writer
def test_one_path_written_by_two_at_a_time_holds_what_one_of_them_wrote(tmp_path, monkeypatch, write):
    """At each call of the first, the second writes its file from the beginning to the end."""
    for moment in range(count_calls(tmp_path / "counted", monkeypatch, write)):
        folder, calls = tmp_path / str(moment), []
        folder.mkdir()

        def happen(*call, calls=calls, moment=moment, folder=folder):
            calls.append(call)
            if len(calls) == moment + 1:
                write(folder, 5)

        with watched(monkeypatch, happen):
            write(folder, 4)
        assert set(visible(folder).values()) <= {4, 5}
        assert not list(folder.glob(".*"))


def test_threads_that_write_one_path_at_once(tmp_path):
    meeting = threading.Barrier(4)

    def write(number):
        for _ in range(20):
            meeting.wait(STUCK)
            checkpoint(tmp_path, number)
            read(tmp_path / "run.npz")
        done.append(number)

    done = []
    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [0, 1, 2, 3]
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_a_second_manager_leaves_alone_what_the_first_is_writing(tmp_path, monkeypatch):
    left = tmp_path / ".model.ckpt-3.99.partial.npz"
    left.write_bytes(b"half")
    first, looked = CheckpointManager(tmp_path), []
    assert not left.exists()

    def happen(call, arguments):
        if call in ("fsync", "replace"):
            CheckpointManager(tmp_path)
            looked.append(call)

    with watched(monkeypatch, happen):
        first.save(5, {"numbers": np.full(7, 5)})
    assert looked == ["fsync", "replace", "fsync"]
    assert visible(tmp_path) == {"model.ckpt-5.npz": 5}


def test_an_unfinished_file_that_another_removed_before_it_was_locked_is_begun_anew(tmp_path, monkeypatch):
    plain, taken = files.lock, []

    def removed_first(held):
        if not taken:
            (path,) = tmp_path.glob(".*")
            taken.append(path)
            path.unlink()
        return plain(held)

    monkeypatch.setattr(files, "lock", removed_first)
    with written_whole(tmp_path / "file.txt") as path:
        assert path not in taken
        assert len(taken) == 1
        path.write_text("text")
        files.remove_unfinished(path)
        assert path.exists(), "the file is not locked"
    # What is gone already is removed.
    files.remove_unfinished(path)


def test_an_unfinished_file_that_another_has_locked_is_left_to_it(tmp_path, monkeypatch):
    plain, taken = files.lock, []

    def locked_by_another_first(held):
        if not taken:
            taken.extend(tmp_path.glob(".*"))
            return False
        return plain(held)

    monkeypatch.setattr(files, "lock", locked_by_another_first)
    with written_whole(tmp_path / "file.txt") as path:
        assert len(taken) == 1
        assert path not in taken
        path.write_text("text")


@pytest.mark.parametrize("answer", [BlockingIOError, PermissionError])
def test_where_files_have_no_locks_nothing_is_removed(tmp_path, monkeypatch, answer):
    left = tmp_path / ".model.ckpt-3.99.partial.npz"
    left.write_bytes(b"half")

    def refuse(*arguments):
        raise answer

    with monkeypatch.context() as patch:
        patch.setattr(files.fcntl, "flock", refuse)
        CheckpointManager(tmp_path)
        assert left.exists()
        if answer is PermissionError:
            plain_text(tmp_path, 5)
    with monkeypatch.context() as patch:
        patch.setattr(files, "fcntl", None)
        CheckpointManager(tmp_path)
        assert left.exists()
        plain_text(tmp_path, 6)
    CheckpointManager(tmp_path)
    assert visible(tmp_path) == {"plain.txt": 6} or answer is BlockingIOError
    assert not left.exists()


def test_what_is_no_file_is_refused_and_stays(tmp_path):
    kinds = {"pipe": os.mkfifo, "folder": os.mkdir, "device": lambda path: path.symlink_to(os.devnull)}
    listening = socket.socket(socket.AF_UNIX)
    kinds["socket"] = lambda path: listening.bind(str(path))
    for kind, make in kinds.items():
        path = tmp_path / kind
        make(path)
        before = os.lstat(path)
        for write in (lambda path: save_checkpoint(path, {}), lambda path: TFRecordWriter(path).__enter__()):
            with pytest.raises(FileExistsError, match=f"must be a file, or not be there yet, but is a {kind}"):
                write(path)
        assert os.lstat(path) == before
        assert not list(tmp_path.glob(".*"))
    listening.close()


def test_of_a_link_what_it_points_to_is_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "file.txt", tmp_path / "plain.txt"
    link.symlink_to(target)
    for number in (1, 2):
        plain_text(tmp_path, number)
        assert link.is_symlink()
        assert read(target) == number
    assert len(list((tmp_path / "folder").iterdir())) == 1


@pytest.mark.parametrize(("mask", "mode"), [(0o027, 0o640), (0o022, 0o644), (0, 0o666)])
def test_a_new_file_may_be_read_by_whom_the_user_lets(tmp_path, mask, mode):
    before = os.umask(mask)
    try:
        plain_text(tmp_path, 1)
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.stat(tmp_path / "plain.txt").st_mode) == mode


def test_a_name_may_be_as_long_as_the_system_lets_it(tmp_path):
    for name in ("n" * 251 + ".txt", "ü" * 125 + ".txt"):
        with written_whole(tmp_path / name) as path:
            assert path.suffix == ".txt"
            path.write_text("text")
        assert (tmp_path / name).read_text() == "text"


def test_a_folder_that_is_not_there_is_named_and_the_writer_is_as_new(tmp_path):
    writer = TFRecordWriter(tmp_path / "folder" / "records")
    with pytest.raises(FileNotFoundError, match="folder"):
        writer.__enter__()
    (tmp_path / "folder").mkdir()
    with writer:
        writer.write(b"a")
    assert list(read_tfrecord(tmp_path / "folder" / "records")) == [b"a"]
