"""What a file is, and the model in it. Nothing that a stranger wrote is run: no pickles, no Lambda, no code.

A model is saved as an archive (``.keras``, Keras 2.12 and later) or as HDF5 (``.h5``, all versions, for a while also
called ``.keras``). The file is known by its first bytes, whatever its name. Its list of layers is read as JSON before
Keras reads it: what cannot be run is named, and never made.
"""

import io
import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

from saved_model import Refused
from saved_model.kinds import KINDS, MODELS
from scratch.archives import read_members
from scratch.files import open_file

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
# Bytes that any file may stand for.
SMALL = 2**26
HDF5, ARCHIVE, POINTER = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04", b"version https://git-lfs"


def kind_of_file(path):
    """Return ``"keras"``, ``"onnx"`` or ``"safetensors"``: what a file is by its first bytes, refusing any other."""
    if path.is_dir():
        raise Refused(f"{path} is a folder, perhaps a SavedModel: save the model as a .keras or .h5 file")
    with open_file(path) as file:
        start = file.read(len(POINTER))
    if start == POINTER:
        raise Refused(f"{path} is a pointer of Git LFS, not the file it stands for: get that with 'git lfs pull'")
    if start.startswith((HDF5, ARCHIVE)):
        return "keras"
    # Eight bytes say how long the names are, which then begin; and a model of ONNX begins with its version.
    if start[8:9] == b"{":
        return "safetensors"
    if start[:1] == b"\x08":
        return "onnx"
    raise Refused(f"{path} is neither a model of Keras or ONNX nor a file of safetensors: it begins with {start[:8]!r}")


def load_saved(path):
    """Return ``(model, keras)``: the model in a file, and whether Keras 2 or 3 made it, which loads it as well."""
    with open_file(path) as file, tempfile.TemporaryDirectory() as folder:
        hdf5 = file.read(len(HDF5)) == HDF5
        file.seek(0)
        # Keras knows a file by its name. And what was looked through is what is loaded, whatever becomes of the file.
        copy = Path(folder) / ("model.h5" if hdf5 else "model.keras")
        try:
            config, keras = copy_hdf5(file, copy) if hdf5 else copy_archive(file, copy)
            refuse_code(config)
            for layer in named_layers(config):
                check_listed(layer)
        except (Refused, ImportError):
            raise
        except Exception as error:
            # For damaged bytes zipfile, zlib, h5py and JSON raise errors of a dozen kinds.
            raise Refused(f"{path} is not a whole model saved by Keras: {error}") from error
        return load_with(keras, path, copy), keras


def copy_archive(file, copy):
    """Copy what is used of a ``.keras`` archive; return the description of the model, and Keras 2 or 3.

    Nothing else of it is looked at by Keras, whatever the names of its members are.
    """
    size = os.fstat(file.fileno()).st_size
    with zipfile.ZipFile(file) as archive:
        members = {entry.filename: content for entry, content in read_members(archive, most_of(size))}
    used = {name: members[name] for name in (CONFIG, METADATA, WEIGHTS)}
    config, metadata = json.loads(used[CONFIG]), json.loads(used[METADATA])
    keras, weights = version_of(metadata["keras_version"]), io.BytesIO(used[WEIGHTS])
    check_hdf5(weights, len(used[WEIGHTS]))
    if keras == 2:
        rename_weights(weights)
    with zipfile.ZipFile(copy, "w") as archive:
        for name, content in {**used, WEIGHTS: weights.getvalue()}.items():
            archive.writestr(name, content)
    return config, keras


def copy_hdf5(file, copy):
    """Copy an HDF5 file; return the description of the model in it, and Keras 2 or 3."""
    with open(copy, "wb") as copied:
        shutil.copyfileobj(file, copied)
    check_hdf5(copy, copy.stat().st_size)
    with h5py().File(copy, "r") as opened:
        config, version = opened.attrs.get("model_config"), opened.attrs.get("keras_version", "2")
    if config is None:
        raise Refused("the file holds weights alone, without the model they belong to: save that with model.save")
    return json.loads(config), version_of(version)


def version_of(version):
    """Return 2 or 3: which Keras loads what this version saved."""
    version = version.decode() if isinstance(version, bytes) else str(version)
    return 3 if int(version.split(".")[0]) >= 3 else 2


def most_of(size):
    """Return how many bytes a file of so many may stand for: compressed weights take half, or hardly less."""
    return max(SMALL, 16 * size)


