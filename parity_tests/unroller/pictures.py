"""The pictures of ``docs/unroller.md``: ``python -m parity_tests.unroller.pictures`` takes them anew."""

import sys
from pathlib import Path
from typing import NamedTuple

from parity_tests.browser import launch
from parity_tests.unroller.problems import PAGE
from parity_tests.unroller.use import Visit

FOLDER = PAGE.parent / "pictures"
SCHEMES = ("light", "dark")


class Picture(NamedTuple):
    """A part of the page, at a width, in a setting."""

    part: str
    width: int
    address: str


PICTURES = {
    "timeline": Picture("#timeline", 1280, "moment=9&row=1&look=2"),
    "mistake": Picture("#timeline", 1280, "moment=11&row=1&look=2&mistake=loop-gradient-of-a-copied-state-dropped"),
}


def take(browser, folder):
    """Write every picture, light and dark, and return the paths."""
    paths = []
    for scheme in SCHEMES:
        for name, picture in PICTURES.items():
            with Visit(browser, picture.width, picture.address, color_scheme=scheme) as visit:
                # What stays on top would lie over the picture.
                visit.page.add_style_tag(content="#stepper { position: static !important; }")
                path = Path(folder) / f"{name}-{scheme}.png"
                visit.page.locator(picture.part).screenshot(path=path)
                paths.append(path)
    return paths


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    target.mkdir(exist_ok=True)
    with launch() as started:
        for written in take(started, target):
            print(written)
