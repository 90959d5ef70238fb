"""Damaged and hostile files: each is read right or refused by its name, in little memory, and nothing in it is run."""

import resource
import signal
import tempfile
import time
from pathlib import Path

import numpy as np

from parity_tests.attack import _archives, _streams
from parity_tests.attack._counts import Counts
from parity_tests.attack._damage import Stuck

SORTS = {
    "checkpoints": _archives.checkpoints,
    "hostile archives": _archives.hostile_archives,
    "exported models": _archives.exported,
    "mnist.npz": _archives.keras_mnist,
    "idx": _archives.idx,
    "npy": _archives.plain_arrays,
    "records and event files": _streams.records,
    "examples in records": _streams.examples_in_records,
    "sentences": _streams.sentences,
    "folders of checkpoints": _streams.folders_of_checkpoints,
    "no files": _streams.no_files,
}
# With packages of the extras 'tf' and 'convert'.
EXTRA_SORTS = {
    "safetensors": _streams.safetensors,
    "Keras archives": _streams.keras_models,
    "ONNX": _streams.onnx_models,
}
# Seconds after which a reader is stuck, and bytes that no file here may cost.
STUCK, MOST = 60, 2**28


def stuck(*_):
    raise Stuck


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def run(rng, seconds):
    """Attack each sort for an equal part of the time."""
    sorts = SORTS | EXTRA_SORTS
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    before = signal.signal(signal.SIGALRM, stuck)
    try:
        with tempfile.TemporaryDirectory(dir=memory) as folder:
            return [
                attacked(name, sort, rng, seconds / len(sorts), Path(folder) / str(number) / "folder")
                for number, (name, sort) in enumerate(sorts.items())
            ]
    finally:
        signal.signal(signal.SIGALRM, before)


def attacked(name, sort, rng, seconds, folder):
    """Return the record of one sort."""
    folder.mkdir(parents=True)
    counts, attempt = Counts("files", name), sort(rng, folder)
    attempt(np.random.default_rng(0))
    least, until = peak(), time.monotonic() + seconds
    while time.monotonic() < until:
        seed = int(rng.integers(2**62))
        # Twice, because the whole process may have stood still for a while.
        for _ in range(2):
            signal.alarm(STUCK)
            try:
                verdict, words = attempt(np.random.default_rng(seed))
                break
            except Stuck:
                verdict, words = "hung", ""
            finally:
                signal.alarm(0)
        counts.add(verdict, f"case {seed}: {words}")
        if peak() > least + MOST:
            counts.add("wrong", f"case {seed} took {(peak() - least) >> 20} MB")
            least = peak()
    return counts.record()
