"""What an adapter is: ``answer(case, problem)``, which returns the ``Results`` of a case in the layout of scratch.

What an engine has no words for is ``CannotSay``; a case that it takes and refuses when it runs, ``RefusedError``. A
quantity that it does not give is ``None``: an engine without gradients gives the first two.
"""

from contextlib import contextmanager

import numpy as np

from scratch import MultiRNNCell


class CannotSayError(Exception):
    """The engine has no words for this."""


class RefusedError(Exception):
    """The engine refuses this."""


@contextmanager
def words_for():
    """Within, a converter that cannot carry something over says that the engine has no words for it."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise CannotSayError(str(error)) from error


@contextmanager
def asked():
    """Within, the engine runs: an error of its own is a refusal."""
    try:
        yield
    except (CannotSayError, AssertionError):
        raise
    except Exception as error:
        text = str(error).strip()
        raise RefusedError(f"{type(error).__name__}: {text.splitlines()[0] if text else ''}") from error


def network_of(case):
    """Return the cell, or the pair of cells or of layers of two directions, that the converters take."""
    if case.direction == "stack":
        return [case.cell] * 2, [case.cell] * 2
    return (case.cell, case.cell) if case.direction == "both" else case.cell


def layers_of(cell):
    """Return the cells of a stack, or the one cell."""
    return list(cell.cells) if isinstance(cell, MultiRNNCell) else [cell]


def first_layer(cell):
    return layers_of(cell)[0]


def without_lengths(case):
    """Refuse, as having no words for it, a case with lengths."""
    if case.sequence_length is not None:
        raise CannotSayError("no lengths: a loop of the user's own must copy the state")


def live_steps(case):
    """Return the mask [B, T] of the steps that count, ``None`` where all do."""
    if case.sequence_length is None:
        return None
    return np.arange(case.num_steps) < np.array(case.sequence_length)[:, None]
