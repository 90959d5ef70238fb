"""Archives of arrays: ``.npz`` files without pickles, written whole or not at all, and read whole or refused."""

import io
import os
import zipfile
from collections.abc import Iterator, Mapping

import numpy as np

from scratch.arrays import Array
from scratch.files import open_file, written_whole

# Kinds of dtype that may be kept: numbers, Booleans and text.
KINDS = "biufcU"


def write_arrays(path: str | os.PathLike[str], arrays: Mapping[str, Array | str]) -> None:
    """Write ``{name: array}`` as an ``.npz`` file, whole or not at all. Equal arrays make equal files.

    Arrays of numbers and text alone, or texts: nothing is pickled, and ``ValueError`` is raised for what needs to be.
    """
    with written_whole(path) as unfinished, zipfile.ZipFile(unfinished, "w") as file:
        for name, array in arrays.items():
            # The same date, 1980, for every member: the files of np.savez depend on the time of writing.
            with file.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)


def read_arrays(path: str | os.PathLike[str], kind: str, largest: int | None = None) -> dict[str, Array]:
    """Return ``{name: array}`` from an ``.npz`` file, every bit and dtype as it was written. Nothing is unpickled.

    ``kind`` says in an error what the file should be, such as ``"checkpoint"``. Where ``largest`` is given, the arrays
    may be compressed, and take so many bytes together; else none may be, so they take no more than the file. Raises
    ``ValueError`` for a file that is cut, damaged, larger or of another kind, ``OSError`` where there is none to read.
    """
    arrays = {}
    with open_file(path) as opened:
        try:
            with zipfile.ZipFile(opened) as file:
                for entry, content in read_members(file, largest):
                    name = entry.filename.removesuffix(".npy")
                    array = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
                    if name in arrays:
                        raise ValueError(f"{name} is in it twice")
                    if array.dtype.kind not in KINDS:
                        raise ValueError(f"{name} is {array.dtype}, which is neither numbers nor text")
                    arrays[name] = array
        except Exception as error:
            # For damaged bytes zipfile, zlib and NumPy raise errors of many kinds.
            raise ValueError(f"{path} must be a whole {kind}, but cannot be read: {error}") from error
    return arrays


def read_members(file: zipfile.ZipFile, largest: int | None = None) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """Yield ``(entry, content)`` of each member of an archive, its checksum compared.

    Raises ``ValueError`` before any is read where they are more than ``largest`` bytes together or, where that is not
    given, more than the file has or compressed. So a small file that stands for a large one, or that names one place
    many times, takes no memory.
    """
    entries = file.infolist()
    size = file.fp.seek(0, os.SEEK_END) if file.fp else 0
    for entry in entries:
        if largest is None and entry.compress_type != zipfile.ZIP_STORED:
            raise ValueError(f"{entry.filename} is compressed")
        # Of these two alone no more is unpacked than was asked for.
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"{entry.filename} is compressed in a way that is not read")
    total = sum(entry.file_size for entry in entries)
    if total > (most := size if largest is None else largest):
        raise ValueError(f"it says that it holds {total} bytes, more than {most}")
    for entry in entries:
        with file.open(entry) as member:
            # Not all at once, which would unpack what there is, whatever size the entry says.
            yield entry, member.read(entry.file_size)
