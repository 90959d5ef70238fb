"""A fixed small part of the attacks on files, ``parity_tests/attack``, and what is made of the worst of them."""

import zipfile

import numpy as np
import pytest

from parity_tests.attack import files
from parity_tests.attack._counts import BAD
from parity_tests.attack._damage import archive, header, one_place_many_times
from scratch.archives import read_arrays

THREE = header("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", 24)


@pytest.mark.parametrize("name", [*files.SORTS, *files.EXTRA_SORTS])
def test_damaged_files_are_read_right_or_refused(tmp_path, name):
    folder = tmp_path / "folder"
    folder.mkdir()
    attempt = {**files.SORTS, **files.EXTRA_SORTS}[name](np.random.default_rng(1), folder)
    found = [attempt(np.random.default_rng([seed, 7])) for seed in range(60)]
    assert not [(seed, *told) for seed, told in enumerate(found) if told[0] in BAD]
    assert "refused" in {verdict for verdict, _ in found} or name == "folders of checkpoints"


def refusal(path, data, largest=None):
    path.write_bytes(data)
    with pytest.raises(ValueError, match="must be a whole checkpoint") as refused:
        read_arrays(path, "checkpoint", largest)
    return str(refused.value)


def test_an_archive_takes_no_more_memory_than_its_file_has_bytes(tmp_path):
    zeros = header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000,), }", 8000)
    many = one_place_many_times(zeros, 40)
    assert f"it says that it holds {40 * len(zeros)} bytes, more than {len(many)}" in refusal(tmp_path / "x.npz", many)


def test_what_is_compressed_takes_no_more_than_is_said(tmp_path):
    path, members = tmp_path / "packed.npz", [("x.npy", THREE)]
    assert "x.npy is compressed" in refusal(path, archive(members, zipfile.ZIP_DEFLATED))
    for kind in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert "x.npy is compressed in a way that is not read" in refusal(path, archive(members, kind), 2**20)
    said = f"it says that it holds {len(THREE)} bytes, more than {len(THREE) - 1}"
    assert said in refusal(path, archive(members, zipfile.ZIP_DEFLATED), len(THREE) - 1)
    path.write_bytes(archive(members, zipfile.ZIP_DEFLATED))
    assert read_arrays(path, "checkpoint", len(THREE))["x"].tolist() == [0, 0, 0]


def test_a_member_that_says_less_than_it_unpacks_to_is_unpacked_no_further(tmp_path, monkeypatch):
    data = bytearray(archive([("x.npy", THREE + bytes(2**20))], zipfile.ZIP_DEFLATED))
    for place in (22, data.index(b"PK\1\2") + 24):
        data[place : place + 4] = len(THREE).to_bytes(4, "little")
    unpacked, plain = [], zipfile.ZipExtFile._read1

    def note(member, size):
        unpacked.append(size)
        return plain(member, size)

    monkeypatch.setattr(zipfile.ZipExtFile, "_read1", note)
    assert "Bad CRC-32" in refusal(tmp_path / "x.npz", bytes(data), 2**22)
    assert max(unpacked) == len(THREE)
