"""Everything in the project that writes a file a user keeps: ``write(folder, number)``, and what is read back.

A file of ``write(folder, 1)`` holds the number 1 in some form, and ``read(path)`` finds it, or raises.
"""

import json
import re
import shutil
from types import SimpleNamespace

from common import plt, save

import numpy as np
import run_model
from saved_model.exported import write_exported

from parity_tests.attack._streams import walked
from scratch import CheckpointManager, SummaryWriter, TFRecordWriter, load_checkpoint, read_idx, read_tfrecord
from scratch.archives import read_arrays
from scratch.files import write_text
from scratch.inputs.idx import write_idx
from scratch.tasks.sentences import read_rows, write_rows
from scratch.training.checkpoint import save_checkpoint


def plain_text(folder, number):
    write_text(folder / "plain.txt", f"number {number} " * 999)


def checkpoint(folder, number):
    save_checkpoint(folder / "run.npz", {"numbers": np.full(2000, number)})


def manager(folder, number):
    CheckpointManager(folder, max_to_keep=1).save(number, {"numbers": np.full(2000, number)})


def weights(folder, number):
    write_exported(folder / "model.npz", {"model": {}}, {"numbers": np.full(2000, number)})


def records(folder, number, compression_type=""):
    with TFRecordWriter(folder / "records", compression_type) as writer:
        for _ in range(3):
            writer.write(b"%d" % number * 5000)


def packed_records(folder, number):
    records(folder, number, "GZIP")


def shards(folder, number):
    write_rows(folder, "rows", [np.full((2, 2), number), np.full((1, 2), number)], num_shards=2)


def idx(folder, number):
    write_idx(folder / "images-idx", np.full((5, 700), number, np.int16))


def packed_idx(folder, number):
    write_idx(folder / "labels-idx.gz", np.full((5, 700), number, np.int16))


def outputs(folder, number):
    run_model.write_outputs(folder / "outputs.npy", ["output"], [np.full(2000, number)])


def picture(folder, number):
    silent = SimpleNamespace(print=lambda *words, **options: None)

    # A picture of nothing, as wide as the number: it takes long to draw one.
    plt.close("all")
    save(lambda: plt.figure(figsize=(number, 1)), folder / "picture.png", silent)


def results(folder, number):
    write_text(folder / "results.json", json.dumps({"number": number, "rest": [0] * 5000}))


def summaries(folder, number):
    with SummaryWriter(folder) as writer:
        for step in range(3):
            writer.scalar("number", number, step)
            writer.flush()


WRITERS = [plain_text, checkpoint, manager, weights, records, packed_records, shards, idx, packed_idx, outputs]
WRITERS += [picture, results, summaries]


def read(path):
    """Return the number that a file was written with, ``None`` for an event file that has no number yet."""
    name = path.name
    if name.startswith("events"):
        found, _ = walked(path.read_bytes())
        numbers = {np.frombuffer(one[-4:], "<f4")[0] for one in found[1:]}
        return int(*numbers) if numbers else None
    if path.suffix == ".npz":
        arrays = read_arrays(path, "file") if name == "model.npz" else load_checkpoint(path)
        (number,) = set(arrays["numbers"].tolist())
    elif path.suffix == ".txt":
        number = set(path.read_text().split()[1::2]).pop()
        assert len(path.read_text().split()) == 1998
    elif path.suffix == ".tfrecord":
        ((number, _),) = {tuple(row) for rows in read_rows([path]) for row in rows.tolist()}
    elif path.suffix == ".json":
        number = json.loads(path.read_text())["number"]
    elif path.suffix == ".npy":
        (number,) = set(np.load(path).tolist())
    elif path.suffix == ".png":
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG")
        assert data.endswith(b"IEND\xaeB`\x82")
        number = int.from_bytes(data[16:20]) // 110
    elif re.search("idx", name):
        (number,) = set(read_idx(path, (5, 700)).ravel().tolist())
    else:
        packed = path.read_bytes()[:2] == b"\x1f\x8b"
        (number,) = {int(record[:1]) for record in read_tfrecord(path, "GZIP" if packed else "")}
    return int(number)


def visible(folder):
    """Return ``{name: number}`` of the files in a folder, those that are being written left out."""
    found = {path.name: read(path) for path in sorted(folder.iterdir()) if not path.name.startswith(".")}
    return {name: number for name, number in found.items() if number is not None}


def written_once(write, folder):
    """Write number 1 into the folder, which is emptied before, and return what is visible there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    write(folder, 1)
    return visible(folder)


def lost(before, after):
    """Return what is wrong with the files in a folder, after a second writing was stopped; empty where nothing is."""
    if not set(after.values()) <= {1, 2}:
        return f"other numbers: {after}"
    # The manager puts a file of another name in the place of the old one, which then goes.
    gone = before.keys() - after.keys()
    return f"{gone} gone" if gone and len(after) < len(before) else ""


def harmed(write, folder, before):
    """Return what a writing that was stopped has done to what was there before, or to the next; empty for nothing."""
    try:
        words = lost(before, visible(folder))
        write(folder, 3)
        return words or ("" if 3 in visible(folder).values() else "nothing can be written any more")
    except Exception as broken:
        return f"{type(broken).__name__}: {broken}"
