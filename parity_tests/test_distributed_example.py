"""``examples/distributed.py``, run as a user runs it. Each worker takes seconds to start, so there are few runs."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import distributed
import numpy as np
import pytest
from cluster import BATCH_SIZE, TRY_AGAIN, launcher, saved, task
from rich.console import Console

from parity_tests.harness import STUCK
from parity_tests.test_examples import ROOT
from scratch import latest_checkpoint, load_checkpoint, pad_batch, save_checkpoint, slot_variables
from scratch.tasks.sentences import make_corpus, make_sentences
from scratch.tasks.tagging import OPTIMIZER, Tagger, TaggingTrainer, as_batch
from scratch.tree import named_leaves

EXAMPLE = "examples/distributed.py"
# 146 sentences to learn from: 12 files of unequal length, and a last batch of 2, of which a third worker has none.
SENTENCES, EPOCHS = 162, 10


@contextmanager
def program(out, *options):
    """Start the program, its output and its workers' in one pipe, and end it with the block or where it is stuck."""
    options = ["--out", out, "--sentences", SENTENCES, "--epochs", EPOCHS, "--timeout", STUCK, *options]
    process = subprocess.Popen(
        [sys.executable, EXAMPLE, *map(str, options)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "ascii"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    timer = threading.Timer(STUCK, process.kill)
    timer.start()
    with process:
        try:
            yield process
        finally:
            timer.cancel()
            process.kill()


def assert_gradients_agree(output, *batches):
    """Fail unless each batch's gradients are there by name, all within the limit, and the mean of means is not."""
    for number, words in batches:
        assert re.search(f"batch {number}, {words} words", output), output
    rows = re.findall(r"(\w+/[\w/]+) +\S +(\S+) +\S +(\S+) +\S +(\S+) ", output)
    assert len(rows) == 7 * len(batches)
    assert all(float(theirs) <= 1e-12 and float(ours) <= 1e-12 for _, theirs, ours, _ in rows)
    assert all(float(mean_of_means) > 1e-4 for *_, mean_of_means in rows)
    assert output.count("The sum is the gradient of one process") == 1


def assert_trained_as_one_process(out):
    """Fail unless all that the last checkpoint holds is what NumPy comes to by itself, undisturbed."""
    corpus = make_corpus(np.random.default_rng(0), make_sentences(np.random.default_rng(0), SENTENCES))
    tagger = Tagger(corpus.vocabulary.size, len(corpus.labels))
    trainer = TaggingTrainer(tagger, tagger.init_params(np.random.default_rng(0), np.float64))
    batches = [corpus.training[first : first + BATCH_SIZE] for first in range(0, len(corpus.training), BATCH_SIZE)]
    assert [len(rows) for rows in batches] == [48, 48, 48, 2]
    losses = [trainer.step(as_batch(*pad_batch(rows))) for _ in range(EPOCHS) for rows in batches]
    expected = dict(named_leaves(trainer.params)) | slot_variables(OPTIMIZER, trainer.slots) | {"losses": losses}
    found = load_checkpoint(latest_checkpoint(out / "checkpoints"))
    assert found.keys() == expected.keys() | {"global_step", "corpus"}
    assert found["global_step"] == len(losses) == 40
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, rtol=0, atol=1e-9, err_msg=name)


def test_three_workers_add_up_the_gradient_of_one_process(tmp_path):
    with program(tmp_path, "--workers", 3, "--check") as process:
        output, _ = process.communicate()
    assert process.returncode == 0, output
    assert_gradients_agree(output, (0, r"\d+ \+ \d+ \+ \d+"), (3, r"\d+ \+ \d+ \+ 0"))
    assert_trained_as_one_process(tmp_path)
    assert (tmp_path / "distributed.png").read_bytes().startswith(b"\x89PNG")


def test_two_workers_do_and_one_of_them_killed_changes_nothing(tmp_path):
    output = ""
    with program(tmp_path, "--workers", 2, "--check") as process:
        for line in process.stdout:
            output += line
            if line.startswith("step 10 of 40"):
                os.kill(int(re.search(r"worker 1: process (\d+)", output)[1]), signal.SIGKILL)
        assert process.wait() == 0, output
    assert_gradients_agree(output, (0, r"\d+ \+ \d+"), (3, r"\d+ \+ \d+"))
    # Whichever the launcher hears of first: the worker that was killed, or the other, which misses it.
    assert "worker 1 ended with SIGKILL" in output or "worker 0 ended with an error of TensorFlow's" in output
    assert re.search(r"all start again from step [123]0", output), output
    assert_trained_as_one_process(tmp_path)


def test_no_worker_outlives_the_launcher(tmp_path):
    with program(tmp_path, "--workers", 2) as process:
        for line in process.stdout:
            if line.startswith("worker 1"):
                process.kill()
                break
        # The pipe ends when the last process that holds it does.
        process.communicate(timeout=STUCK)


def supervise(tmp_path, monkeypatch, endings):
    """Return ``(status, output)`` of the launcher, its workers replaced by their ``endings`` and checkpoints made."""
    endings = iter(endings)

    def run_workers(arguments, console):
        step, ending = next(endings)
        if step:
            save_checkpoint(tmp_path / "checkpoints" / f"model.ckpt-{step}.npz", {"step": step})
        return ending

    monkeypatch.setattr(launcher, "run_workers", run_workers)
    console = Console(width=200, record=True)
    (tmp_path / "worker-0.log").write_text("[its] last words")
    status = launcher.supervise(SimpleNamespace(out=tmp_path, resume=False), console)
    return status, console.export_text()


def test_workers_that_come_no_further_are_given_up(tmp_path, monkeypatch):
    killed, failed = (1, -9), (0, TRY_AGAIN)
    endings = [(0, killed), (10, failed), (0, killed), (20, failed), (0, failed), (0, killed)]
    status, output = supervise(tmp_path, monkeypatch, endings)
    assert status == 1
    assert "worker 1 ended with SIGKILL" in output
    assert "worker 0 ended with an error of TensorFlow's" in output
    assert output.count("all start again from step 0") == 1
    assert output.count("all start again from step 10") == 2
    assert output.count("all start again from step 20") == 2
    assert "Workers died 3 times without coming further than step 20" in output


def test_a_worker_that_ends_by_itself_is_not_started_again(tmp_path, monkeypatch):
    assert supervise(tmp_path, monkeypatch, [(0, (0, 1))]) == (1, "[its] last words\n")
    assert supervise(tmp_path, monkeypatch, [(0, (1, 0))]) == (0, "")


def test_the_first_worker_is_the_chief_unless_another_is_called_so():
    def chief(kind, index, **cluster):
        return task.is_chief(json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}}))

    a, b, c = (f"127.0.0.1:{port}" for port in (1, 2, 3))
    assert chief("worker", 0, worker=[a, b])
    assert not chief("worker", 1, worker=[a, b])
    assert chief("chief", 0, chief=[a], worker=[b, c])
    assert not chief("worker", 0, chief=[a], worker=[b, c])
    wrong = {
        "has worker number 2": ("worker", 2, [a, b]),
        "has worker number -1": ("worker", -1, [a, b]),
        "has ps number 0": ("ps", 0, [a, b]),
        f"has {a} twice": ("worker", 0, [a, a]),
        "such as 127.0.0.1:2222, but has 'b'": ("worker", 0, [a, "b"]),
        "must have addresses such as 127.0.0.1:2222, but has '127.0.0.1:0'": ("worker", 0, [a, "127.0.0.1:0"]),
        "but has '127.0.0.1:65536'": ("worker", 0, [a, "127.0.0.1:65536"]),
        "has the address nobody.invalid:1, which is no machine's": ("worker", 0, [a, "nobody.invalid:1"]),
    }
    for words, (kind, index, addresses) in wrong.items():
        with pytest.raises(SystemExit, match=words):
            chief(kind, index, worker=addresses)


