"""An answer held to the bounds: what came of each question, in a few words."""

import functools
from typing import NamedTuple

import numpy as np

from parity_tests.bounds.derived import run_bounds
from parity_tests.bounds.exact import run_rounded
from parity_tests.scoreboard.engine import CannotSayError, RefusedError, live_steps
from parity_tests.vectors.cases import run
from scratch.tree import map_tree, named_leaves

FORWARD = ("outputs", "final_state")
GRADIENTS = ("d_inputs", "d_initial_state", "d_params")
# Beside its bound, an answer may be off by the last place of the witness, which is rounded too.
MEETS, DIFFERS, REFUSES, CANNOT_SAY = "meets", "differs", "refuses", "cannot say"


class Verdict(NamedTuple):
    """What came of a question: one of the four words, and what there is to say."""

    word: str
    detail: str


@functools.cache
def witnesses(case):
    """Return the problem of a case, its exact results and the bounds of their errors."""
    problem = case.draw()
    return problem, run_rounded(run, case, problem), run_bounds(run, case, problem, case.dtype)


def judge(answer, case):
    """Return the ``Verdict`` on the results and on the gradients that ``answer(case, problem)`` returns."""
    problem, exact, bounds = witnesses(case)
    try:
        found = answer(case, problem)
    except CannotSayError as error:
        return (Verdict(CANNOT_SAY, str(error)),) * 2
    except RefusedError as error:
        return (Verdict(REFUSES, str(error)),) * 2
    results, gradients = (compared(found, exact, bounds, names) for names in (FORWARD, GRADIENTS))
    if results.word == DIFFERS:
        results = where_alone(found, exact, bounds, case) or results
    return results, gradients


def where_alone(found, exact, bounds, case):
    """Return the ``Verdict`` that results differ past the rows' ends, or in empty rows, if they do not elsewhere."""
    live = live_steps(case)
    if live is None:
        return None
    empty = ~live.any(axis=1)
    for dead, words in ((~live, "outputs past the end"), (None, "the row of length 0")):

        def kept(tree, dead=dead):
            if dead is not None:
                return tree._replace(outputs=map_tree(lambda y: np.where(dead[..., None], 0, y), tree.outputs))
            results = map_tree(lambda leaf: leaf[~empty], (tree.outputs, tree.final_state))
            return tree._replace(outputs=results[0], final_state=results[1])

        if compared(kept(found), kept(exact), kept(bounds), FORWARD).word == MEETS:
            return Verdict(DIFFERS, f"{words} alone")
    return None


def compared(found, exact, bounds, names):
    """Return the ``Verdict`` on some of the quantities of an answer."""
    if any(getattr(found, name) is None for name in names):
        return Verdict(CANNOT_SAY, "the engine has no gradients")
    worst, off = 0.0, ("", 0.0)
    for name in names:
        have_all, want_all, bounds_all = (dict(named_leaves(getattr(tree, name))) for tree in (found, exact, bounds))
        assert have_all.keys() == want_all.keys(), f"{sorted(have_all)} are not {sorted(want_all)}"
        for path, want in want_all.items():
            have, bound = have_all[path], bounds_all[path]
            assert have.shape == want.shape, f"{name}/{path} is {have.shape}, not {want.shape}"
            scale = np.abs(want).max() or 1.0
            error = np.abs(np.asarray(have, np.float64) - want)
            error = np.where(np.isnan(error), np.inf, error)
            # What must be 0 has a bound of next to nothing: then any error is more than there are numbers for.
            with np.errstate(over="ignore"):
                worst = max(worst, (error / (bound + np.spacing(np.abs(want)))).max())
            off = max(off, (f"{name}/{path}".strip("/"), error.max() / scale), key=lambda pair: pair[1])
    return Verdict(MEETS, f"{worst:.2f}") if worst <= 1 else Verdict(DIFFERS, f"{off[0]} by {off[1]:.0e} of its scale")
