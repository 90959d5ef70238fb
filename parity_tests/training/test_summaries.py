import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from scratch import SummaryWriter, histogram
from scratch.tasks.echo import PARTS, init_params
from scratch.training import summaries
from scratch.training.summaries import LIMITS, GraphNode, network_graph
from tf_impl.tasks import echo as tf_echo
from tf_impl.training import summaries as tf_summaries

rng = np.random.default_rng(0)
HISTOGRAMS = {
    "many sizes": rng.standard_normal((7, 500)) * 10.0 ** rng.uniform(-14, 22, (7, 500)),
    "float32": rng.standard_normal(1000).astype(np.float32),
    "one": np.array(5e-7),
    "zeros": np.zeros((3, 4)),
    "zeros of both signs": np.array([0.0, -0.0, 0.0]),
    "the limits": LIMITS[1:-1],
    "just below the limits": np.nextafter(LIMITS[1:-1], -np.inf),
    "subnormal": np.array([-5e-324, 5e-324, -3e-308, 3e-308]),
    "subnormal float32": np.array([-1e-45, -2e-38], np.float32),
    "far out": np.array([-1e300, 1e300, -np.finfo(np.float64).max]),
}


def write(writer, folder, tags=HISTOGRAMS):
    with writer(folder) as written:
        for step in (0, 250):
            written.scalar("loss", 0.1 * step + 0.3, step)
            for tag in tags:
                written.histogram(f"gradients/{tag.replace(' ', '_')}", HISTOGRAMS[tag], step)
    (path,) = folder.iterdir()
    return path


def test_event_files_say_what_those_of_tensorflow_say(tmp_path):
    ours, theirs = (
        tf_summaries.read_events(write(writer, tmp_path / name))
        for name, writer in {"ours": SummaryWriter, "theirs": tf_summaries.SummaryWriter}.items()
    )
    assert ours[0].file_version == theirs[0].file_version == "brain.Event:2"
    assert len(ours) == len(theirs) == 1 + 2 * (1 + len(HISTOGRAMS))
    for have, want in zip(ours[1:], theirs[1:], strict=True):
        assert have.step == want.step
        assert abs(have.wall_time - want.wall_time) < 1000
        (have,), (want,) = have.summary.value, want.summary.value
        assert have.tag == want.tag
        assert have.simple_value == want.simple_value
        assert list(have.histo.bucket_limit) == list(want.histo.bucket_limit)
        assert list(have.histo.bucket) == list(want.histo.bucket)
        for field in ("min", "max", "num"):
            assert getattr(have.histo, field) == getattr(want.histo, field)
        # TensorFlow adds in another order.
        scale = want.histo.num * max(abs(want.histo.min), abs(want.histo.max))
        assert have.histo.sum == pytest.approx(want.histo.sum, rel=0, abs=1e-12 * scale)
        assert have.histo.sum_squares == pytest.approx(want.histo.sum_squares, rel=1e-12)


def test_both_lie_in_one_tensorboard(tmp_path):
    for name, writer in {"numpy": SummaryWriter, "tensorflow": tf_summaries.SummaryWriter}.items():
        write(writer, tmp_path / name, ["float32"])
    runs = [EventAccumulator(str(tmp_path / name)).Reload() for name in ("numpy", "tensorflow")]
    for run in runs:
        assert run.Tags()["scalars"] == ["loss"]
        assert run.Tags()["histograms"] == ["gradients/float32"]
        assert [event.step for event in run.Scalars("loss")] == [0, 250]
        assert [event.value for event in run.Scalars("loss")] == [np.float32(0.3), np.float32(25.3)]
    ours, theirs = (run.Histograms("gradients/float32")[0].histogram_value for run in runs)
    assert ours.bucket == theirs.bucket


def graph_in(folder):
    """Return the nodes of the graph in an event file, ``{name: node}``, by TensorBoard's loader."""
    return {node.name: node for node in EventAccumulator(str(folder)).Reload().Graph().node}


def scopes(names):
    """Return every scope, of any depth, that one of the names is in."""
    return {name[:place] for name in names for place, letter in enumerate(name) if letter == "/"}


@pytest.mark.parametrize("number", [2, 5, 6])
def test_the_graph_has_the_scopes_and_the_variables_of_tensorflows(tmp_path, number):
    part = PARTS[number]
    params = init_params(part, np.random.default_rng(0))
    with SummaryWriter(tmp_path / "ours") as writer:
        writer.graph(network_graph(part.cell, params, "Adagrad"))
    with tf_summaries.SummaryWriter(tmp_path / "theirs") as writer:
        writer.graph(tf_echo.EchoTrainer(part, params).program.graph)
    ours, theirs = graph_in(tmp_path / "ours"), graph_in(tmp_path / "theirs")
    variables = {name for name, node in ours.items() if node.op == "VarHandleOp"}
    assert variables == {
        name for name, node in theirs.items() if node.op == "VarHandleOp" and not name.endswith("/Adagrad")
    }
    assert {"inputs", "rnn", "dense", "loss", "train"} <= scopes(ours) <= scopes(theirs)
    # From the optimiser back, what is read leads over every layer and every variable to the inputs.
    reached = ["train/Adagrad"]
    for name in reached:
        reached += [read for read in ours[name].input if read not in reached]
    assert sorted(reached) == sorted(ours)
    layers = [name for name, node in ours.items() if node.op == "Layer"]
    assert [ours[name].input[0] for name in layers] == ["inputs/x", *layers[:-1]]
    for name in layers:
        scope = name.removesuffix("layer")
        assert set(ours[name].input[1:]) == {variable for variable in variables if variable.startswith(scope)}
    assert len(layers) == len(getattr(part.cell, "cells", [part.cell])) + 1


