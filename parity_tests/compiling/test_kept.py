"""What is kept of compiled code: used again, and given up, with a line, where it is damaged or cannot be kept."""

import errno
import os
from pathlib import Path

import numba
import numpy as np
import pytest
from numba.core import caching

from scratch.compiling import compiler, kept, progress

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")


def double(x):
    return 2 * x


def triple(x):
    return 3 * x


def fill(x):
    x[0] = 7


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return an empty folder where code is kept, in a process that has said nothing yet."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    kept.compile_anew.cache_clear()
    monkeypatch.setattr(kept, "not_kept", {})
    return tmp_path


@pytest.fixture
def names(monkeypatch):
    """Return the names of what is compiled."""
    names, real = [], progress.Report.compiling

    def note(report):
        names.append(report.what[-1])
        return real(report)

    monkeypatch.setattr(progress.Report, "compiling", note)
    return names


def new_process(function, *arguments):
    """Call a function that this process has not compiled yet."""
    return compiler.compiled(function)(*arguments)


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_was_kept_is_not_compiled_again(folder, names, capsys):
    assert [new_process(double, x) for x in (21, 21, 21.0, 21.0)] == [42] * 4
    assert names == ["double", "double"]
    assert len(files(folder)) == 2
    assert capsys.readouterr() == ("", "")


def test_a_kernel_is_kept_like_others(folder, names):
    for _ in range(2):
        array = np.zeros(2)
        compiler.kernel(fill)(array)
        assert array.tolist() == [7, 0]
    assert names == ["fill"]


def damage_by_cutting(path, other):
    os.truncate(path, 0)


def damage_by_one_bit(path, other):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def damage_the_checksum(path, other):
    path.write_bytes(bytes(32) + path.read_bytes()[32:])


def damage_by_the_code_of_another(path, other):
    path.write_bytes(other.read_bytes())


@pytest.mark.parametrize(
    "damage", [damage_by_cutting, damage_by_one_bit, damage_the_checksum, damage_by_the_code_of_another]
)
def test_what_is_damaged_is_compiled_anew_and_said_in_a_line(damage, folder, names, capsys):
    new_process(double, 21)
    (path,) = files(folder)
    new_process(triple, 21)
    (other,) = set(files(folder)) - {path}
    damage(path, other)
    assert new_process(double, 21) == 42
    output, said = capsys.readouterr()
    assert output == ""
    assert said == f"unrolled: {path} is damaged; what is not whole is compiled anew\n"
    # It is whole again.
    assert new_process(double, 21) == 42
    assert names == ["double", "triple", "double"]
    assert capsys.readouterr() == ("", "")


def no_space(*arguments, **options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(("owner", "name"), [(Path, "write_bytes"), (os, "replace"), (os, "makedirs")])
def test_a_full_disk_is_said_in_a_line(owner, name, folder, names, monkeypatch, capsys):
    double_again = compiler.compiled(double)
    with monkeypatch.context() as context:
        context.setattr(owner, name, no_space)
        assert double_again(21) == 42
        assert double_again(21.0) == 42
    assert files(folder) == []
    assert len(kept.not_kept) == 1
    output, said = capsys.readouterr()
    assert output == ""
    assert said.startswith(f"unrolled: compiled code cannot be kept in {folder}")
    assert said.endswith(
        "(No space left on device), so every process compiles anew; "
        "set NUMBA_CACHE_DIR to a folder that can be written to\n"
    )
    assert said.count("\n") == 1
    assert new_process(double, 21) == 42
    assert names == ["double"] * 3


def test_where_there_is_no_folder_it_is_said_when_something_compiles(folder, monkeypatch, capsys):
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    again = compiler.compiled(double)
    assert capsys.readouterr() == ("", "")
    assert again(21) == 42
    output, said = capsys.readouterr()
    assert (output, said.count("\n")) == ("", 1)
    assert "set NUMBA_CACHE_DIR" in said


def test_code_without_a_file_is_compiled_as_well(folder, capsys):
    homeless = eval("lambda x: 2 * x")
    assert compiler.compiled(homeless)(21) == 42
    signature = numba.types.int64(numba.types.int64)
    assert compiler.compiled_address(homeless, signature)


def test_what_other_sources_left_behind_is_deleted_and_what_others_keep_is_not(folder, monkeypatch):
    new_process(double, 21)
    new_process(triple, 21)
    before = files(folder)
    monkeypatch.setattr(kept, "sources", lambda folder: "other sources")
    assert new_process(double, 21) == 42
    after = files(folder)
    assert len(after) == 2
    assert len(set(before) & set(after)) == 1


def test_code_that_checks_bounds_is_not_code_that_does_not(folder, names, monkeypatch):
    new_process(double, 21)
    monkeypatch.setattr(numba.config, "BOUNDSCHECK", 0 if numba.config.BOUNDSCHECK else 1)
    new_process(double, 21)
    assert names == ["double", "double"]


def test_the_version_names_all_sources_that_are_compiled_in(tmp_path):
    (tmp_path / "cells").mkdir()
    prints = []
    for text in ("1", "2"):
        (tmp_path / "cells" / "lstm.py").write_text(text)
        kept.sources.cache_clear()
        prints.append(kept.sources(tmp_path))
    kept.sources.cache_clear()
    assert prints[0] != prints[1]


def test_a_function_of_another_folder_depends_on_its_own_and_on_the_engine(folder, monkeypatch):
    asked = []
    monkeypatch.setattr(kept, "sources", lambda folder: asked.append(folder) or "")
    compiler.compiled(double)
    assert asked == [Path(__file__).parent, *kept.ENGINE]


def test_all_of_a_function_can_be_deleted(folder):
    function = compiler.compiled(double)
    function(21)
    function(21.0)
    function._cache.flush()
    assert files(folder) == []
