"""What a planted fault is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """``old``, which the file ``path`` holds exactly once, becomes ``new``, and ``tests`` must fail."""

    what: str
    path: str
    old: str
    new: str
    tests: str


def faults_in(path, tests, *faults):
    """Return a ``Fault`` for each ``(what, old, new)`` in one file of ``scratch``, noticed by one file of tests."""
    return [Fault(what, f"scratch/{path}", old, new, f"parity_tests/{tests}") for what, old, new in faults]