def test_a_checkpoint_of_other_sentences_is_refused(tmp_path):
    corpora = [make_corpus(np.random.default_rng(0), make_sentences(np.random.default_rng(0), n)) for n in (40, 41)]
    assert saved.to_start_with(tmp_path, corpora[0], "params", "slots") == ("params", "slots", [])
    save_checkpoint(tmp_path / "model.ckpt-10.npz", saved.to_save({}, [0.5], corpora[0]))
    with pytest.raises(SystemExit, match="model.ckpt-10.npz was trained on other sentences"):
        saved.to_start_with(tmp_path, corpora[1], "params", "slots")


@pytest.mark.parametrize(
    ("arguments", "config", "code", "words"),
    [
        (["--workers", "5"], None, 2, "invalid choice: 5 (choose from 1, 2, 3, 4, 6, 12)"),
        (["--epochs", "0"], None, 2, "--epochs must be at least 1, but is 0"),
        (["--timeout", "0"], None, 2, "--timeout must be at least 1, but is 0"),
        (["--workers", "2"], "{}", 2, "--workers starts a cluster here, but TF_CONFIG says"),
        ([], "{}", "TF_CONFIG must be JSON with a cluster and a task, but is '{}'", ""),
        ([], "worker 0", "TF_CONFIG must be JSON with a cluster and a task, but is 'worker 0'", ""),
        (
            [],
            '{"cluster": {"worker": ["a", "b", "c", "d", "e"]}, "task": {"type": "worker", "index": 0}}',
            "TF_CONFIG must have a chief, or none, and workers, 1, 2, 3, 4, 6, 12 in all, but has {'worker': 5}",
            "",
        ),
    ],
)
def test_it_refuses_bad_arguments(tmp_path, monkeypatch, capsys, arguments, config, code, words):
    if config:
        monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(SystemExit) as ended:
        distributed.main(["--sentences", "20", "--out", str(tmp_path), *arguments])
    assert ended.value.code == code
    assert words in capsys.readouterr().err
