"""The vectors written by several processes: the same files, every one of them."""

import hashlib

import pytest

from parity_tests.vectors.__main__ import main

CHOSEN = "BasicRNNCell0-reverse-lengths-given"


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_two_processes_write_what_one_does(tmp_path, capsys):
    for processes in ("1", "2"):
        assert main([str(tmp_path / processes), "--only", CHOSEN, "--processes", processes]) == 0
        assert f"2 cases, 2 of them as ONNX folders: {tmp_path / processes}\n" in capsys.readouterr().out
    one, two = digests(tmp_path / "1"), digests(tmp_path / "2")
    assert one == two
    assert {f"{CHOSEN}-float{bits}.{end}" for bits in (32, 64) for end in ("npz", "json")} <= one.keys()
    assert f"onnx/test_{CHOSEN}-float32/model.onnx" in one


def test_no_process_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path / "new"), "--processes", "0"])
    assert "--processes must be at least 1, but is 0" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
