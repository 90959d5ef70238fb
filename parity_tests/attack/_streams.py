"""Attacks on readers of records, of texts, and of other frameworks' models; and on what is no file at all."""

import gzip
import io
import json
import os
import shutil
import socket
import struct
import tempfile
import time
import warnings
import zlib
from pathlib import Path

import numpy as np

from parity_tests.attack._archives import LSTM
from parity_tests.attack._damage import REFUSALS, archive, damaged, judged
from parity_tests.inputs.damaged import damage
from scratch import CheckpointManager, SequenceExample, SummaryWriter, load_checkpoint, read_idx, read_tfrecord
from scratch.inputs.sequence_example import read_sequence_examples
from scratch.inputs.wire.frames import frame
from scratch.tasks.sentences import CONTEXT, STEPS, read_sentences
from scratch.training.checkpoint import latest_checkpoint, save_checkpoint


def crc_table():
    """Return the 256 remainders of CRC-32C."""
    table = []
    for number in range(256):
        for _ in range(8):
            number = number >> 1 ^ (0x82F63B78 if number & 1 else 0)
        table.append(number)
    return table


TABLE = crc_table()


def masked(data):
    """Return the masked CRC-32C of bytes, byte by byte."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def walked(data):
    """Return ``(records, whole)``: the records of a file up to the first that is damaged, and whether none is."""
    records, at = [], 0
    while at < len(data):
        if len(data) < at + 12:
            return records, False
        length, crc = struct.unpack_from("<QI", data, at)
        stop = at + 12 + length
        if crc != masked(data[at : at + 8]) or len(data) < stop + 4:
            return records, False
        if struct.unpack_from("<I", data, stop)[0] != masked(data[at + 12 : stop]):
            return records, False
        records.append(data[at + 12 : stop])
        at = stop + 4
    return records, True


def records(rng, folder):
    """A file of records, plain or compressed, event files too: all before the damage are read, and it is named."""
    path = folder / "records"
    plain = b"".join(bytes(frame(rng.bytes(int(size)))) for size in (0, 1, 30, 150))
    with SummaryWriter(folder / "events") as writer:
        for step in range(3):
            writer.scalar("loss", float(step), step)
    (events,) = (folder / "events").iterdir()
    sources = {"": (plain, events.read_bytes()), "GZIP": (gzip.compress(plain),), "ZLIB": (zlib.compress(plain),)}
    whole = walked(plain)[0]

    def attempt(rng):
        compression = str(rng.choice(["", "", "GZIP", "ZLIB"]))
        of = sources[compression]
        data = damaged(rng, of[int(rng.integers(len(of)))], plain)
        path.write_bytes(data)
        found, words = [], ""
        skips = "skip" if rng.integers(2) else "raise"
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                found.extend(read_tfrecord(path, compression, skips))
            except ValueError as error:
                words = str(error)
        words = words or " ".join(str(warning.message) for warning in told)
        if words and not words.startswith(f"{path}: "):
            return "wrong", words
        if compression:
            # Under a checksum of all, records are those that were written, and most often the first of them.
            complete = found == (whole if data else [])
            good = all(one in whole for one in found) if words else complete
        else:
            before, complete = walked(data)
            good = found[: len(before)] == before if skips == "skip" else found == before
            good = good and complete == (not words)
        return ("refused" if words else "right", "") if good else ("wrong", f"{skips} {len(found)} records, {words}")

    return attempt


def examples_in_records(rng, folder):
    """SequenceExamples under sound checksums, damaged before these were made: read alike in two ways, or refused."""
    path = folder / "examples"
    steps = {"words": [[1], [300]], "labels": [[0], [-1]]}
    data = SequenceExample({"length": [2]}, steps).serialize()

    def attempt(rng):
        changed = damage(rng, data) if rng.integers(2) else damaged(rng, data)
        path.write_bytes(bytes(frame(changed)))

        def good(found):
            ((context, lists),) = found
            whole = SequenceExample.parse(changed)
            return whole.context["length"].tolist() == [context["length"]] and all(
                [number for step in whole.feature_lists.get(name, []) for number in step.tolist()]
                == lists[name].tolist()
                for name in STEPS
            )

        return judged(lambda path: list(read_sequence_examples(path, CONTEXT, STEPS)), path, good)

    return attempt


def sentences(rng, folder):
    """A text of words and labels: read as Python's own decoding reads it, or refused with the line."""
    path = folder / "sentences.txt"
    data = "".join(f"{'wörter'[i % 6 :]}\tNOUN\n" + "\n" * (i % 3 == 0) for i in range(12)).encode()

    def attempt(rng):
        changed = damaged(rng, data)
        path.write_bytes(changed)

        def good(found):
            lines = changed.removeprefix("\ufeff".encode()).replace(b"\r", b"\n").decode().split("\n")
            pairs = [tuple(map(str.strip, line.split("\t"))) for line in lines if line.strip()]
            return pairs == [pair for sentence in found for pair in zip(*sentence, strict=True)]

        return judged(read_sentences, path, good)

    return attempt


