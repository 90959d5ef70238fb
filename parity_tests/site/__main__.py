"""Look at the built site: ``python -m parity_tests.site docs/_build/html``. Ends non-zero where something is wrong."""

import argparse
import sys
from itertools import chain
from pathlib import Path

from parity_tests.browser import is_required, missing
from parity_tests.site import links, view


def main(argv=None):
    parser = argparse.ArgumentParser(prog="python -m parity_tests.site", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the site was built: the folder with its index.html")
    folder = parser.parse_args(argv).folder
    if not (folder / "index.html").is_file():
        parser.error(f"{folder} has no index.html")
    if missing() and is_required():
        return missing()
    if missing():
        print(missing())
    seen = [] if missing() else view.complaints(folder)
    found = 0
    for found, line in enumerate(chain(links.broken(links.pages(folder)), seen), start=1):  # noqa: B007
        print(line, flush=True)
    return f"{found} things are wrong" if found else 0


if __name__ == "__main__":
    sys.exit(main())
