"""Files are written whole or not at all."""

import os
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path):
    """Yield the path of an unfinished file beside ``path``; it takes the place of ``path`` when the block is done.

    Until then whatever ``path`` held before stays as it was, and a block that ends in an error leaves no trace. The
    unfinished file has the ending of ``path`` and lies in its folder, so the last step is one renaming; what it holds
    is on the disk before that, lest a power cut leave a finished name on an empty file.
    """
    path = Path(path)
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")
    try:
        yield unfinished
        with open(unfinished, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
