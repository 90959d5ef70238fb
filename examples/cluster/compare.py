"""How far what the workers add up is from the gradient of one process, quantity by quantity, in float64."""

from common import Table

import numpy as np

from scratch import pad_batch
from scratch.tasks import tagging
from scratch.tree import named_leaves

# The largest difference allowed, as a part of the gradient's largest entry.
LIMIT = 1e-12


def shares_of(rows, workers):
    """Return each worker's part of a batch: dealt out like cards, worker m of M has the sentences m, m + M, …"""
    return [rows[worker::workers] for worker in range(workers)]


def compare(summed, rows, shares, model, witnesses):
    """Return a table of how far the sum is from one process of each witness, and the largest of the distances.

    ``model`` is ``(tagger, params)`` and ``witnesses`` are modules ``tagging`` by name, ours among them. Beside it: how
    far from ours the mean of the workers' own means would be, that of a worker with no sentence being 0.
    """
    single = {name: one_process(module, rows, *model) for name, module in witnesses.items()}
    means = [one_process(tagging, share, *model) for share in shares if share]
    table = Table("", *(f"off {name}" for name in witnesses), "mean of means")
    distances = []
    for name, mine in summed.items():
        found = [distance(mine, results[name]) for results in single.values()]
        mean_of_means = distance(sum(mean[name] for mean in means) / len(shares), single["scratch"][name])
        table.add_row(name, *(f"{number:.1e}" for number in (*found, mean_of_means)))
        distances += found
    return table, np.max(distances)


def one_process(module, rows, tagger, params):
    """Return the loss and the gradients of one batch of ``rows``, by name, from either ``tagging``."""
    loss, gradients = module.loss_and_gradients(tagger, params, tagging.as_batch(*pad_batch(rows)))
    return {"loss": loss, **dict(named_leaves(gradients))}


def distance(actual, expected):
    return np.abs(actual - expected).max() / np.abs(expected).max()


def title(number, shares):
    return f"batch {number}, {' + '.join(str(sum(map(len, share))) for share in shares)} words"


def verdict(largest, console):
    """Say whether the sum is the gradient of one process, and return that."""
    agree = bool(largest <= LIMIT)
    colour, verb = ("green", "is") if agree else ("red", "is not")
    said = f"[{colour}]The sum {verb} the gradient of one process[/{colour}]"
    console.print(f"{said}: largest difference {largest:.1e} of its scale, limit {LIMIT:.0e}.")
    return agree
