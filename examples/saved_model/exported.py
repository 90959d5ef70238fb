"""The file between the two commands: the arrays, and the description of the model as JSON. Nothing in it is pickled."""

import json
from typing import NamedTuple

import numpy as np

from saved_model import Refused
from saved_model.kinds import KINDS
from saved_model.tensor import Layer
from scratch.archives import read_arrays, write_arrays

FORMAT = "a model for unrolled, 3"


class Input(NamedTuple):
    """An input of a model: ``shape`` with the batch first and ``None`` for any size, and the dtype it is given in."""

    name: str
    shape: list
    dtype: np.dtype


class Described(NamedTuple):
    """A model ready to be run, the names of its outputs, and what its inputs must be."""

    inputs: list
    outputs: list
    model: Layer
    batched: bool


def write_exported(path, description, arrays):
    write_arrays(path, {"architecture": json.dumps({"format": FORMAT, **description}), **arrays})


def read_exported(path):
    """Return the model in a file that ``export`` has written."""
    try:
        arrays = read_arrays(path, "file written by export")
        description = json.loads(str(arrays.pop("architecture")))
        found = description["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused(f"{path} is not a whole file written by export: {error}") from error
    if found != FORMAT:
        raise Refused(f"{path} was written by another version of this program: {found!r}. Export the model again")
    try:
        described = Described(
            [Input(str(spec["name"]), list(spec["shape"]), np.dtype(spec["dtype"])) for spec in description["inputs"]],
            [str(name) for name in description["outputs"]],
            built(description["model"], "", arrays),
            # Of a model of ONNX no axis is the batch unless the model makes it one.
            description["framework"] != "onnx",
        )
        sizes = [size for spec in described.inputs for size in spec.shape]
        if not described.inputs or not all(size is None or (type(size) is int and size > 0) for size in sizes):
            raise ValueError("its inputs have no shapes")
        if not described.outputs:
            raise ValueError("it has no outputs")
        return described
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Refused(f"{path} is not whole: {type(error).__name__} {error}") from error


def built(described, path, arrays):
    """Return the layer that a description is of; its weights are below ``path``, under their names."""
    kind = KINDS[described["kind"]]
    parts = {name: built(part, f"{path}{name}/", arrays) for name, part in described["parts"].items()}
    weights = {name: arrays[f"{path}{name}"] for name in described["weights"]}
    options = {**described["options"], "float": kind.float}
    return Layer(described["kind"], described["name"], path, options, weights, parts, kind.run)
