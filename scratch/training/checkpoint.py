"""A training run in one file, so that a killed run continues as if nothing had happened.

    rnn/basic_lstm_cell/kernel          the weights, under TensorFlow's variable names
    rnn/basic_lstm_cell/kernel/Adam     what the optimiser remembers of them, under TensorFlow's names as well
    global_step                         how many steps were trained
    batches/order, …                    where the data and the random numbers stood, and whatever else the run needs
    state[0].c, state[0].h, …           the state that a series is carried on with

The file is a plain ``.npz``: numbers and text, never pickled objects, so to load it runs no code. It is written beside
its place and renamed, so under its name there is a whole file or none; every array carries a checksum, and a file that
was cut or damaged afterwards is refused. The page is ``docs/training/checkpoint.md``.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from scratch.archives import KINDS, read_arrays, write_arrays
from scratch.arrays import Array, FilePath, Tree
from scratch.cells.grid_lstm import grid_state_like
from scratch.cells.lstm import LSTMState
from scratch.checks import is_plain
from scratch.files import check_path, remove_unfinished
from scratch.options import LARGEST, check_count, check_number
from scratch.shown import shown
from scratch.tree import check_keys, map_named, named_leaves, outline, tree_from_outline

FORMAT = "a checkpoint of unrolled, {}: {} arrays"
# The first version kept no structure.
VERSIONS = 1, 2
STATES: dict[str, Any] = {"LSTMState": lambda fields: LSTMState, "GridLSTMStateTuple": grid_state_like}
DAMAGED = (ValueError, TypeError, LookupError, RuntimeError)


def save_checkpoint(path: FilePath, tree: Tree) -> None:
    """Write a tree to the file ``path``, whole or not at all.

    ``tree`` is a dict, a tuple or a named tuple, or these inside one another: parameters, states, slots, or a dict of
    them all. A leaf is an array, a number or a text; its name in the file is its path, such as ``dense/kernel`` or
    ``state[0].c``. Equal trees make equal files. Raises ``TypeError`` for a leaf that only pickling could keep,
    ``ValueError`` for a name that is there twice, or a key that is not made of letters, digits and ``. _ - /``.
    """
    if not isinstance(tree, dict | tuple):
        raise TypeError(f"tree must be a dict or a tuple, but is {type(tree).__name__}")
    check_keys("", tree)
    arrays: dict[str, Any] = {"format": None}
    for name, leaf in named_leaves(tree):
        if isinstance(leaf, np.ndarray) and not is_plain(leaf):
            raise TypeError(f"{name} must be a plain array, but is {type(leaf).__name__}, of which more would be lost")
        try:
            array = np.asarray(leaf)
        except ValueError as error:
            raise TypeError(f"{name} must be numbers or text, but is {shown(leaf)}") from error
        if array.dtype.kind not in KINDS:
            raise TypeError(f"{name} must be numbers or text, but is {type(leaf).__name__} of {array.dtype}")
        if name in arrays:
            raise ValueError(f"two arrays are called {name!r}")
        arrays[name] = array
    # An archive's list of contents has no checksum: the count says that none is missing.
    first_line = FORMAT.format(VERSIONS[-1], len(arrays) - 1)
    arrays["format"] = np.array(f"{first_line}\n{json.dumps(outline(tree))}")
    write_arrays(path, arrays)


def load_checkpoint(path: FilePath) -> dict[str, Array]:
    """Return ``{name: array}`` from a file of ``save_checkpoint``: every bit and dtype as it was saved.

    Raises ``ValueError`` for a file that is cut, damaged or of another kind, ``OSError`` where there is none to read.
    """
    return read(path)[0]


def load_tree(path: FilePath, kinds: Iterable[type] = ()) -> Tree:
    """Return the tree that ``save_checkpoint`` was given: dicts, tuples and states as they were, an array a leaf.

    Named tuples come back as what they were where they are the states of scratch's cells, ``LSTMState`` and
    ``GridLSTMStateTuple``, or among ``kinds``, the classes of others. Raises what ``load_checkpoint`` raises, and
    ``ValueError`` for a named tuple of another kind or a file of the time when no structure was kept.
    """
    if isinstance(kinds, str) or not isinstance(kinds, Iterable) or not all(isinstance(kind, type) for kind in kinds):
        raise TypeError(f"kinds must be classes of named tuples, but is {shown(kinds)}")
    arrays, structure = read(path)
    if not structure:
        raise ValueError(f"{path} has no structure in it: take its arrays by name, with params_from_variables")
    named = STATES | {kind.__name__: lambda fields, kind=kind: kind for kind in kinds}
    try:
        tree = tree_from_outline(json.loads(structure), named)
        return map_named(lambda name, leaf: arrays[name], tree)
    except DAMAGED as error:
        raise ValueError(f"{path} must hold a tree, but cannot be read as one: {error}") from error


def read(path: FilePath) -> tuple[dict[str, Array], str]:
    """Return ``({name: array}, structure)`` of a file; the structure is JSON, empty in a file that has none."""
    arrays = read_arrays(path, "checkpoint")
    found, _, structure = str(arrays.pop("format", "another file")).partition("\n")
    wanted = [FORMAT.format(version, len(arrays)) for version in VERSIONS]
    if found not in wanted:
        raise ValueError(f"{path} must be {wanted[-1]!r}, but is {shown(found)}")
    return arrays, structure


def checkpoints(folder: FilePath) -> dict[int, Path]:
    """Return ``{step: path}`` of the checkpoints in a folder, in the order of their steps."""
    found: dict[int, Path] = {}
    for path in check_path("folder", folder).glob("model.ckpt-*.npz"):
        # As the manager writes it: no other digits than these, no zeros before them, no more than an int64 has.
        if (match := re.fullmatch(r"model\.ckpt-(0|[1-9][0-9]{0,17})\.npz", path.name)) and path.is_file():
            found[int(match[1])] = path
    return dict(sorted(found.items()))


def latest_checkpoint(folder: FilePath) -> Path | None:
    """Return the path of the checkpoint with the highest step in a folder, or ``None`` where there is none.

    Source: ``tf.train.latest_checkpoint``.
    """
    return next(reversed(checkpoints(folder).values()), None)


class CheckpointManager:
    """Keeps the last ``max_to_keep`` checkpoints of a run in a folder, and beside them the best on validation.

    All it knows is in the checkpoints themselves, so there is no list that could disagree with them: who deletes one,
    or writes to the same folder, is noticed at the next ``save``. The folder is made where there is none, and what a
    killed run left unfinished there is removed. A damaged checkpoint counts as one of no validation. Source:
    ``tf.compat.v1.train.Saver(max_to_keep=5)``, which knows no best.
    """

    def __init__(self, folder: FilePath, max_to_keep: int = 5) -> None:
        self.folder, self.max_to_keep = check_path("folder", folder), check_count("max_to_keep", max_to_keep)
        self.folder.mkdir(parents=True, exist_ok=True)
        for unfinished in self.folder.glob(".model.ckpt-*.partial.npz"):
            remove_unfinished(unfinished)
        self.validations: dict[int, float] = {}
        self.look()

    def look(self) -> None:
        """Take the folder for what it is by now."""
        known = self.validations
        self.validations = {
            step: known[step] if step in known else validation_of(path)
            for step, path in checkpoints(self.folder).items()
        }

    def save(self, step: int, tree: dict[str, Tree], validation: float | None = None) -> Path:
        """Write the dict ``tree`` as ``save_checkpoint`` does, with ``global_step`` beside it, and return the path.

        ``validation``: how good the weights are, such as an accuracy on the validation set; the higher the better.
        Raises ``ValueError`` where the folder holds this step or a later one: another run, which would go first; and
        for a tree with a ``global_step`` or ``validation`` of its own.
        """
        step = check_count("step", step, least=0, most=LARGEST)
        if not isinstance(tree, dict):
            raise TypeError(f"tree must be a dict, with a name for each part, but is {type(tree).__name__}")
        if step >= 10**18:
            raise ValueError(f"step must have at most 18 digits, but is {step}")
        extra: dict[str, Any] = {"global_step": np.int64(step)}
        if validation is not None:
            extra["validation"] = np.float64(check_number("validation", validation))
        for name in ("global_step", "validation"):
            if name in tree:
                raise ValueError(f"tree must leave {name!r} to the manager, but has one of its own")
        self.look()
        if self.validations and step <= max(self.validations):
            raise ValueError(f"{self.folder} holds step {max(self.validations)} already: resume, or use a new folder")
        path = self.folder / f"model.ckpt-{step}.npz"
        save_checkpoint(path, {**tree, **extra})
        self.validations[step] = float(extra.get("validation", -np.inf))
        kept = {*sorted(self.validations)[-self.max_to_keep :], self.best_step()}
        for old in self.validations.keys() - kept:
            (self.folder / f"model.ckpt-{old}.npz").unlink(missing_ok=True)
            del self.validations[old]
        return path

    def best_step(self) -> int | None:
        """Return the step that was best on validation, the earliest of equals; ``None`` where none was validated."""
        best = max(self.validations, key=lambda step: (self.validations[step], -step), default=None)
        return None if best is None or self.validations[best] == -np.inf else best


def validation_of(path: Path) -> float:
    """Return how good the weights in a checkpoint are, −∞ where it does not say or cannot be read."""
    try:
        return float(load_checkpoint(path)["validation"])
    except (OSError, ValueError, TypeError, KeyError):
        return -np.inf