def safetensors(rng, folder):
    """A state of PyTorch, which has no checksum: the numbers that stand there, or refused."""
    from safetensors.numpy import save_file
    from saved_model.torch_export import load_state

    path = folder / "state.safetensors"
    save_file({f"rnn.{name}": rng.standard_normal(shape).astype(np.float32) for name, shape in LSTM.items()}, path)
    data = path.read_bytes()
    size = 8 + struct.unpack("<Q", data[:8])[0]

    def attempt(rng):
        changed = damaged(rng, data[:size]) + data[size:] if rng.integers(2) else damaged(rng, data)
        path.write_bytes(changed)

        def good(found):
            start = 8 + struct.unpack("<Q", changed[:8])[0]
            named = json.loads(changed[8:start])
            places = {name: entry["data_offsets"] for name, entry in named.items() if name != "__metadata__"}
            return {name: array.tobytes() for name, array in found.items()} == {
                name: changed[start + first : start + last] for name, (first, last) in places.items()
            }

        return judged(load_state, path, good)

    return attempt


def keras_models(rng, folder):
    """A ``.keras`` archive up to where Keras loads it: members, JSON and HDF5; and HDF5 that reads other files."""
    import h5py
    from saved_model import saved

    path, copy, weights = folder / "model.keras", folder / "copy.keras", io.BytesIO()
    with h5py.File(weights, "w") as file:
        file["layers/lstm/vars/0"] = np.ones((3, 4), np.float32)
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "LSTM", "config": {}}]}}
    members = {saved.CONFIG: json.dumps(config).encode(), saved.METADATA: b'{"keras_version": "3.9.0"}'}
    sound = archive([*members.items(), (saved.WEIGHTS, weights.getvalue())])
    hostile = [reaching_weights(kind) for kind in ("external", "link", "raw", "virtual", "huge")]
    places = [archive([*members.items(), (saved.WEIGHTS, content)]) for content in hostile]
    bombs = [archive([*members.items(), (saved.WEIGHTS, bytes(2**27))], 8), sound[:100]]

    def read(path):
        try:
            with saved.open_file(path) as file:
                config, keras = saved.copy_archive(file, copy)
                saved.refuse_code(config)
                return [config, keras, *map(saved.check_listed, saved.named_layers(config))][:2]
        except Exception as error:
            # As ``load_saved`` does.
            raise ValueError(f"{path}: {error}".replace("\n", " ")) from error

    def attempt(rng):
        case = int(rng.integers(40))
        made = case < len(places) + len(bombs)
        path.write_bytes((places + bombs)[case] if made else damaged(rng, sound, places[0]))
        return judged(read, path, lambda found: found == [config, 3] and not made)

    return attempt


def reaching_weights(kind):
    """Return HDF5 whose numbers are elsewhere, or are more than there are bytes."""
    import h5py

    made = io.BytesIO()
    with h5py.File(made, "w") as file:
        if kind == "external":
            file["x"] = h5py.ExternalLink("/etc/hostname", "/x")
        elif kind == "link":
            file["x"] = h5py.SoftLink("/y")
        elif kind == "raw":
            file.create_dataset("x", (4,), "u1", external=[("/etc/hostname", 0, 4)])
        elif kind == "virtual":
            layout = h5py.VirtualLayout((4,), "u1")
            layout[:] = h5py.VirtualSource("/etc/hostname", "x", (4,))
            file.create_virtual_dataset("x", layout)
        else:
            file.create_dataset("x", (10**12,), "f4", chunks=(1024,))
    return made.getvalue()


