"""The pictures of ``docs/unroller.md`` can be taken, and are all there."""

import re
import struct

from parity_tests.unroller.pictures import FOLDER, PICTURES, SCHEMES, take
from parity_tests.unroller.problems import PAGE


def size(path):
    """Return the width and the height that a PNG says it has."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


def test_the_pictures_are_taken(browser, tmp_path):
    paths = take(browser, tmp_path)
    assert len(paths) == len(PICTURES) * len(SCHEMES)
    for path in paths:
        width, height = size(path)
        assert 1000 < width <= 1280, path
        assert height > 300, path
        # One colour alone would be packed to much less.
        assert path.stat().st_size > 30_000, path
    assert len({path.read_bytes() for path in paths}) == len(paths)


def test_the_page_shows_each_picture_and_all_are_there():
    text = (PAGE.parents[1] / "unroller.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"unroller/pictures/([a-z-]+\.png)", text))
    assert shown == {f"{name}-{scheme}.png" for name in PICTURES for scheme in SCHEMES}
    assert shown == {path.name for path in FOLDER.iterdir()}
    assert all(size(FOLDER / name)[0] > 1000 for name in shown)
