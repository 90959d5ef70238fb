"""What the workers add up, in one process and by NumPy: for a machine without TensorFlow, which would join them.

Worker m has every M-th sentence of a batch. It finds the mean loss ℓ_m of its n_m words and the gradient of that mean.
The mean over all words, and its gradient, are

    ℓ = Σ_m n_m ℓ_m / Σ_m n_m        ∂ℓ/∂w = Σ_m n_m ∂ℓ_m/∂w / Σ_m n_m
"""

import numpy as np

from cluster import BATCH_SIZE
from cluster.compare import compare, one_process, shares_of, title, verdict
from cluster.report import report
from scratch.finite import check_finite
from scratch.tasks import tagging
from scratch.tasks.sentences import make_corpus
from scratch.tree import map_named, named_leaves


def train(arguments, sentences, console):
    """Train to the end, the workers' parts one after another, and return the status to end with."""
    corpus = make_corpus(np.random.default_rng(arguments.seed), sentences)
    tagger = tagging.Tagger(corpus.vocabulary.size, len(corpus.labels))
    params = tagger.init_params(np.random.default_rng(arguments.seed), np.float64)
    rows, workers = corpus.training, arguments.workers or 2
    batches = [rows[first : first + BATCH_SIZE] for first in range(0, len(rows), BATCH_SIZE)]
    if arguments.check and not sums_agree(batches, workers, tagger, params, console):
        return 1
    slots, losses = tagging.OPTIMIZER.init_slots(params), []
    for epoch in range(1, arguments.epochs + 1):
        for batch in batches:
            found = summed(shares_of(batch, workers), tagger, params)
            losses.append(float(found.pop("loss")))
            check_finite(len(losses), {"the loss": losses[-1]})
            gradients = map_named(lambda name, _, found=found: found[name], params)
            params, slots = tagging.OPTIMIZER.apply_gradients(params, gradients, slots)
        console.print(f"epoch {epoch} of {arguments.epochs}, loss {losses[-1]:.6f}")
    return report(tagger, dict(named_leaves(params)), losses, corpus, arguments, console)


def summed(shares, tagger, params):
    """Return the loss and the gradients, by name, that the workers add up from their shares of a batch."""
    counts = np.array([sum(map(len, share)) for share in shares])
    parts = [one_process(tagging, share, tagger, params) if share else None for share in shares]
    found = [(count / counts.sum(), part) for count, part in zip(counts, parts, strict=True) if part]
    return {name: sum(weight * part[name] for weight, part in found) for name in found[0][1]}


def sums_agree(batches, workers, tagger, params, console):
    """Return whether the sums of the first and of the last batch are those of one process."""
    largest = 0.0
    for number in (0, len(batches) - 1):
        shares = shares_of(batches[number], workers)
        results = summed(shares, tagger, params)
        table, off = compare(results, batches[number], shares, (tagger, params), {"scratch": tagging})
        table.title = title(number, shares)
        console.print(table)
        # Not Python's max, which may lose a NaN.
        largest = np.maximum(largest, off)
    return verdict(largest, console)
