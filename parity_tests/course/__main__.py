"""Run the built notebooks, and keep their outputs: ``python -m parity_tests.course docs/_build/html/notebooks``.

What a meeting's notebook prints is compared with its page. A notebook of a program has no outputs to compare: it
must run to its end. Ends non-zero where one fails or differs.
"""

import argparse
import shutil
import sys
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError

from parity_tests.course.running import differences, run


def complaints(path):
    """Run one notebook, keep it with its outputs, and yield a line for each thing that is wrong."""
    built = nbformat.read(path, as_version=4)
    try:
        done = run(built, path.parent)
    except CellExecutionError as error:
        yield f"{path.name}: {error}"
        return
    # The meetings are numbered.
    if path.name[0].isdigit():
        yield from (f"{path.name}: {line}" for line in differences(built, done))
    nbformat.write(done, path)


def main(argv=None):
    parser = argparse.ArgumentParser(prog="python -m parity_tests.course", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the site's notebooks were built")
    folder = parser.parse_args(argv).folder
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        parser.error(f"{folder} has no notebooks")
    found = []
    for path in paths:
        print(path.name, flush=True)
        for line in complaints(path):
            print(line, flush=True)
            found.append(line)
    # What the programs have drawn.
    shutil.rmtree(folder / "out", ignore_errors=True)
    shutil.make_archive(str(folder), "zip", folder)
    return f"{len(found)} things are wrong" if found else 0


if __name__ == "__main__":
    sys.exit(main())