def test_the_buckets_are_those_of_tf1():
    assert len(LIMITS) == 1551
    assert (np.diff(LIMITS) > 0).all()
    np.testing.assert_array_equal(LIMITS, -LIMITS[::-1])
    assert LIMITS[775:778].tolist() == [0.0, 1e-12, 1e-12 * 1.1]
    found = histogram(np.array([0.0, 0.5e-12, 1e-12, 1e-12, -3.0]))
    # −3 lies below −2.9…; then a stretch of nothing up to 0; three limits; then nothing up to the end.
    assert found.bucket.tolist() == [0, 1, 0, 2, 2, 0]
    assert found.bucket_limit[2:].tolist() == [0.0, 1e-12, 1e-12 * 1.1, np.finfo(np.float64).max]
    assert found.bucket_limit[0] <= -3 < found.bucket_limit[1]
    assert (found.min, found.max, found.num) == (-3.0, 1e-12, 5)
    assert histogram(np.array([np.finfo(np.float64).max])).bucket.tolist() == [0, 1]


def test_a_file_that_a_killed_run_left_is_read_to_its_last_whole_record(tmp_path):
    with SummaryWriter(tmp_path / "killed") as writer:
        for step in range(5):
            writer.scalar("loss", step, step)
    (path,) = (tmp_path / "killed").iterdir()
    path.write_bytes(path.read_bytes()[:-3])
    with SummaryWriter(tmp_path / "killed") as writer:
        writer.scalar("loss", 4, 4)
    run = EventAccumulator(str(tmp_path / "killed")).Reload()
    assert [event.step for event in run.Scalars("loss")] == [0, 1, 2, 3, 4]


def test_flushed_is_on_its_way_before_the_file_is_closed(tmp_path):
    writer = SummaryWriter(tmp_path)
    writer.scalar("loss", np.float32(0.5), 3)
    writer.scalar("loss", float("nan"), 4)
    writer.flush()
    (path,) = tmp_path.iterdir()
    events = tf_summaries.read_events(path)
    assert [(event.step, str(event.summary.value[0].simple_value)) for event in events[1:]] == [(3, "0.5"), (4, "nan")]
    writer.close()


def test_tensorflow_is_neither_needed_nor_imported(tmp_path):
    code = f"""
import sys
sys.modules["tensorflow"] = sys.modules["tensorboard"] = None
from scratch import SummaryWriter
try:
    SummaryWriter({str(tmp_path)!r})
except ImportError as error:
    print(error)
del sys.modules["tensorboard"]
with SummaryWriter({str(tmp_path)!r}) as writer:
    writer.scalar("loss", 0.5, 0)
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, env=os.environ)
    assert done.stderr == ""
    assert done.stdout.startswith("SummaryWriter needs tensorboard, which is in the extra 'plot': pip install")
    assert len(list(tmp_path.iterdir())) == 1


def test_refusals(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        with pytest.raises(ValueError, match="tag must be made of letters, digits and . _ - /, but is 'my loss'"):
            writer.scalar("my loss", 0.5, 0)
        with pytest.raises(ValueError, match="tag must be made of letters, digits and . _ - /, but is None"):
            writer.histogram(None, np.ones(3), 0)
        with pytest.raises(ValueError, match="tag must be made of letters, digits and . _ - /, but is 'my x'"):
            writer.graph([GraphNode("my x", "Placeholder")])
        with pytest.raises(TypeError, match="the value of '.*' must be a number, but is '0.5'"):
            writer.scalar("loss", "0.5", 0)
        with pytest.raises(ValueError, match="step must be at least 0, but is -1"):
            writer.scalar("loss", 0.5, -1)
        with pytest.raises(TypeError, match="step must be an integer, but is 0.5"):
            writer.histogram("w", np.ones(3), 0.5)
        for values, came in (
            (np.array([1.0, np.nan]), "1 of 2 are not"),
            (np.array([-np.inf]), "1 of 1 are not"),
            (np.zeros((0, 3)), "there are none"),
        ):
            words = f"the histogram 'rnn/w' at step 7: values must be finite numbers, at least one, but {came}"
            with pytest.raises(ValueError, match=words):
                writer.histogram("rnn/w", values, 7)
        with pytest.raises(TypeError, match="the histogram 'w' at step 0: values must be float32 or float64"):
            writer.histogram("w", np.ones(3, int), 0)
    (path,) = tmp_path.iterdir()
    assert len(tf_summaries.read_events(path)) == 1


def test_every_writer_has_a_file_of_its_own(tmp_path, monkeypatch):
    """Two of one second and process; and where another process has the same name, nothing of its file is lost."""
    monkeypatch.setattr(summaries.time, "time", lambda: 1e9)
    with SummaryWriter(tmp_path) as first, SummaryWriter(tmp_path) as second:
        first.scalar("loss", 1, 0)
        second.scalar("loss", 2, 0)
    assert len(list(tmp_path.iterdir())) == 2
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(summaries, "FILE_NUMBERS", itertools.count(int(min(before).name.rsplit(".", 1)[1])))
    with pytest.raises(FileExistsError):
        SummaryWriter(tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_was_flushed_is_with_the_system(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        (path,) = tmp_path.iterdir()
        writer.scalar("loss", 1, 0)
        writer.flush()
        flushed = path.stat().st_size
        writer.scalar("loss", 2, 1)
    assert 0 < flushed < path.stat().st_size
