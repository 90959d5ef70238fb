"""Files, written and read, in a folder that is the process's own."""

import tempfile
from pathlib import Path

import numpy as np

import scratch
from parity_tests.rows.inputs import EXAMPLE, FEATURES, SCHEMA
from parity_tests.rows.row import ANY_ARRAY, ANY_TREE, Row, normal

# It goes when the process ends.
KEPT = tempfile.TemporaryDirectory()
FOLDER = Path(KEPT.name)
RECORDS, MODEL, IDX = FOLDER / "records", FOLDER / "model.npz", FOLDER / "numbers"
TREE = {"w": normal(2, 3), "state": scratch.LSTMState(normal(2, 2), normal(2, 2, seed=1))}
with scratch.TFRecordWriter(RECORDS) as opened:
    opened.write(EXAMPLE.serialize())
scratch.save_checkpoint(MODEL, TREE)
scratch.write_idx(IDX, np.arange(6, dtype=np.uint8).reshape(2, 3))
# Any tree can be saved, so long as it is made of arrays, numbers and text.
SAVED = ["a text", "list", "a plain tuple", "a list", "a number", "an array", "no array but a text"]
SAVED += ["no array but a number", *ANY_TREE, *ANY_ARRAY]


def written(record):
    with scratch.TFRecordWriter(FOLDER / "written") as writer:
        writer.write(record)
    return list(scratch.read_tfrecord(FOLDER / "written"))


def writer_of(**given):
    with scratch.TFRecordWriter(**given) as writer:
        writer.write(b"a")


def managed(**given):
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        manager = scratch.CheckpointManager(folder, 2)
        manager.save(**given)
        return manager.best_step()


def told(name, **given):
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder, scratch.SummaryWriter(folder) as writer:
        getattr(writer, name)(**given)


FILES = {
    "read_idx": Row(
        scratch.read_idx,
        {"path": IDX, "shape": ("N", 3), "dtype": np.uint8},
        {"shape": ["another text", "a text"], "dtype": ["byte-swapped"]},
    ),
    "write_idx": Row(
        scratch.write_idx,
        {"path": FOLDER / "written.idx", "array": normal(2, 3)},
        {"array": ["axis", "an axis", "other float", "whole", "byte-swapped", "NaN", "infinity"]},
    ),
    "read_tfrecord": Row(
        lambda **a: list(scratch.read_tfrecord(**a)), {"path": RECORDS, "compression_type": "", "on_damage": "raise"}
    ),
    "read_sequence_examples": Row(
        lambda **a: list(scratch.read_sequence_examples(**a)),
        {"paths": [RECORDS], "compression_type": "", "on_damage": "raise"} | SCHEMA,
        FEATURES | {"paths": ["longer", "shorter", "empty"]},
    ),
    "TFRecordWriter": Row(writer_of, {"path": FOLDER / "written", "compression_type": "GZIP"}),
    "TFRecordWriter.write": Row(written, {"record": b"abc"}, {"record": ["bytearray", "empty bytes"]}),
    "save_checkpoint": Row(
        scratch.save_checkpoint,
        {"path": FOLDER / "saved.npz", "tree": TREE},
        {"tree": SAVED},
        {"tree": ("w", "state")},
    ),
    "load_checkpoint": Row(scratch.load_checkpoint, {"path": MODEL}),
    "load_tree": Row(scratch.load_tree, {"path": MODEL, "kinds": ()}),
    "latest_checkpoint": Row(scratch.latest_checkpoint, {"folder": FOLDER}, {"folder": ["not there"]}),
    "CheckpointManager": Row(
        lambda **a: scratch.CheckpointManager(**a).best_step(),
        {"folder": FOLDER / "runs", "max_to_keep": 2},
        {"folder": ["not there"]},
    ),
    "CheckpointManager.save": Row(
        managed,
        {"step": 3, "tree": TREE, "validation": 0.5},
        {"tree": SAVED},
        {"tree": ("w", "state")},
    ),
    "SummaryWriter": Row(
        lambda **a: scratch.SummaryWriter(**a).close(), {"folder": FOLDER / "events"}, {"folder": ["not there"]}
    ),
    "SummaryWriter.scalar": Row(
        lambda **a: told("scalar", **a),
        {"tag": "loss", "value": 0.5, "step": 3},
        {"step": ["2**62"], "value": ["NaN", "infinity", "a large"]},
    ),
    "SummaryWriter.histogram": Row(
        lambda **a: told("histogram", **a),
        {"tag": "w", "values": normal(4), "step": 3},
        {"step": ["2**62"], "values": ["axis", "an axis", "other float"]},
    ),
    "load_mnist": Row(scratch.load_mnist, {}),
}
del FILES["load_mnist"]
