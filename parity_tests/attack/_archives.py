"""Attacks on readers of arrays: checkpoints, exported models, ``mnist.npz``, ``.npy`` files and idx files."""

import contextlib
import gzip
import io
import json
import zipfile

import numpy as np

from parity_tests.attack._damage import (
    archive,
    damaged,
    header,
    hostile_headers,
    judged,
    numbers,
    one_place_many_times,
    same_arrays,
)
from scratch.archives import read_arrays, write_arrays
from scratch.inputs.idx import KINDS, read_idx, write_idx
from scratch.tasks.mnist_data import KERAS_NAMES, read_keras_file
from scratch.training.checkpoint import load_checkpoint, load_tree, save_checkpoint
from scratch.tree import named_leaves

MEGABYTE = 2**20


def checkpoints(rng, folder):
    """A checkpoint that something happened to is read as it was written, or refused."""
    path, found = folder / "run.npz", []
    for _ in range(2):
        tree = {"params": numbers(rng), "state": (np.zeros(2), np.ones((1, 3)))}
        save_checkpoint(path, tree)
        found.append((path.read_bytes(), {name: np.asarray(leaf) for name, leaf in named_leaves(tree)}))
    (data, wanted), (other, _) = found

    def attempt(rng):
        path.write_bytes(damaged(rng, data, other))
        if rng.integers(2):
            return judged(load_checkpoint, path, lambda found: same_arrays(found, wanted))
        return judged(load_tree, path, lambda found: same_arrays(dict(named_leaves(found)), wanted))

    return attempt


def hostile_archives(rng, folder):
    """An archive that was made to do harm: objects, bombs, headers that ask for more than there is, names with dots."""
    path = folder / "hostile.npz"
    sound = header("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", 24)
    bomb = archive([("x.npy", bytes(64 * MEGABYTE))], zipfile.ZIP_DEFLATED)
    many = one_place_many_times(header("{'descr': '|u1', 'fortran_order': False, 'shape': (2097152,), }", 2**21), 900)
    pickled = io.BytesIO()
    np.save(pickled, np.array([print], object), allow_pickle=True)

    def attempt(rng):
        case = int(rng.integers(64))
        if case == 0:
            data = bomb
        elif case == 1:
            data = many
        elif case < 4:
            data = archive([("x.npy", pickled.getvalue())])
        elif case < 40:
            data = archive([("x.npy", header(hostile_headers(rng), int(rng.choice([0, 8, 24, 24]))))])
        elif case < 50:
            names = ["../../x.npy", "/etc/x.npy", "..", "", "x.npy", "x", "a" * 300, "\\\\host\\x", "é.npy", "x\0y.npy"]
            data = archive([(str(name), sound) for name in rng.choice(names, int(rng.integers(1, 4)))])
        else:
            kinds = [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED]
            data = damaged(rng, archive([("x.npy", sound)], kinds[int(rng.integers(4))]))
        path.write_bytes(data)
        before = sorted(path.parent.iterdir())
        found = judged(lambda path: read_arrays(path, "checkpoint"), path, is_plain)
        return found if sorted(path.parent.iterdir()) == before else ("wrong", "it wrote a file")

    return attempt


def is_plain(arrays):
    return all(array.dtype.kind in "biufcU" and array.nbytes < MEGABYTE for array in arrays.values())


def exported(rng, folder):
    """The description in an exported model, changed by someone: run, or refused."""
    import run_model
    from saved_model.torch_export import describe_torch

    weights = {f"rnn.{name}": rng.standard_normal(shape).astype(np.float32) for name, shape in LSTM.items()}
    weights |= {"fc.weight": rng.standard_normal((2, 3)).astype(np.float32), "fc.bias": np.ones(2, np.float32)}
    description, arrays = describe_torch(weights, ["rnn:LSTM", "last", "fc:Linear"])
    text = json.dumps({"format": "a model for unrolled, 3", **description})
    path, inputs, outputs = folder / "model.npz", folder / "inputs.npy", folder / "outputs.npy"
    np.save(inputs, np.ones((2, 4, 5), np.float32))
    words = sorted({str(word) for word in flattened(json.loads(text))}, key=len)

    def attempt(rng):
        changed = json.dumps(altered(rng, json.loads(text), words))
        if not rng.integers(4):
            changed = damaged(rng, changed.encode()).decode(errors="replace")
        kept = {name: array for name, array in arrays.items() if rng.random() < 0.98}
        write_arrays(path, {"architecture": changed, **kept})

        def run(path):
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    return run_model.main(["run", str(path), str(inputs), str(outputs)])
            except SystemExit as error:
                # It says what is wrong with the model; it was asked about this file alone.
                raise ValueError(f"{path}: {error}") from error

        return judged(run, path, lambda status: status == 0)

    return attempt


