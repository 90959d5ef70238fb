"""What a planted fault is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """``old``, which the file ``path`` holds exactly once, becomes ``new``, and ``tests`` must fail.

    The kernels of ``scratch/jit`` then run uncompiled, which saves most of the time, unless ``compiled`` says that the
    fault shows in compiled code alone.
    """

    what: str
    path: str
    old: str
    new: str
    tests: str
    compiled: bool = False

    def planted(self, source):
        """Return the source with the fault in it."""
        if source.count(self.old) != 1:
            raise ValueError(f"{self.path} holds {self.old!r} {source.count(self.old)} times; a fault needs it once")
        return source.replace(self.old, self.new)


def faults_in(path, tests, *faults, compiled=False):
    """Return a ``Fault`` for each ``(what, old, new)`` in one file of ``scratch``, noticed by one file of tests."""
    file, tests = f"scratch/{path}", f"parity_tests/{tests}"
    return [Fault(what, file, old, new, tests, compiled) for what, old, new in faults]
