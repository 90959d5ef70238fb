"""What a file is, and the model in it. Nothing that a stranger wrote is run: no pickles, no Lambda, no code.

A model is saved as an archive (``.keras``, Keras 2.12 and later) or as HDF5 (``.h5``, all versions, for a while also
called ``.keras``). The file is known by its first bytes, whatever its name. Its list of layers is read as JSON before
Keras reads it: what cannot be run is named, and never made.
"""

import io
import json
import shutil
import tempfile
import zipfile
from pathlib import Path

from saved_model import Refused
from saved_model.kinds import KINDS, MODELS

HDF5, ARCHIVE, POINTER = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04", b"version https://git-lfs"


def kind_of_file(path):
    """Return ``"keras"``, ``"onnx"`` or ``"safetensors"``: what a file is by its first bytes, refusing any other."""
    if path.is_dir():
        raise Refused(f"{path} is a folder, perhaps a SavedModel: save the model as a .keras or .h5 file")
    with open(path, "rb") as file:
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
    with open(path, "rb") as file:
        start = file.read(len(HDF5))
    with tempfile.TemporaryDirectory() as folder:
        # Keras knows a file by its name. And what was looked through is what is loaded, whatever becomes of the file.
        copy = Path(folder) / ("model.h5" if start.startswith(HDF5) else "model.keras")
        shutil.copyfile(path, copy)
        try:
            config, version = read_hdf5(copy) if copy.suffix == ".h5" else read_archive(copy)
            refuse_code(config)
            for layer in named_layers(config):
                check_listed(layer)
            keras = 3 if int(str(version).split(".")[0]) >= 3 else 2
            if copy.suffix == ".keras" and keras == 2:
                rename_weights(copy)
        except (Refused, ImportError):
            raise
        except Exception as error:
            # For damaged bytes zipfile, zlib, h5py and JSON raise errors of a dozen kinds.
            raise Refused(f"{path} is not a whole model saved by Keras: {error}") from error
        return load_with(keras, path, copy), keras


def read_archive(path):
    """Return the description of the model in a ``.keras`` archive, and the version of Keras that wrote it."""
    with zipfile.ZipFile(path) as archive:
        config, metadata = (json.loads(archive.read(name)) for name in ("config.json", "metadata.json"))
    return config, metadata["keras_version"]


def read_hdf5(path):
    """Return the description of the model in an HDF5 file, and the version of Keras that wrote it."""
    try:
        import h5py
    except ImportError as error:
        raise ImportError("to read HDF5 takes h5py, which is in the extra 'tf': pip install 'unrolled[tf]'") from error
    with h5py.File(path, "r") as file:
        config, version = file.attrs.get("model_config"), file.attrs.get("keras_version", "2")
    if config is None:
        raise Refused("the file holds weights alone, without the model they belong to: save that with model.save")
    return json.loads(config), version.decode() if isinstance(version, bytes) else version


def rename_weights(copy):
    """Rename the weights in a copy of an archive of Keras 2 as its last version, which is the one that loads, has them.

    On Windows Keras 2 wrote backslashes, which no Keras finds; up to 2.14 the layers of a graph had another name.
    """
    import h5py

    with zipfile.ZipFile(copy) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    weights = io.BytesIO(members["model.weights.h5"])
    with h5py.File(weights, "r+") as file:
        # A group before those that go into it.
        for name in sorted((name for name in file if "\\" in name), key=len):
            file.move(name, name.replace("\\", "/"))
        groups = []
        file.visit(groups.append)
        # The innermost first, or its path would change with that of what it is in.
        for name in reversed([name for name in groups if name.split("/")[-1] == "_layer_checkpoint_dependencies"]):
            file.move(name, name.removesuffix("_layer_checkpoint_dependencies") + "layers")
    with zipfile.ZipFile(copy, "w") as archive:
        for name, content in {**members, "model.weights.h5": weights.getvalue()}.items():
            archive.writestr(name, content)


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
