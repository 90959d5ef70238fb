"""Every public name, every argument of it, every unusual value in its place: the table of ``parity_tests/rows``."""

import time

from parity_tests.attack._counts import Counts
from parity_tests.rows import ROWS
from parity_tests.rows.trial import tries


def run(rng, seconds):
    """Try the rows in a drawn order, until all are done or the time is over."""
    counts, until = Counts("arguments", "an unusual value in the place of each argument"), time.monotonic() + seconds
    for label in rng.permutation(list(ROWS)):
        for trial in tries(label, ROWS[label]):
            case = f"{trial.row}, {trial.path}, {trial.unusual}: {trial.fault}"
            counts.add("wrong" if trial.fault else trial.outcome, case)
        if time.monotonic() > until:
            break
    return [counts.record()]
