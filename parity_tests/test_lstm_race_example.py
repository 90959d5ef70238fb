"""``examples/lstm_race.py``, run on a network so small that it is the program that is tested."""

import numpy as np
import pytest
from lstm_race import RACERS, TUTORIAL, main, ranking
from peers.problem import DoesNotRun
from peers.report import Found
from peers.rounds import Row
from peers.scratch_peers import ReferencePeer
from peers.workloads import Workload, draw

import tf_impl.tensorflow  # noqa: F401  TensorFlow as the peers want it, without its chatter.

TINY = ("--batch", 3, "--steps", 7, "--inputs", 2, "--units", 4, "--threads", 1)


def race(*arguments):
    """Run the program in this process; the racers are processes of their own."""
    return main([str(argument) for argument in (*TINY, "--rounds", 1, "--patience", 0, *arguments)])


def test_a_race(tmp_path, capsys):
    assert race("--peers", "numpy", "numba", "--out", tmp_path) == 0
    printed = capsys.readouterr().out
    for words in ("LSTM: B 3, T 7, D 2, H 4", "All agreed with the reference before they raced"):
        assert words in printed
    lines = [line.split() for line in printed.splitlines()]
    placed = [words[:2] for words in lines if len(words) > 1 and words[1] in RACERS]
    assert sorted(placed) in ([["1", "numpy"], ["2", "numba"]], [["1", "numba"], ["2", "numpy"]])
    assert (tmp_path / "lstm_race.png").read_bytes().startswith(b"\x89PNG")


def test_whoever_computes_other_numbers_does_not_race(tmp_path, monkeypatch, capsys):
    """The fault is in every process, but only in float32: not in the reference."""
    (tmp_path / "sitecustomize.py").write_text(
        """
import numpy, scratch
def faulty(tape, d_outputs, sound=scratch.dynamic_rnn_backward):
    d_inputs, *others = sound(tape, d_outputs)
    return (1.001 if d_inputs.dtype == numpy.float32 else 1) * d_inputs, *others
scratch.dynamic_rnn_backward = faulty
""",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert race("--peers", "numpy", "--out", tmp_path / "out") == 1
    printed = capsys.readouterr().out
    assert "numpy disagrees: inputs is off by 1.0e-03, limit 2e-05" in printed
    assert "All agreed" not in printed
    assert not list((tmp_path / "out").iterdir())


def test_the_fastest_comes_first_and_the_wrong_not_at_all():
    rows = [
        Row("numpy", ours=True, seconds=[0.006, 0.004, 0.005], first=1.0, off=1e-7),
        Row("tf1-block", seconds=[0.002], first=0.5, off=1e-7),
        Row("keras", seconds=[0.001], first=0.5, off=1e-3, worst="outputs"),
    ]
    assert list(ranking(Found("race", None, 1, rows, None, None))) == [
        ("1", "tf1-block", "LSTMBlockFused", "2.00", "2.00..2.00", "1.0", "0.5"),
        ("2", "numpy", "", "5.00", "4.00..6.00", "2.5", "1.0"),
    ]


@pytest.mark.parametrize("workload", [{}, {"layers": 2, "padded": True}], ids=str)
@pytest.mark.parametrize("name", ["StandardPeer", "BlockCellPeer"])
def test_the_peers_of_the_race_agree_with_ours(name, workload):
    from peers import tf_lstm_peers  # after tf_impl, which imports TensorFlow first

    problem, _ = draw(Workload("", "lstm", 3, 7, 2, 4, **workload), 0)
    results = []
    for kind in (ReferencePeer, getattr(tf_lstm_peers, name)):
        peer = kind(problem, 1)
        peer.step()
        results.append(peer.results())
    ours, theirs = results
    assert ours.keys() == theirs.keys()
    for key, array in ours.items():
        np.testing.assert_allclose(theirs[key], array, atol=2e-6 * np.abs(array).max(), err_msg=key)
    with pytest.raises(DoesNotRun, match="GRU"):
        getattr(tf_lstm_peers, name)(draw(Workload("", "gru", 3, 7, 2, 4), 0)[0], 1)


def test_every_name_of_the_tutorial_is_in_the_race():
    assert TUTORIAL.keys() <= RACERS.keys()
    assert set(TUTORIAL.values()) == {"BasicLSTM", "StandardLSTM", "LSTMBlock", "LSTMBlockFused", "CudnnLSTM"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--units", 0), "--units must be at least 1, but is 0"),
        (("--rounds", 0), "--rounds must be at least 1, but is 0"),
        (("--peers", "cudnn"), "invalid choice: 'cudnn'"),
    ],
)
def test_it_refuses_bad_arguments(tmp_path, capsys, arguments, words):
    with pytest.raises(SystemExit, match="2"):
        race(*arguments, "--out", tmp_path)
    printed = capsys.readouterr()
    assert words in printed.err
    assert printed.out == ""