def check_hdf5(file, size):
    """Refuse HDF5 that reads other files, or that stands for far more numbers than it has bytes."""
    total = 0
    with h5py().File(file, "r") as opened:
        groups, seen = [opened], set()
        while groups:
            group = groups.pop()
            for name in group:
                link = group.get(name, getlink=True)
                if isinstance(link, h5py().ExternalLink):
                    raise ValueError(f"{name} is in another file, {link.filename}")
                if isinstance(link, h5py().SoftLink):
                    raise ValueError(f"{name} is a link to {link.path}")
                found = group[name]
                if found.id in seen:
                    raise ValueError(f"{name} is there twice")
                seen.add(found.id)
                if isinstance(found, h5py().Group):
                    groups.append(found)
                    continue
                if found.external or found.is_virtual:
                    raise ValueError(f"the numbers of {name} are in another file")
                total += found.size * found.dtype.itemsize
    if total > most_of(size):
        raise ValueError(f"it says that it holds {total} bytes, more than {most_of(size)}")


def h5py():
    """Return the package that reads HDF5."""
    try:
        import h5py
    except ImportError as error:
        raise ImportError("to read HDF5 takes h5py, which is in the extra 'tf': pip install 'unrolled[tf]'") from error
    return h5py


def rename_weights(weights):
    """Rename the weights of Keras 2, an open HDF5 file, as its last version, which is the one that loads, has them.

    On Windows Keras 2 wrote backslashes, which no Keras finds; up to 2.14 the layers of a graph had another name.
    """
    with h5py().File(weights, "r+") as file:
        # A group before those that go into it.
        for name in sorted((name for name in file if "\\" in name), key=len):
            file.move(name, name.replace("\\", "/"))
        groups = []
        file.visit(groups.append)
        # The innermost first, or its path would change with that of what it is in.
        for name in reversed([name for name in groups if name.split("/")[-1] == "_layer_checkpoint_dependencies"]):
            file.move(name, name.removesuffix("_layer_checkpoint_dependencies") + "layers")


def refuse_code(config):
    """Refuse a description with a Lambda anywhere in it: it holds Python code, which loading might run."""
    if isinstance(config, dict):
        if config.get("class_name") in ("Lambda", "__lambda__"):
            inner = config.get("config")
            name = config.get("name") or (inner.get("name") if isinstance(inner, dict) else None) or "a layer"
            raise Refused(f"{name} is a Lambda, which cannot be run: it is Python code, not a layer of Keras")
        config = list(config.values())
    for part in config if isinstance(config, list) else ():
        refuse_code(part)


def named_layers(entry):
    """Yield the description of every layer in that of a model, from the outside to the inside."""
    config = entry.get("config") if isinstance(entry, dict) else None
    if not isinstance(config, dict | list):
        return
    yield entry
    inner = config if isinstance(config, list) else [config.get("layer"), config.get("backward_layer")]
    if isinstance(config, dict) and isinstance(config.get("layers"), list):
        inner = [*inner, *config["layers"]]
    for part in inner:
        yield from named_layers(part)


def check_listed(entry):
    """Refuse a layer that is not in the table, by its name in the file."""
    kind, config, module = entry.get("class_name"), entry["config"], entry.get("module")
    listed = f"ops.{kind}" if isinstance(module, str) and module.startswith("keras.src.ops") else kind
    own = entry.get("registered_name") or kind
    if (listed not in KINDS and kind not in (*MODELS, "InputLayer")) or (">" in own and not own.startswith("Keras>")):
        name = (config.get("name") if isinstance(config, dict) else None) or entry.get("name") or "the model"
        raise Refused(f"{name} is a {kind}, which cannot be run")


def load_with(keras, path, copy):
    """Return the model that Keras 2 or 3 makes of a copy of a file."""
    # Only here is TensorFlow needed, which takes seconds to import and is in an extra.
    if keras == 3:
        from tf_impl.keras_layers import keras as library
    else:
        from tf_impl.tensorflow import tf_keras as library
    try:
        return library.models.load_model(copy, compile=False)
    except Exception as error:
        # A layer may raise anything at all while it is made; the last line of Keras's report says what was wrong.
        line = (str(error).strip().splitlines() or [""])[-1]
        raise Refused(f"{path}, saved by Keras {keras}, cannot be loaded: {type(error).__name__}: {line}") from error
