"""What a worker is given and what it gives back: plain arrays, so that it imports no library but its own."""

import json
import time
from dataclasses import dataclass

import numpy as np

from peers.feed import load_feed

# One step is: forward and all gradients; forward alone; forward, each time step known only when the last is done.
TRAINING, INFERENCE, STREAMING = "training", "inference", "streaming"
# Matrix products of a step with as many columns as gates: for the LSTM i, j, f, o, for the GRU r, u, n.
GATES = {"rnn": 1, "lstm": 4, "gru": 3}


class DoesNotRun(Exception):
    """The peer has no way to compute this workload; the message says why."""


@dataclass(frozen=True)
class Problem:
    """One workload, drawn.

    - ``kind``: ``"rnn"``, ``"lstm"`` with a forget bias of 1, or ``"gru"`` with its ``reset_after``.
    - ``inputs`` [T, B, D], ``d_outputs`` [T, B, H], ``lengths`` [B] or ``None``. Past its length a row's ``d_outputs``
      are 0, so that it does not matter what an implementation leaves there.
    - ``states``: for each layer its initial state, ``(h,)`` or ``(c, h)``, each [B, H].
    - ``weights``: for each layer its weights, in the layout of the peer.
    """

    kind: str
    reset_after: bool
    num_units: int
    mode: str
    inputs: np.ndarray
    d_outputs: np.ndarray
    lengths: np.ndarray | None
    states: list
    weights: list

    def live(self):
        """Return which steps count, [T, B]: those before the end of their row."""
        return np.arange(len(self.inputs))[:, None] < self.lengths

    def all_weights(self):
        """Return the weights of all layers in one list."""
        return [array for layer in self.weights for array in layer]

    def save(self, path, dtype):
        """Write the problem, its numbers in ``dtype``."""
        words = {name: getattr(self, name) for name in ("kind", "reset_after", "num_units", "mode")}
        arrays = {"inputs": self.inputs, "d_outputs": self.d_outputs}
        arrays |= nested_names("state", self.states) | nested_names("weight", self.weights)
        arrays = {name: array.astype(dtype) for name, array in arrays.items()}
        if self.lengths is not None:
            arrays["lengths"] = self.lengths
        np.savez(path, words=json.dumps(words), **arrays)


def load_problem(path):
    """Return the ``Problem`` in a file, or the ``Feed`` of a whole program."""
    with np.load(path) as arrays:
        words = json.loads(str(arrays["words"]))
        if "program" in words:
            return load_feed(words["program"], arrays)
        lengths = arrays["lengths"] if "lengths" in arrays else None
        states, weights = nested(arrays, "state"), nested(arrays, "weight")
        return Problem(
            **words,
            **{name: arrays[name] for name in ("inputs", "d_outputs")},
            lengths=lengths,
            states=states,
            weights=weights,
        )


def nested_names(name, layers):
    """Return ``{"name/layer/index": array}`` for a list of arrays per layer; ``nested`` is the way back."""
    return {
        f"{name}/{layer}/{index}": array for layer, arrays in enumerate(layers) for index, array in enumerate(arrays)
    }


def nested(arrays, name):
    """Return for each layer the list of its arrays of this name."""
    layers = {}
    for key in arrays:
        if key.startswith(f"{name}/"):
            layers.setdefault(key.split("/")[1], []).append(arrays[key])
    return list(layers.values())


def one_by_one(take, inputs, times):
    """Return what ``take`` makes of each of the inputs in turn, and append to ``times`` how long each took."""
    outputs = []
    for x in inputs:
        started = time.perf_counter()
        outputs.append(take(x))
        times.append(time.perf_counter() - started)
    return outputs


def name_results(outputs, d_inputs=None, d_states=(), d_weights=()):
    """Return the results of a step by name: time-major arrays, states and weights as in the ``Problem``.

    Of a forward pass there are only ``outputs``.
    """
    if d_inputs is None:
        return {"outputs": outputs}
    gradients = nested_names("state", d_states) | nested_names("weight", d_weights)
    return {"outputs": outputs, "inputs": d_inputs, **gradients}
