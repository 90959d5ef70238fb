"""Batches of examples in random order, epoch after epoch: the ``next_batch`` of TF1's MNIST tutorials.

    order       a permutation of the N examples, drawn anew for every epoch
    position    how many of it are used up

    next_batch(B):   order[position : position + B]                             while that many are left
                     the rest of the old order, then the start of a new one     at the end of an epoch

No example is left out and every batch is full, so a batch across the boundary can hold an example twice. The page is
``docs/training/batches.md``.
"""

from typing import Any

import numpy as np

from scratch.arrays import Array, Shaped
from scratch.checks import as_integers, is_plain
from scratch.generators import generator_state, restore_generator
from scratch.initializers import check_generator
from scratch.options import check_count
from scratch.shown import shown

# Kinds of dtype that an example may have.
NUMBERS = "biufc"


class BatchSource:
    """Batches of ``images`` [N, …] and their ``labels`` [N, …], in an order drawn from ``rng``.

    Source: ``tensorflow.examples.tutorials.mnist``, ``DataSet.next_batch``. ``epochs_completed`` counts as there.
    Raises ``ValueError`` or ``TypeError`` where the two are not arrays of the same number of examples, at least one.
    """

    def __init__(
        self, images: Shaped[Array, "N ..."], labels: Shaped[Array, "N ..."], rng: np.random.Generator
    ) -> None:
        for name, array in {"images": images, "labels": labels}.items():
            if not is_plain(array) or array.ndim == 0:
                came = "a number" if is_plain(array) else type(array).__name__
                raise TypeError(f"{name} must be an array with an example in every row, but is {came}")
            if array.dtype.kind not in NUMBERS:
                raise TypeError(f"{name} must be an array of numbers or Booleans, but is {array.dtype}")
        if len(images) != len(labels) or len(images) == 0:
            raise ValueError(
                f"images and labels must be as many, and at least one, but there are {len(labels)} for {len(images)}"
            )
        check_generator(rng)
        self.images, self.labels, self.rng = images, labels, rng
        self.order, self.position, self.epochs_completed = rng.permutation(len(images)), 0, 0

    def next_batch(self, batch_size: int) -> tuple[Shaped[Array, "B ..."], Shaped[Array, "B ..."]]:
        """Return ``(images, labels)`` of the next ``batch_size`` examples, which must be at most all there are."""
        batch_size = check_count("batch_size", batch_size)
        if batch_size > len(self.order):
            raise ValueError(f"batch_size must be at most {len(self.order)}, all examples, but is {batch_size}")
        chosen = self.order[self.position : self.position + batch_size]
        self.position += batch_size
        if self.position > len(self.order):
            self.order = self.rng.permutation(len(self.order))
            self.position = batch_size - len(chosen)
            self.epochs_completed += 1
            chosen = np.concatenate([chosen, self.order[: self.position]])
        return self.images[chosen], self.labels[chosen]

    def state(self) -> dict[str, Any]:
        """Return all that the next batches depend on but the examples: a dict of arrays, for a checkpoint."""
        return {
            "order": self.order.copy(),
            "position": np.int64(self.position),
            "epochs_completed": np.int64(self.epochs_completed),
            "generator": generator_state(self.rng),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue where ``state()`` was asked; ``rng`` is set back as well.

        Raises ``TypeError`` or ``ValueError`` where ``state`` is none of a source of this many examples, and changes
        nothing then.
        """
        size = len(self.images)
        if not isinstance(state, dict):
            raise TypeError(f"state must be a dict, as state() returns it, but is {shown(state)}")
        if missing := self.state().keys() - state.keys():
            raise ValueError(f"state has no {', '.join(sorted(missing))}")
        order = as_integers("state['order']", state["order"]).copy()
        position, completed = (as_integer(name, state[name]) for name in ("position", "epochs_completed"))
        if not np.array_equal(np.sort(order, axis=None), np.arange(size)) or order.ndim != 1 or position > size:
            raise ValueError(f"state must be that of {size} examples, but has {order.size} at position {position}")
        restore_generator(self.rng, state["generator"])
        self.order, self.position, self.epochs_completed = order, position, completed


def as_integer(name: str, value: Any) -> int:
    """Return a number of a state, which a checkpoint has as an array of no axes."""
    return check_count(f"state[{name!r}]", value[()] if isinstance(value, np.ndarray) else value, least=0)
