"""The file between the two commands: the arrays, and the description of the model as JSON. Nothing in it is pickled."""

import json

from keras_model import Refused
from keras_model.kinds import KINDS
from keras_model.tensor import Layer
from scratch.archives import read_arrays, write_arrays

FORMAT = "a Keras model for unrolled, 2"


def write_exported(path, description, arrays):
    write_arrays(path, {"architecture": json.dumps({"format": FORMAT, **description}), **arrays})


def read_exported(path):
    """Return ``(description, model)`` of a file that ``export`` has written, the model ready to be run."""
    try:
        arrays = read_arrays(path, "file written by export")
        description = json.loads(str(arrays.pop("architecture")))
        found = description["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused(f"{path} is not a whole file written by export: {error}") from error
    if found != FORMAT:
        raise Refused(f"{path} was written by another version of this program: {found!r}. Export the model again")
    try:
        return description, built(description["model"], "", arrays)
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(f"{path} is not whole: {type(error).__name__} {error}") from error


def built(described, path, arrays):
    """Return the layer that a description is of; its weights are below ``path``, under their names."""
    kind = KINDS[described["kind"]]
    parts = {name: built(part, f"{path}{name}/", arrays) for name, part in described["parts"].items()}
    weights = {name: arrays[f"{path}{name}"] for name in described["weights"]}
    options = {**described["options"], "float": kind.float}
    return Layer(described["kind"], described["name"], path, options, weights, parts, kind.run)
