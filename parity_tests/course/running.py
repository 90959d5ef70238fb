"""A notebook, run from the first cell to the last, and its outputs beside those that it was built with."""

import doctest
from copy import deepcopy

from nbclient import NotebookClient

from parity_tests.harness import STUCK

CHECKER = doctest.OutputChecker()


def run(notebook, folder):
    """Return a copy of the notebook with the outputs of a run in ``folder``; a cell that fails ends it."""
    done = deepcopy(notebook)
    NotebookClient(done, timeout=STUCK, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    return done


def text_of(cell):
    """Return what a cell has printed, then the value of its last line; or the error that ended it."""
    text = ""
    for output in cell.outputs:
        if output.output_type == "error":
            text += f"{output.ename}: {output.evalue}"
        elif output.output_type == "stream" and output.name == "stdout":
            text += output.text
        elif output.output_type == "execute_result":
            text += output.data["text/plain"] + "\n"
    return text


def differences(built, done):
    """Yield a line for each cell whose output is not the one that the notebook was built with."""
    for number, (before, after) in enumerate(zip(built.cells, done.cells, strict=True)):
        if before.cell_type == "code":
            expected, found = text_of(before), text_of(after)
            # Jupyter breaks long lists over lines of its own.
            if not CHECKER.check_output(expected, found, doctest.NORMALIZE_WHITESPACE):
                yield f"cell {number}: expected {expected.strip()!r}, found {found.strip()!r}"
