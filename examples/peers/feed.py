"""What a trainer is given: a program's batches and weights, plain arrays."""

import json
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Feed:
    """A program, drawn: ``x`` [N, B, T, …] and ``labels``, ``lengths`` [N, B] or ``None``, and ``weights`` by path."""

    name: str
    x: np.ndarray
    labels: np.ndarray
    lengths: np.ndarray | None
    weights: dict

    @property
    def params(self):
        """The weights as a nested dict."""
        tree: dict = {}
        for path, leaf in self.weights.items():
            *scopes, name = path.split("/")
            branch = tree
            for scope in scopes:
                branch = branch.setdefault(scope, {})
            branch[name] = leaf
        return tree

    def batches(self):
        """Return ``(x, labels, lengths)`` of every batch, lengths ``None`` where there are none."""
        lengths = [None] * len(self.x) if self.lengths is None else self.lengths
        return list(zip(self.x, self.labels, lengths, strict=True))

    def save(self, path, dtype):
        """Write the feed, its numbers in ``dtype``."""
        as_dtype = {name: leaf.astype(dtype) for name, leaf in self.weights.items()}
        x = self.x.astype(dtype) if self.x.dtype.kind == "f" else self.x
        lengths = {} if self.lengths is None else {"lengths": self.lengths}
        weights = {f"weight/{name}": leaf for name, leaf in as_dtype.items()}
        np.savez(path, words=json.dumps({"program": self.name}), x=x, labels=self.labels, **lengths, **weights)


def load_feed(name, arrays):
    """Return the ``Feed`` in the arrays of a file."""
    weights = {key.removeprefix("weight/"): arrays[key] for key in arrays if key.startswith("weight/")}
    lengths = arrays["lengths"] if "lengths" in arrays else None
    return Feed(name, arrays["x"], arrays["labels"], lengths, weights)
