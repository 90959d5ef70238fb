"""Is what the workers add up the gradient of one process? In float64, gradient by gradient."""

import numpy as np
from rich.table import Table

from cluster import BATCH_SIZE
from scratch import pad_batch
from scratch.tasks import tagging
from scratch.tasks.sentences import read_rows
from scratch.tree import named_leaves
from tf_impl.tasks import tagging as tf_tagging
from tf_impl.tasks.distributed import batches

# The largest difference allowed, as a part of the gradient's largest entry.
LIMIT = 1e-12


def gradients_agree(trainer, tagger, params, paths, console):
    """Return whether the summed gradients of the first and of the last batch are those of one process.

    All workers take part; ``console`` is that of the chief, which compares and prints, and ``None`` in all others.
    """
    rows, workers, largest = list(read_rows(paths)), trainer.strategy.num_replicas_in_sync, 0.0
    for number in (0, (len(rows) - 1) // BATCH_SIZE):
        batch = next(iter(batches(trainer.strategy, paths, BATCH_SIZE, skipped=number)))
        loss, summed = trainer.gradients(batch)
        if console:
            own = rows[number * BATCH_SIZE : (number + 1) * BATCH_SIZE]
            # The files were dealt out like cards, so worker m of M has the sentences m, m + M, … of the batch.
            shares = [own[worker::workers] for worker in range(workers)]
            table, off = compare({"loss": np.float64(loss), **summed}, own, shares, tagger, params)
            table.title = f"batch {number}, {' + '.join(str(sum(map(len, share))) for share in shares)} words"
            console.print(table)
            # Not Python's max, which may lose a NaN.
            largest = np.maximum(largest, off)
    if not console:
        return True
    agree = bool(largest <= LIMIT)
    colour, verb = ("green", "is") if agree else ("red", "is not")
    verdict = f"[{colour}]The sum {verb} the gradient of one process[/{colour}]"
    console.print(f"{verdict}: largest difference {largest:.1e} of its scale, limit {LIMIT:.0e}.")
    return agree


def compare(summed, rows, shares, tagger, params):
    """Return a table of how far the sum is from both gradients of one process, and the largest of the distances.

    Beside it: how far from ours the mean of the workers' own means would be, that of a worker with no sentence being 0.
    """
    theirs, ours = (one_process(module, rows, tagger, params) for module in (tf_tagging, tagging))
    means = [one_process(tagging, share, tagger, params) for share in shares if share]
    table = Table("", "off TensorFlow", "off scratch", "mean of means")
    distances = []
    for name, mine in summed.items():
        distances += [distance(mine, theirs[name]), distance(mine, ours[name])]
        mean_of_means = distance(sum(mean[name] for mean in means) / len(shares), ours[name])
        table.add_row(name, *(f"{number:.1e}" for number in (*distances[-2:], mean_of_means)))
    return table, np.max(distances)


def one_process(module, rows, tagger, params):
    """Return the loss and the gradients of one batch of ``rows``, by name, from either ``tagging``."""
    loss, gradients = module.loss_and_gradients(tagger, params, tagging.as_batch(*pad_batch(rows)))
    return {"loss": loss, **dict(named_leaves(gradients))}


def distance(actual, expected):
    return np.abs(actual - expected).max() / np.abs(expected).max()