LSTM = {"weight_ih_l0": (12, 5), "weight_hh_l0": (12, 3), "bias_ih_l0": (12,), "bias_hh_l0": (12,)}


def flattened(value):
    """Yield what is in a tree of JSON."""
    yield from (value if isinstance(value, dict) else ())
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from flattened(part)
    if not isinstance(value, dict | list):
        yield value


def altered(rng, value, words):
    """Return a tree of JSON with one place in it replaced, removed or repeated."""
    if isinstance(value, dict | list) and value and rng.random() < 0.85:
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key = keys[int(rng.integers(len(keys)))]
        if rng.random() < 0.05:
            del value[key]
        elif isinstance(value, dict) and rng.random() < 0.03:
            value[str(rng.choice(words))] = value.pop(key)
        else:
            value[key] = altered(rng, value[key], words)
        return value
    choices = [None, True, -1, 0, 1, 2**31, 10**30, 0.5, float("nan"), "", [], {}, [[]], str(rng.choice(words))]
    return choices[int(rng.integers(len(choices)))]


def keras_mnist(rng, folder):
    """``mnist.npz`` as Keras downloads it, with few images."""
    path, arrays = folder / "mnist.npz", {}
    for name, count in zip(KERAS_NAMES, (3, 3, 2, 2), strict=True):
        arrays[name] = rng.integers(0, 10, (count, 28, 28) if name.startswith("x") else (count,)).astype(np.uint8)
    np.savez_compressed(path, **arrays)
    data = path.read_bytes()
    wanted = {f"{path}: {name}": array for name, array in arrays.items()}

    def attempt(rng):
        path.write_bytes(damaged(rng, data, data[::-1]))
        return judged(read_keras_file, path, lambda found: same_arrays(found, wanted))

    return attempt


def idx(rng, folder):
    """An idx file, which has no checksum: read as another reader reads what stands there, or refused."""
    path, packed = folder / "images", folder / "images.gz"
    array = rng.integers(0, 256, (4, 3, 2)).astype([np.uint8, np.int16, np.float64][int(rng.integers(3))])
    write_idx(path, array)
    write_idx(packed, array)
    plain, zipped = path.read_bytes(), packed.read_bytes()

    def attempt(rng):
        inside = damaged(rng, plain)
        data = inside if rng.integers(3) else damaged(rng, zipped)
        if not rng.integers(4):
            data = gzip.compress(inside, mtime=0)
        path.write_bytes(data)

        def good(found):
            content = data if data[:2] != b"\x1f\x8b" else gzip.decompress(data)
            kind, rank = KINDS[content[2]], content[3]
            sizes = np.frombuffer(content, ">u4", rank, 4).tolist()
            values = np.frombuffer(content, kind.newbyteorder(">"), offset=4 + 4 * rank)
            return (
                found.dtype == kind and list(found.shape) == sizes and found.tobytes() == values.astype(kind).tobytes()
            )

        return judged(lambda path: read_idx(path, ("N", "H", "W")), path, good)

    return attempt


def plain_arrays(rng, folder):
    """The inputs of ``run_model.py run``: an ``.npy`` file, which has no checksum."""
    import run_model

    path = folder / "inputs.npy"
    np.save(path, rng.standard_normal((3, 4)))
    data = path.read_bytes()

    def attempt(rng):
        path.write_bytes(header(hostile_headers(rng), 24) if rng.integers(2) else damaged(rng, data))
        return judged(run_model.read_inputs, path, lambda found: found.nbytes <= path.stat().st_size)

    return attempt
