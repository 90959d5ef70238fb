"""A training run in one file, so that a killed run continues as if nothing had happened.

    rnn/basic_lstm_cell/kernel          the weights, under TensorFlow's variable names
    rnn/basic_lstm_cell/kernel/Adam     what the optimiser remembers of them, under TensorFlow's names as well
    global_step                         how many steps were trained
    batches/order, …                    where the data and the random numbers stood, and whatever else the run needs

The file is a plain ``.npz``: numbers and text, never pickled objects, so to load it runs no code. It is written beside
its place and renamed, so under its name there is a whole file or none; every array carries a checksum, and a file that
was cut or damaged afterwards is refused. The page is ``docs/training/checkpoint.md``.
"""

import json
import re
from pathlib import Path

import numpy as np

from scratch.archives import read_arrays, write_arrays
from scratch.checks import check_array
from scratch.options import check_count, check_number
from scratch.tree import map_named, named_leaves

FORMAT = "a checkpoint of unrolled, 1: {} arrays"
BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")


def save_checkpoint(path, tree):
    """Write the nested dict ``tree`` to the file ``path``, whole or not at all.

    A leaf is an array, a number or a text; its name in the file is its path, such as ``dense/kernel``. Equal trees
    make equal files. Raises ``TypeError`` for a leaf that only pickling could keep, ``ValueError`` for a name that is
    there twice or is not made of letters, digits and ``. _ - /``.
    """
    arrays = {"format": None}
    for name, leaf in named_leaves(tree):
        array = np.asarray(leaf)
        if array.dtype.kind not in "biufcU":
            raise TypeError(f"{name} must be numbers or text, but is {type(leaf).__name__} of {array.dtype}")
        if not re.fullmatch(r"[\w.-]+(/[\w.-]+)*", name, re.ASCII):
            raise ValueError(f"a name must be made of letters, digits and . _ - /, but is {name!r}")
        if name in arrays:
            raise ValueError(f"two arrays are called {name!r}")
        arrays[name] = array
    # An archive's list of contents has no checksum: the count says that none is missing.
    arrays["format"] = np.array(FORMAT.format(len(arrays) - 1))
    write_arrays(path, arrays)


def load_checkpoint(path):
    """Return ``{name: array}`` from a file of ``save_checkpoint``: every bit and dtype as it was saved.

    Raises ``ValueError`` for a file that is cut, damaged or of another kind, ``OSError`` where there is none to read.
    """
    arrays = read_arrays(path, "checkpoint")
    found = str(arrays.pop("format", "another file"))
    if found != FORMAT.format(len(arrays)):
        raise ValueError(f"{path} must be {FORMAT.format(len(arrays))!r}, but is {found!r}")
    return arrays


def variables_below(name, variables):
    """Return the arrays of the dict ``variables`` whose names begin with ``name/``, under the rest of their names."""
    return {key.removeprefix(f"{name}/"): array for key, array in variables.items() if key.startswith(f"{name}/")}


def params_from_variables(params, variables):
    """Return the nested dict ``params`` with the arrays that ``variables`` holds under the names of its leaves.

    ``variables`` may hold more. Raises ``ValueError`` or ``TypeError`` where a name is missing or what stands under it
    has another shape or dtype.
    """

    def variable(name, leaf):
        if name not in variables:
            raise ValueError(f"variables has no {name!r}, which params has")
        check_array(f"variables/{name}", variables[name], leaf.shape, leaf.dtype)
        return variables[name]

    return map_named(variable, params)


def generator_state(rng):
    """Return where a ``numpy.random.Generator`` stands, as JSON in an array of text.

    Raises ``TypeError`` where its numbers come from another bit generator than NumPy's own.
    """
    kind = type(getattr(rng, "bit_generator", rng)).__name__
    if not isinstance(rng, np.random.Generator) or kind not in BIT_GENERATORS:
        raise TypeError(f"rng must be a numpy.random.Generator of {', '.join(BIT_GENERATORS)}, but is of {kind}")
    return np.array(json.dumps(rng.bit_generator.state, default=np.ndarray.tolist))


def restore_generator(rng, state):
    """Put a ``numpy.random.Generator`` where another of its kind stood when ``generator_state`` was asked.

    Raises ``ValueError`` where ``state`` is of another kind of generator, or of none.
    """
    kind = json.loads(str(generator_state(rng)))["bit_generator"]
    try:
        rng.bit_generator.state = json.loads(str(state))
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"state must be that of a {kind}, but is {str(state)[:60]!r}") from error


def checkpoints(folder):
    """Return ``{step: path}`` of the checkpoints in a folder, in the order of their steps."""
    found = {}
    for path in Path(folder).glob("model.ckpt-*.npz"):
        if match := re.fullmatch(r"model\.ckpt-(\d+)\.npz", path.name):
            found[int(match[1])] = path
    return dict(sorted(found.items()))


def latest_checkpoint(folder):
    """Return the path of the checkpoint with the highest step in a folder, or ``None`` where there is none.

    Source: ``tf.train.latest_checkpoint``.
    """
    return next(reversed(checkpoints(folder).values()), None)


class CheckpointManager:
    """Keeps the last ``max_to_keep`` checkpoints of a run in a folder, and beside them the best on validation.

    All it knows is in the checkpoints themselves, so there is no list that could disagree with them. The folder is
    made where there is none, and what a killed run left unfinished there is removed. Source:
    ``tf.compat.v1.train.Saver(max_to_keep=5)``, which knows no best.
    """

    def __init__(self, folder, max_to_keep=5):
        self.folder, self.max_to_keep = Path(folder), check_count("max_to_keep", max_to_keep)
        self.folder.mkdir(parents=True, exist_ok=True)
        for unfinished in self.folder.glob(".model.ckpt-*.partial.npz"):
            unfinished.unlink()
        self.validations = {}
        for step, path in checkpoints(self.folder).items():
            self.validations[step] = float(load_checkpoint(path).get("validation", -np.inf))

    def save(self, step, tree, validation=None):
        """Write ``tree`` as ``save_checkpoint`` does, with ``global_step`` beside it, and return the path.

        ``validation``: how good the weights are, such as an accuracy on the validation set; the higher the better.
        Raises ``ValueError`` where the folder holds this step or a later one: another run, which would go first.
        """
        step = check_count("step", step, least=0)
        if self.validations and step <= max(self.validations):
            raise ValueError(f"{self.folder} holds step {max(self.validations)} already: resume, or use a new folder")
        extra = {"global_step": np.int64(step)}
        if validation is not None:
            extra["validation"] = np.float64(check_number("validation", validation))
        path = self.folder / f"model.ckpt-{step}.npz"
        save_checkpoint(path, {**tree, **extra})
        self.validations[step] = float(extra.get("validation", -np.inf))
        kept = {*sorted(self.validations)[-self.max_to_keep :], self.best_step()}
        for old in self.validations.keys() - kept:
            (self.folder / f"model.ckpt-{old}.npz").unlink()
            del self.validations[old]
        return path

    def best_step(self):
        """Return the step that was best on validation, the earliest of equals; ``None`` where none was validated."""
        best = max(self.validations, key=lambda step: (self.validations[step], -step), default=None)
        return None if best is None or self.validations[best] == -np.inf else best
