"""What the chief keeps of the training in a checkpoint, and what it starts with."""

import sys
import zlib

import numpy as np

from scratch.tasks.tagging import OPTIMIZER
from scratch.training.checkpoint import latest_checkpoint, load_checkpoint
from scratch.training.optimizers import slots_from_variables
from scratch.variables import params_from_variables


def to_save(state, losses, corpus):
    """Return what the rest of the training depends on, as a tree of arrays; the manager adds the step.

    Every epoch has the same batches in the same order, so the step says as well where in the data it is.
    """
    return {**state, "losses": np.array(losses), "corpus": fingerprint(corpus)}


def to_start_with(folder, corpus, params, slots):
    """Return ``(params, slots, losses)`` of the last checkpoint in the folder; those given where there is none.

    Ends the process where the checkpoint is that of other sentences.
    """
    path = latest_checkpoint(folder)
    if path is None:
        return params, slots, []
    saved = load_checkpoint(path)
    if saved["corpus"] != fingerprint(corpus):
        sys.exit(f"{path} was trained on other sentences: use the same arguments, or another --out")
    return params_from_variables(params, saved), slots_from_variables(OPTIMIZER, params, saved), list(saved["losses"])


def fingerprint(corpus):
    """Return a number that tells one corpus from another."""
    return np.int64(zlib.crc32(np.concatenate(corpus.training).tobytes()))
