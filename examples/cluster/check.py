"""Is what the workers add up the gradient of one process? Of the first batch and the last, asked of both sides."""

import numpy as np

from cluster import BATCH_SIZE
from cluster.compare import compare, shares_of, title, verdict
from scratch.tasks import tagging
from scratch.tasks.sentences import read_rows
from tf_impl.tasks import tagging as tf_tagging
from tf_impl.tasks.distributed import batches


def gradients_agree(trainer, tagger, params, paths, console):
    """Return whether the summed gradients of the first and of the last batch are those of one process.

    All workers take part; ``console`` is that of the chief, which compares and prints, and ``None`` in all others.
    """
    rows, workers, largest = list(read_rows(paths)), trainer.strategy.num_replicas_in_sync, 0.0
    witnesses = {"TensorFlow": tf_tagging, "scratch": tagging}
    for number in (0, (len(rows) - 1) // BATCH_SIZE):
        batch = next(iter(batches(trainer.strategy, paths, BATCH_SIZE, skipped=number)))
        loss, summed = trainer.gradients(batch)
        if console:
            own = rows[number * BATCH_SIZE : (number + 1) * BATCH_SIZE]
            shares = shares_of(own, workers)
            results = {"loss": np.float64(loss), **summed}
            table, off = compare(results, own, shares, (tagger, params), witnesses)
            table.title = title(number, shares)
            console.print(table)
            # Not Python's max, which may lose a NaN.
            largest = np.maximum(largest, off)
    return verdict(largest, console) if console else True
