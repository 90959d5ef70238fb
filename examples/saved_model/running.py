"""From the inputs of a model to its outputs: what ``model.predict`` does around the graph."""

import numpy as np

from saved_model import Refused
from saved_model.graph import run_layer
from saved_model.tensor import Call, Tensor


def predict(described, inputs, engine):
    """Return the outputs of a model, a list of arrays; ``inputs`` is an array, or a dict of arrays by name."""
    specs = described.inputs
    if not isinstance(inputs, dict):
        if len(specs) > 1:
            names = ", ".join(spec.name for spec in specs)
            raise Refused(f"the model has {len(specs)} inputs: give an .npz file with the arrays {names}")
        inputs = {specs[0].name: inputs}
    arrays = [checked_input(spec, inputs, described.batched) for spec in specs]
    rows = {len(array) for array in arrays} if described.batched else {0}
    if len(rows) > 1:
        raise Refused(f"the inputs must have as many rows each, but have {', '.join(map(str, sorted(rows)))}")
    batches, call = [], Call(engine, {})
    for part in [arrays] if not described.batched else batches_of(arrays, specs, *rows):
        # Keras computes in silence, too, where numbers become infinite or stop to be numbers.
        with np.errstate(all="ignore"):
            outputs = run_layer(described.model, [Tensor(array) for array in part], call)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        batches.append([np.asarray(output.value) for output in outputs])
    return [parts[0] if len(parts) == 1 else np.concatenate(parts) for parts in zip(*batches, strict=True)]


def batch_bounds(specs, rows):
    """Return the first row and the end of each batch: one batch, unless the model was made for a size of its own."""
    (size,) = {spec.shape[0] for spec in specs} - {None} or {None}
    if size is None or rows == 0:
        return [(0, rows)]
    if rows % size:
        raise Refused(f"the model takes batches of {size} rows, but the inputs have {rows}")
    return [(start, start + size) for start in range(0, rows, size)]


def batches_of(arrays, specs, rows):
    """Yield the arrays of each batch."""
    for start, stop in batch_bounds(specs, rows):
        yield [array[start:stop] for array in arrays]


def checked_input(spec, inputs, batched):
    """Return one input in the dtype that the model was given it in, refusing what it would not have taken."""
    name, shape, dtype = spec.name, spec.shape, spec.dtype
    if name not in inputs:
        raise Refused(f"the inputs have no array {name!r}; there are {', '.join(map(repr, inputs))}")
    array = inputs[name]
    if array.dtype.kind not in "biuf":
        raise Refused(f"{name} must be numbers, but is {array.dtype}")
    fits = len(array.shape) == len(shape) and all(
        want in (None, have) for have, want in zip(array.shape[batched:], shape[batched:], strict=True)
    )
    if not fits:
        wanted = wanted_shape(shape, batched)
        raise Refused(f"the shape of {name} must be {wanted}, but is {list(array.shape)}")
    converted = array.astype(dtype)
    if dtype.kind in "iu" and (converted != array).any():
        raise Refused(f"{name} must be integers that fit {dtype}, but is {array.dtype} with others among them")
    return converted


def wanted_shape(shape, batched=True):
    """Return the shape of an input in words, such as ``[B, any, 3]``."""
    sizes = ["any" if size is None else str(size) for size in shape]
    return f"[{', '.join(['B', *sizes[1:]] if batched else sizes)}]"