def folders_of_checkpoints(rng, folder):
    """What lies in a folder of checkpoints and is none: the manager opens, saves and finds what is whole."""
    place = folder / "run"

    def attempt(rng):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        steps = sorted(rng.choice(30, int(rng.integers(0, 4)), replace=False).tolist())
        for step in steps:
            save_checkpoint(place / f"model.ckpt-{step}.npz", {"x": np.full(3, step)})
        whole = set(steps)
        for step in steps:
            if rng.random() < 0.3:
                path = place / f"model.ckpt-{step}.npz"
                path.write_bytes(damaged(rng, path.read_bytes()))
                whole.discard(step)
        for number in range(int(rng.integers(0, 4))):
            name = place / str(rng.choice([f"model.ckpt-{40 + number}.npz", f"model.ckpt-0{number}.npz", "checkpoint"]))
            if not os.path.lexists(name):
                (os.mkfifo, os.mkdir, lambda name: name.symlink_to("nowhere"))[int(rng.integers(3))](name)
        kept = {path.name for path in place.iterdir()}
        manager = CheckpointManager(place, max_to_keep=2)
        manager.save(35, {"x": np.full(3, 35)})
        latest = latest_checkpoint(place)
        gone = kept - {path.name for path in place.iterdir()}
        allowed = {f"model.ckpt-{step}.npz" for step in steps[: max(0, len(steps) - 1)]}
        good = latest is not None and load_checkpoint(latest)["x"].tolist() == [35] * 3 and gone <= allowed
        return ("right", "") if good else ("lost", f"{sorted(kept)} {latest} {gone}")

    return attempt


def make_socket(path):
    # A socket's name has at most 107 bytes; the folder's may have more. A socket is moved within one file system alone.
    above = "/dev/shm" if Path("/dev/shm") in Path(path).parents else None
    with tempfile.TemporaryDirectory(dir=above) as folder, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{folder}/socket")
        shutil.move(f"{folder}/socket", path)


def no_files(rng, folder):
    """Pipes, folders, devices, sockets, loops of links: refused at once by every reader, and left as they were."""
    import run_model
    from saved_model import saved

    kinds = {"pipe": os.mkfifo, "folder": os.mkdir, "loop": lambda path: path.symlink_to(path)}
    kinds["dangling"] = lambda path: path.symlink_to(path.with_name("nothing"))
    kinds["socket"] = make_socket
    if os.geteuid() == 0:
        # A node of our own for what /dev/zero is: a file without end.
        kinds["device"] = lambda path: os.mknod(path, 0o020600, os.makedev(1, 5))
    readers = [
        load_checkpoint,
        lambda path: read_idx(path, ("N",)),
        lambda path: list(read_tfrecord(path)),
        lambda path: list(read_sequence_examples([path], CONTEXT, STEPS)),
        read_sentences,
        run_model.read_inputs,
        saved.kind_of_file,
    ]

    def attempt(rng):
        name = sorted(kinds)[int(rng.integers(len(kinds)))]
        path = folder / f"{name}-{rng.integers(2**40):x}-{time.monotonic_ns()}"
        kinds[name](path)
        before = os.lstat(path).st_mode
        found = judged(readers[int(rng.integers(len(readers)))], path, lambda found: False)
        if os.lstat(path).st_mode != before:
            return "lost", f"{path} is another"
        (os.rmdir if name == "folder" else os.unlink)(path)
        return found

    return attempt


def onnx_models(rng, folder):
    """A model of ONNX: described or refused; numbers of other places on the disk are not read."""
    import onnx
    from onnx import helper
    from saved_model.onnx_export import describe_onnx, load_onnx

    path, secret = folder / "model.onnx", folder.parent / "secret"
    secret.write_bytes(bytes(64))
    info = [helper.make_tensor_value_info(name, 1, [None, 4]) for name in "xy"]
    weight = onnx.numpy_helper.from_array(rng.standard_normal((4, 4)).astype(np.float32), "w")
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    graph = helper.make_graph([node], "graph", info[:1], info[1:], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    sound, reaching = model.SerializeToString(), []
    os.mkfifo(folder / "pipe")
    (folder / "linked").symlink_to(secret)
    for location in ("../secret", str(secret), "linked", "pipe", "."):
        tensor = model.graph.initializer[0]
        tensor.raw_data = bytes(64)
        onnx.external_data_helper.set_external_data(tensor, location, 0, 64)
        tensor.ClearField("raw_data")
        reaching.append(model.SerializeToString())

    def attempt(rng):
        case = int(rng.integers(40))
        made = case < len(reaching)
        path.write_bytes(reaching[case] if made else damaged(rng, sound))

        def read(path):
            try:
                return describe_onnx(load_onnx(path))
            except REFUSALS as error:
                raise ValueError(f"{path}: {error}".replace("\n", " ")) from error

        return judged(read, path, lambda found: not made and isinstance(found[1], dict))

    return attempt
