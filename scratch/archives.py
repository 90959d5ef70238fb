"""Archives of arrays: ``.npz`` files without pickles, written whole or not at all, and read whole or refused."""

import io
import os
import zipfile
from collections.abc import Mapping

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


def read_arrays(path: str | os.PathLike[str], kind: str) -> dict[str, Array]:
    """Return ``{name: array}`` from an ``.npz`` file, every bit and dtype as it was written. Nothing is unpickled.

    ``kind`` says in an error what the file should be, such as ``"checkpoint"``. Raises ``ValueError`` for a file that
    is cut, damaged, compressed or of another kind, ``OSError`` where there is none to read.
    """
    arrays = {}
    with open_file(path) as opened:
        try:
            with zipfile.ZipFile(opened) as file:
                for entry in file.infolist():
                    if entry.compress_type != zipfile.ZIP_STORED:
                        raise ValueError(f"{entry.filename} is compressed")
                    # The whole member is read first, which checks its checksum; then its header is used.
                    member = io.BytesIO(file.read(entry))
                    name = entry.filename.removesuffix(".npy")
                    array = np.lib.format.read_array(member, allow_pickle=False)
                    if name in arrays:
                        raise ValueError(f"{name} is in it twice")
                    if array.dtype.kind not in KINDS:
                        raise ValueError(f"{name} is {array.dtype}, which is neither numbers nor text")
                    arrays[name] = array
        except Exception as error:
            # For damaged bytes zipfile, zlib and NumPy raise errors of many kinds.
            raise ValueError(f"{path} must be a whole {kind}, but cannot be read: {error}") from error
    return arrays
