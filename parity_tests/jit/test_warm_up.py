"""``python -m scratch.jit.warm_up``: what it compiles, what it says, and what status it ends with."""

import numba
import numpy as np
import pytest

from scratch import AttentionCellWrapper, BasicRNNCell, Stream, dynamic_rnn, dynamic_rnn_backward, jit
from scratch.compiling import kept, progress
from scratch.jit import warm_up
from scratch.jit.cells import EQUATIONS
from scratch.training.clipping import Clipping
from scratch.training.dense import Dense
from scratch.training.embedding import Embedding
from scratch.training.layers import RNN
from scratch.training.losses import CrossEntropy
from scratch.training.momentum import MomentumOptimizer
from scratch.training.network import Network
from scratch.training.trainer import Trainer

compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="of compiled code alone")


@pytest.fixture
def names(monkeypatch):
    """Return the names of what is compiled, in a process that could keep all code so far."""
    names, real = [], progress.Report.compiling

    def note(report):
        names.append(report.what)
        return real(report)

    monkeypatch.setattr(progress.Report, "compiling", note)
    monkeypatch.setattr(kept, "not_kept", {})
    return names


@compiled
def test_after_it_nothing_is_left_to_compile(names, capsys):
    assert warm_up.main(["--cell", "BasicRNNCell", "--dtype", "float32"]) == 0
    line, last = capsys.readouterr().out.splitlines()
    assert line.startswith("BasicRNNCell in float32: ")
    assert last.split(", kept in ")[1]
    names.clear()
    for cell in (BasicRNNCell(num_units, activation="relu") for num_units in (3, 7, 20)):
        params = cell.init_params(np.random.default_rng(0), 5, np.float32)
        for lengths in (None, np.array([3, 0, 7])):
            outputs, _, tape = dynamic_rnn(cell, params, np.ones((3, 7, 5), np.float32), lengths, engine="numba")
            dynamic_rnn_backward(tape, outputs)
        Stream(cell, params, engine="numba").step(np.ones((1, 5), np.float32))
    assert names == []


@compiled
def test_after_it_no_training_step_is_left_to_compile(names):
    warm_up.train(np.dtype(np.float32))
    names.clear()
    network = Network({"embedding": Embedding(7, 3), "rnn": RNN(BasicRNNCell(4)), "dense": Dense(5)})
    for layers in (network, Network({"rnn": RNN(BasicRNNCell(4)), "dense": Dense(5)})):
        params = layers.init_params(np.random.default_rng(0), 7 if layers is network else 3, np.float32)
        x = np.zeros((2, 6), np.int64) if layers is network else np.ones((2, 6, 3), np.float32)
        trainer = Trainer(
            layers, params, CrossEntropy(), MomentumOptimizer(0.1, 0.5), clip=Clipping("norm", 0.1), engine="numba"
        )
        trainer.step(x, np.zeros((2, 6), np.int64))
    assert names == []


def test_every_kernel_has_a_cell():
    covered = {EQUATIONS.get(type(cell), type(cell)) for cells in warm_up.CELLS.values() for cell in cells}
    assert covered == {*EQUATIONS.values(), AttentionCellWrapper}
    assert {cell.reset_after for cell in warm_up.CELLS["GRUCell"]} == {False, True}


@pytest.fixture
def runs(monkeypatch):
    """Return what is run; nothing is."""
    runs = []
    monkeypatch.setattr(warm_up, "run", lambda cell, dtype: runs.append((type(cell).__name__, str(dtype))))
    monkeypatch.setattr(warm_up, "train", lambda dtype: runs.append(("training", str(dtype))))
    return runs


@compiled
def test_all_cells_in_both_precisions_or_those_that_are_named(names, runs):
    assert warm_up.main([]) == 0
    wanted = [(name, dtype) for name in (*warm_up.CELLS, "training") for dtype in ("float32", "float64")]
    assert sorted(set(runs)) == sorted(wanted)
    runs.clear()
    assert warm_up.main(["--cell", "GRUCell", "--cell", "LSTMCell", "--dtype", "float64"]) == 0
    assert list(dict.fromkeys(runs)) == [("GRUCell", "float64"), ("LSTMCell", "float64")]
    assert len(runs) == len(warm_up.CELLS["GRUCell"] + warm_up.CELLS["LSTMCell"])
    with pytest.raises(SystemExit):
        warm_up.main(["--cell", "Elman"])


@compiled
def test_where_code_cannot_be_kept_the_status_is_1(names, runs, monkeypatch, capsys):
    monkeypatch.setitem(kept.not_kept, "/usr/lib", "Read-only file system")
    assert warm_up.main(["--cell", "BasicRNNCell", "--dtype", "float32"]) == 1
    output, said = capsys.readouterr()
    assert "kept in" not in output
    assert "set NUMBA_CACHE_DIR to a folder that can be written to" in said


def test_without_numba_the_status_is_1(runs, monkeypatch, capsys):
    def refuse():
        raise ImportError("engine 'numba' needs the package numba")

    monkeypatch.setattr(jit, "check_installed", refuse)
    assert warm_up.main([]) == 1
    assert capsys.readouterr() == ("", "engine 'numba' needs the package numba\n")
    assert runs == []


def test_where_nothing_is_to_be_compiled_the_status_is_1(runs, monkeypatch, capsys):
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    assert warm_up.main([]) == 1
    assert capsys.readouterr() == ("", "NUMBA_DISABLE_JIT is set, so nothing is compiled\n")
    assert runs == []
