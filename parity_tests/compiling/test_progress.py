"""What is said while something compiles: when, where, and that nothing is said where nothing is compiled."""

import io
import sys
import threading

import numpy as np
import pytest

from scratch import BasicRNNCell, dynamic_rnn
from scratch.compiling import progress


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
    """Return the clocks that were set; between them no time goes by."""
    made = []

    def make(*arguments):
        made.append(Clock(*arguments))
        return made[-1]

    monkeypatch.setattr(threading, "Timer", make)
    monkeypatch.setattr(progress.time, "perf_counter", lambda: 5.0)
    return made


class Terminal(io.StringIO):
    """A standard error that someone looks at."""

    def isatty(self):
        return True


LINE = "unrolled: compiling GRUCell forward in float32"


def test_a_line_after_a_second_and_one_every_ten(clocks, capsys):
    with progress.announced("GRUCell", "forward in", np.dtype(np.float32)), progress.compiling("multiply"):
        assert clocks[0].seconds == 1.0
        assert capsys.readouterr() == ("", "")
        clocks[0].run_out()
        assert capsys.readouterr() == ("", f"{LINE}: 1 s\n")
        assert clocks[1].seconds == 11.0
        clocks[1].run_out()
        assert capsys.readouterr() == ("", f"{LINE}: 11 s\n")
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_one_line_is_written_anew(clocks, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress.announced("GRUCell", "forward in", np.dtype(np.float32)), progress.compiling("multiply"):
        clocks[0].run_out()
        assert clocks[1].seconds == 1.5
        clocks[1].run_out()
        assert sys.stderr.getvalue() == f"\r{LINE}: 1 s\r{LINE}: 2 s"
    assert sys.stderr.getvalue() == f"\r{LINE}: 1 s\r{LINE}: 2 s\r{LINE}: 0.0 s\n"


def test_nothing_is_said_where_nothing_is_compiled(clocks, capsys):
    with progress.announced("GRUCell"):
        pass
    assert clocks == []
    assert capsys.readouterr() == ("", "")


def test_what_is_quick_is_not_announced(clocks, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress.announced("GRUCell"), progress.compiling("multiply"):
        pass
    clocks[0].run_out()
    # A clock that ran out at the very end.
    clocks[0].function()
    assert sys.stderr.getvalue() == ""


def test_one_function_compiled_for_another_is_one_compilation(clocks):
    with progress.announced("GRUCell"), progress.compiling("walk"):
        with progress.compiling("multiply"):
            pass
        assert not clocks[0].cancelled
        assert len(clocks) == 1
    assert clocks[0].cancelled


def test_the_time_of_all_that_is_compiled_counts_and_no_other(clocks, monkeypatch):
    now = iter([0, 0, 0.75, 100, 100, 100.1])
    monkeypatch.setattr(progress.time, "perf_counter", lambda: next(now))
    with progress.announced("GRUCell"):
        for name in ("pack", "walk"):
            with progress.compiling(name):
                pass
    assert [clock.seconds for clock in clocks] == [1.0, 0.25]


def test_what_nobody_announced_has_its_own_name(clocks, capsys):
    def fail():
        clocks[0].run_out()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), progress.compiling("multiply"):
        fail()
    assert capsys.readouterr() == ("", "unrolled: compiling multiply: 1 s\n")
    assert clocks[-1].cancelled
    assert progress.reports.current is None


def test_a_standard_error_that_is_closed_or_gone_stops_nothing(clocks, monkeypatch):
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(progress, "is_terminal", lambda: False)
    for stream in (closed, None):
        monkeypatch.setattr(sys, "stderr", stream)
        progress.tell("unrolled")


def test_a_second_run_compiles_nothing(clocks):
    cell = BasicRNNCell(4)
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    dynamic_rnn(cell, params, np.zeros((2, 3, 3)), engine="numba")
    clocks.clear()
    dynamic_rnn(cell, params, np.zeros((2, 3, 3)), engine="numba")
    assert clocks == []
