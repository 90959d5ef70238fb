import threading
from pathlib import Path

import numba
import numpy as np
import pytest

from scratch import BasicRNNCell, dynamic_rnn
from scratch.jit.machine import compiler


class Clock:
    """In place of ``threading.Timer``: a test says when the time has come."""

    def __init__(self, seconds, function):
        self.seconds, self.function, self.started, self.cancelled = seconds, function, False, False

    def start(self):
        assert self.daemon, "a program may end while something compiles"
        self.started = True

    def cancel(self):
        self.cancelled = True

    def run_out(self):
        if self.started and not self.cancelled:
            self.function()


@pytest.fixture
def clocks(monkeypatch):
    """Return the clocks that were set, of a process that has compiled nothing yet."""
    made = []

    def make(*arguments):
        made.append(Clock(*arguments))
        return made[-1]

    monkeypatch.setattr(threading, "Timer", make)
    monkeypatch.setattr(compiler, "known", set())
    return made


LINE = "unrolled: compiling GRUCell forward in float32, unless it was kept from before\n"


def test_what_takes_over_a_second_is_announced_once(clocks, capsys):
    with compiler.announced("GRUCell", "forward in", np.dtype(np.float32)):
        (clock,) = clocks
        assert clock.seconds == 1.0
        assert capsys.readouterr() == ("", "")
        clock.run_out()
    assert capsys.readouterr() == ("", LINE)
    with compiler.announced("GRUCell", "forward in", np.dtype(np.float32)):
        assert len(clocks) == 1
    with compiler.announced("GRUCell", "forward in", np.dtype(np.float64)):
        assert len(clocks) == 2


def test_what_is_quick_is_not_announced(clocks, capsys):
    with compiler.announced("GRUCell"):
        pass
    clocks[0].run_out()
    assert capsys.readouterr() == ("", "")


def test_what_failed_is_not_known(clocks, capsys):
    for number in (1, 2):
        with pytest.raises(ZeroDivisionError), compiler.announced("GRUCell"):
            raise ZeroDivisionError
        assert len(clocks) == number
        clocks[-1].run_out()
    assert capsys.readouterr() == ("", "")


def test_a_first_run_is_watched_and_a_second_is_not(clocks):
    cell = BasicRNNCell(4)
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    for _ in range(2):
        dynamic_rnn(cell, params, np.zeros((2, 3, 3)), engine="numba")
        assert len(clocks) == 1
        assert clocks[0].cancelled


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")
def test_where_nothing_can_be_kept_it_is_compiled_anew():
    """Code without a file has no place for what was compiled, just as a folder that nobody may write to."""
    homeless = eval("lambda x: 2 * x")
    signature = numba.types.int64(numba.types.int64)
    with pytest.raises(RuntimeError, match="cannot cache"):
        numba.cfunc(signature, nopython=True, cache=True)(homeless)
    assert compiler.compiled_address(homeless, signature)
    assert compiler.compiled(homeless)(21) == 42


def double(x):
    return 2 * x


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")
def test_what_is_kept_is_given_up_when_its_own_folder_or_the_engine_changes():
    """A function of another folder has the engine's vectors in it as well."""
    version = compiler.compiled(double)._cache._cache_file._version
    for folder in (Path(__file__).parent, compiler.ENGINE):
        assert compiler.sources(folder) in version
    # A file of any folder of the engine counts.
    assert compiler.ENGINE.name == "jit"
    assert Path(compiler.__file__).is_relative_to(compiler.ENGINE)


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")
def test_compiled_code_lets_other_threads_go_on_and_divides_as_numpy_does():
    divide = compiler.compiled(eval("lambda x, y: x / y"))
    assert divide(1.0, 0.0) == np.inf
    assert divide.targetoptions["nogil"]
