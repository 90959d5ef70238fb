"""``examples/benchmark.py``, run as a user runs it, on networks so small that it is the program that is tested."""

import json

from common import plt

import numpy as np
import pytest
from benchmark import main
from peers import PEERS, TRAINERS
from peers.bench import difference
from peers.layouts import LAYOUTS
from peers.pictures import draw_sweep
from peers.problem import load_problem, name_results
from peers.programs import PROGRAMS
from peers.report import Found, markdown, summary
from peers.rounds import Row, busy_seconds, measure_block
from peers.workloads import GROUPS, WORKLOADS, Workload, draw, necessary_flops

from parity_tests.harness import assert_parity
from parity_tests.test_examples import run, without
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell
from scratch.tree import map_tree

EXAMPLE = "examples/benchmark.py"
QUICK = ("--rounds", 1, "--patience", 0, "--no-cold")


def test_it_times_what_is_installed_and_names_what_is_not(tmp_path):
    out = tmp_path / "new" / "folder"
    peers = ("numpy", "numba", "tf1-block", "torch", "jax")
    arguments = "--workload", "W1", "--peers", *peers, "--threads", 1, "--out", out
    done = run(EXAMPLE, *QUICK, *arguments, **without(tmp_path, "torch", "jax"), PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    for words in (
        'torch: not installed (torch: pip install -e ".[bench]")',
        'jax: not installed (jax: pip install -e ".[bench]")',
        "numba against the fastest peer present, tf1-block: ",
        # Which is held against the reference like everybody else.
        "numba of the bare loop: ",
        "All agree with the reference",
    ):
        assert words in done.stdout
    assert sorted(path.name for path in out.iterdir()) == ["benchmark.png", "results.json", "results.md"]
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert results["machine"]["threads"] == 1
    (found,) = results["workloads"]
    rows = {row["name"]: row for row in found["rows"]}
    assert list(rows) == list(peers)
    for name in ("numpy", "numba", "tf1-block"):
        assert len(rows[name]["seconds"]) == 1
        assert min(rows[name]["seconds"]) > 0
        assert rows[name]["first"] > 0
        assert 0 < rows[name]["off"] < 2e-6
        assert 20e6 < rows[name]["peak"] < 4e9
    # A process's memory is its own, whatever that of the one that started it.
    assert rows["numpy"]["peak"] < rows["tf1-block"]["peak"]
    page = (out / "results.md").read_text(encoding="utf-8")
    assert "| workload | ours | ms |" in page
    assert page.count("\n| numba |") == 1
    # No product is needed here, and the limit is the time of the bare loop.
    assert found["product_rate"] is None
    assert found["limit_seconds"] > 0


def test_the_limit_of_one_row_is_to_read_its_weights(tmp_path):
    names = "batch1-lstm-16x3", "batch1-gru-16-stream"
    assert run_here(*QUICK, "--workload", *names, "--peers", "numba", "--threads", 2, "--out", tmp_path) == 0
    whole, stream = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["workloads"]
    # Of 100 steps: three layers' weights of h, 16 by 4 · 16; and all of a GRU's, 64 + 16 by 3 · 16.
    reads = {"batch1-lstm-16x3": 3 * 16 * 64, "batch1-gru-16-stream": (64 + 16) * 48}
    # The products of the inputs of all steps, of 64 and twice of 16 numbers; a stream has none that can wait.
    products = {"batch1-lstm-16x3": 2 * 100 * (64 + 2 * 16) * 64, "batch1-gru-16-stream": 0}
    for found in (whole, stream):
        assert found["flops"] == products[found["name"]]
        # Between what the memory gives and what no cache does.
        assert 1e9 < found["read_rate"] < 1e13
        seconds = 4 * 100 * reads[found["name"]] / found["read_rate"] + found["flops"] / found["product_rate"]
        assert found["limit_seconds"] == pytest.approx(seconds)
    page = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert page.count("weights at ") == 2
    assert page.count("products at ") == 1


def run_here(*arguments):
    """Run the program in this process, for its imports take a second; its workers are processes of their own."""
    return main([str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("planted", "status", "words"),
    [
        ("d_inputs = d_inputs * numpy.float32('nan')", 1, "numpy disagrees: inputs is off by nan, limit 2e-05"),
        ("import os; os._exit(9)", 1, "numpy failed: the process ended"),
        (
            "from peers.problem import DoesNotRun; raise DoesNotRun('not today')",
            0,
            "numpy: does not run this: not today",
        ),
    ],
)
def test_one_that_disagrees_or_fails_or_refuses(tmp_path, monkeypatch, capsys, planted, status, words):
    """The fault is in every process, but only in float32: not in the reference."""
    (tmp_path / "sitecustomize.py").write_text(
        f"""
import numpy, scratch
def faulty(tape, d_outputs, sound=scratch.dynamic_rnn_backward):
    d_inputs, *others = sound(tape, d_outputs)
    if d_inputs.dtype == numpy.float32:
        {planted}
    return d_inputs, *others
scratch.dynamic_rnn_backward = faulty
""",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert run_here(*QUICK, "--workload", "try", "--peers", "numpy", "--out", tmp_path / "out") == status
    printed = capsys.readouterr().out
    assert words in printed
    assert ("Not all implementations agree" in printed) == (status == 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--rounds", "0"), "--rounds must be at least 1, but is 0"),
        (("--threads", "0"), "--threads must be at least 1, but is 0"),
        (("--patience", "-1"), "--patience must be at least 0, but is -1"),
        (("--workload", "W9"), "invalid choice: 'W9'"),
        (("--peers", "mxnet"), "invalid choice: 'mxnet'"),
        (("--out", "README.md"), "--out README.md cannot be written to"),
    ],
)
def test_it_refuses_bad_arguments(tmp_path, monkeypatch, capsys, arguments, words):
    (tmp_path / "README.md").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        run_here(*arguments)
    printed = capsys.readouterr()
    assert words in printed.err
    assert printed.out == ""


def test_it_lists_workloads_and_peers(tmp_path, capsys):
    assert run_here("--list", "--out", tmp_path) == 0
    words = {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    assert {*WORKLOADS, *GROUPS, *PEERS, *PROGRAMS, *TRAINERS, "whole"} == words


CELLS = [BasicRNNCell(4), BasicLSTMCell(4), GRUCell(4), GRUCell(4, reset_after=True)]


# PyTorch's GRU always resets after the product.
SAID = [(cell, layout) for cell in CELLS for layout in LAYOUTS if layout != "torch" or cell != GRUCell(4)]


@pytest.mark.parametrize(("cell", "layout"), SAID, ids=str)
def test_a_gradient_comes_back_as_the_weight_went(cell, layout):
    """Both are one change of places: but for the forget bias, a constant, which a gradient has no part in.

    PyTorch has it in the bias of h, whose gradient is left out, being that of the bias of x.
    """
    there, back = LAYOUTS[layout]
    params = cell.init_params(np.random.default_rng(0), 3, np.float64)
    weights = there(cell, params)
    forget = np.zeros(4 * 4)
    if isinstance(cell, BasicLSTMCell) and layout == "keras":
        forget[2 * 4 : 3 * 4] = 1
        params = params | {"bias": params["bias"] + forget}
    assert_parity(map_tree(np.asarray, back(cell, weights)), params)


def test_a_problem_is_drawn_once_and_survives_its_file(tmp_path):
    workload = WORKLOADS["try"]
    problem, params = draw(workload, 5)
    again, _ = draw(workload, 5)
    problem.save(tmp_path / "problem.npz", np.float32)
    loaded = load_problem(tmp_path / "problem.npz")
    for other in (again, loaded):
        assert (other.kind, other.mode, other.num_units) == ("lstm", "training", 4)
        for name in ("inputs", "d_outputs", "lengths"):
            assert np.array_equal(getattr(other, name), getattr(problem, name))
        for ours, theirs in zip(problem.states + problem.weights, other.states + other.weights, strict=True):
            assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))
    assert problem.inputs.dtype == np.float32
    assert problem.lengths.max() == workload.T
    assert (problem.d_outputs[~problem.live()] == 0).all()
    assert all(leaf.all() for layer in params for leaf in layer.values())


def test_the_lengths_are_the_labs():
    problem, _ = draw(WORKLOADS["W4"], 0)
    assert 5 <= problem.lengths.min() < problem.lengths.max() == 100
    assert 38.5 < problem.lengths.mean() < 39.5
    assert (np.diff(problem.lengths) < 0).any()


def test_the_necessary_products():
    def flops(workload):
        return necessary_flops(workload, draw(workload, 0)[0])

    # By hand: three products of [B T, D + H] and [D + H, 4 H], two operations for each multiplication.
    assert flops(WORKLOADS["W2"]) == 3 * 2 * 128 * 28 * (28 + 128) * 4 * 128
    assert flops(WORKLOADS["W1"]) == 3 * 2 * 5 * 15 * (1 + 4 + 8 + 8) * 4 * 4
    assert flops(WORKLOADS["W5"]) == 3 * 2 * 32 * 200 * (64 + 64) * 64
    # Of one row, those of the inputs alone.
    assert flops(WORKLOADS["inference"]) == 2 * 100 * 64 * 4 * 256
    assert flops(Workload("", "gru", 3, 7, 2, 4)) == 3 * 2 * 3 * 7 * (2 + 4) * 3 * 4


def test_a_difference_is_found_wherever_it_is(tmp_path):
    workload = WORKLOADS["try"]
    problem, _ = draw(workload, 0)
    results = name_results(problem.d_outputs, problem.inputs, problem.states, problem.weights)
    path = tmp_path / "results.npz"
    named = {f"state/0/{index}": part for index, part in enumerate(problem.states[0])}
    reference = {"outputs": problem.d_outputs, "inputs": problem.inputs, **named}
    np.savez(path, **results)
    assert difference(workload, "scratch", path, reference)[0] == 0
    for wrong, expected in ((problem.inputs * 1.5, 0.5), (np.full_like(problem.inputs, np.nan), np.nan)):
        np.savez(path, **(results | {"inputs": wrong}))
        off, worst = difference(workload, "scratch", path, reference)
        assert worst == "inputs"
        assert off == pytest.approx(expected, nan_ok=True)
        row = Row("numpy", off=off, worst=worst, seconds=[1.0])
        found = Found("try", workload, 1, [row], 1.0, None)
        assert len(found.wrong()) == 1
        # Whoever is wrong is not in the contest, however fast.
        row.name = "numba"
        assert found.contest() == (None, None)


def test_the_reports_of_a_sweep():
    """Twice as long on twice the length; the peer falls out on the way."""
    sweep = []
    for times, name in enumerate(GROUPS["T"], start=1):
        rows = [Row("numba", ours=True, seconds=[0.001 * times, 0.003 * times], first=1.0, peak=10**8, off=1e-7)]
        rows.append(Row("torch", seconds=[0.003 * times], first=1.0, peak=10**8, off=1e-7))
        if times > 2:
            rows[1] = Row("torch", refused="too long")
        sweep.append(Found(name, WORKLOADS[name], 10**9 * times, rows, 1e12, None))
    assert sweep[0].limit == 0.001
    assert sweep[0].verdicts()[0] == "numba against the fastest peer present, torch: 1.50 times as fast"
    assert list(summary(sweep))[1:3] == [
        ("T200", "numba", "4.00", "1.50", "torch", "6.00", "50%"),
        ("T400", "numba", "6.00", "-", "-", "-", "50%"),
    ]
    assert "torch: does not run this: too long" in markdown(sweep, ["a machine"])
    figure = draw_sweep(sweep, "T", plt)
    lines = {line.get_label(): line.get_xydata().tolist() for line in figure.axes[0].lines}
    plt.close(figure)
    assert lines["torch"] == [[100, 3], [200, 6]]
    assert [length for length, _ in lines["limit"]] == [100, 200, 400, 800, 1600, 3200]


def test_a_disturbed_block_is_repeated_and_the_calmest_kept(monkeypatch):
    if busy_seconds() is None:
        pytest.skip("this system does not say how busy it is")

    class Steady:
        """Answers at once; others use 9, then 2, then no CPUs meanwhile."""

        def __init__(self):
            self.asked = 0

        def ask(self, steps):
            self.asked += 1
            return {"seconds": self.asked, "cpu": 0.0}

    worker, clock = Steady(), iter([0, 9, 10, 12, 20, 20])
    monkeypatch.setattr("peers.rounds.busy_seconds", lambda: next(clock))
    monkeypatch.setattr("peers.rounds.time.sleep", lambda seconds: None)
    ticks = iter(range(100))
    monkeypatch.setattr("peers.rounds.time.perf_counter", lambda: next(ticks))
    monkeypatch.setattr("peers.rounds.time.process_time", lambda: 0.0)
    answer = measure_block(worker, 1, patience=5)
    assert (answer["seconds"], answer["foreign"], answer["repeated"]) == (3, 0, 2)
    worker, clock = Steady(), iter([0, 9, 10, 12, 20, 25])
    answer = measure_block(worker, 1, patience=2)
    assert (answer["seconds"], answer["foreign"], answer["repeated"]) == (2, 2, 2)
