"""Train a network to say what each word of a sentence is: noun, verb, adjective, …

The same word can be one or the other: "the old watch stopped", but "the old watch a boat". So the network reads every
sentence from both ends. The sentences are made by the small grammar of scratch/tasks/sentences.py, or are yours
(--data). They are written as TFRecords, read back, and trained on in padded batches of about one length; a tenth is
held out. The command ends non-zero where the network knows less of that than a list of every word's most frequent label
or, with --engine all, where the engines' losses part.
"""

import time
from functools import partial
from typing import NamedTuple

from common import NAMES, Table, end, engines_of, make_console, make_parser, make_progress, parse, plt, save

import numpy as np
from peers.pictures import plain_log
from tagging_data import add_data, sentences_of

from scratch import padded_batches, padding_saved
from scratch.inputs.padding import bucket_by_length
from scratch.tasks import tagging
from scratch.tasks.sentences import make_corpus, read_rows, write_rows

ENGINES = ("numpy", "numba", "tensorflow")
LINES = {"tensorflow": ("#f4a259", 5), "numpy": ("#5b8e7d", 2.5), "numba": ("#8c2f7a", 0.8)}
NUM_SHARDS = 4
# The largest difference of the loss from TensorFlow's, in float64, that a run may show at any step.
LIMIT = 1e-9


class Run(NamedTuple):
    """What one engine made of the task: loss and time of each step, and the labels it gives the rows held out."""

    losses: np.ndarray
    seconds: list
    tagged: list
    confusion: np.ndarray


def make_trainer(engine, tagger, params):
    """Return a trainer for the engine, from the same weights for each."""
    if engine != "tensorflow":
        return tagging.TaggingTrainer(tagger, params, engine)
    # Only this engine needs TensorFlow, which takes seconds to import and is in an extra.
    from tf_impl.tasks.tagging import TaggingTrainer

    return TaggingTrainer(tagger, params)


def train(engine, tagger, rows, held_out, arguments, progress):
    """Train on one engine and return its ``Run``."""
    rng = np.random.default_rng(arguments.seed)
    trainer = make_trainer(engine, tagger, tagger.init_params(rng, np.float64))
    bar = progress.add_task(engine, total=arguments.epochs * len(tagging.make_batches(rows)[0]), loss=np.nan)
    losses, seconds, started = [], [], time.perf_counter()
    for loss in tagging.train(trainer, rows, rng, arguments.epochs):
        seconds.append(time.perf_counter() - started)
        losses.append(loss)
        progress.update(bar, advance=1, loss=np.mean(losses[-20:]))
        started = time.perf_counter()
    tagged = tagging.tag(trainer, held_out)
    return Run(np.array(losses), seconds, tagged, tagging.confusion_matrix(held_out, tagged, tagger.num_labels))


def keep_on_disk(corpus, folder, console):
    """Write the corpus as TFRecords, say what buckets save, and return both parts as they are read back."""
    folder.mkdir(exist_ok=True)
    paths = write_rows(folder, "train", corpus.training, NUM_SHARDS), write_rows(folder, "test", corpus.held_out)
    console.print(f"records: {folder}, {NUM_SHARDS} files to learn from and one to be tested on", soft_wrap=True)
    rows, held_out = (list(read_rows(part)) for part in paths)
    sizes = [tagging.BATCH_SIZE] * (len(tagging.BUCKET_BOUNDARIES) + 1)
    buckets = bucket_by_length(rows, tagging.BUCKET_BOUNDARIES, sizes)
    saved = padding_saved(padded_batches(rows, tagging.BATCH_SIZE), buckets)
    console.print(f"buckets: {saved}", soft_wrap=True)
    return rows, held_out


def accuracy(confusion):
    return np.trace(confusion) / confusion.sum()


def print_labels(labels, baseline, found, console):
    """Print a table with a row for each label: how often it is there, and how well it is found."""
    table = Table("label", "words held out", "F1 words alone", "F1 tagger")
    scores = tagging.f1_scores(baseline), tagging.f1_scores(found)
    for label, count, *both in zip(labels, found.sum(axis=1), *scores, strict=True):
        table.add_row(label, f"{count}", *(f"{score:.3f}" for score in both))
    console.print(table)


def print_sentence(corpus, alone, tagged, console):
    """Print of the shorter sentences held out the one that words alone say least of, with the labels found."""
    wrong = [(row[:, 1] != alone[row[:, 0]]).sum() * (len(row) <= 16) for row in corpus.held_out]
    number = int(np.argmax(wrong))
    row, table = corpus.held_out[number], Table("word", "label", "words alone", "tagger")
    for word, label, *found in zip(
        corpus.vocabulary.words_at(row[:, 0]), row[:, 1], alone[row[:, 0]], tagged[number], strict=True
    ):
        cells = [corpus.labels[label], *("" if guess == label else corpus.labels[guess] for guess in found)]
        table.add_row(*(cell.replace("[", "\\[") for cell in (word, *cells)))
    console.print(table)
    console.print("A sentence held out: what is found stands there where it is not the label.")


def print_runs(runs, baseline, console):
    """Print a table with a row for each engine; the differences are from the first."""
    first = next(iter(runs))
    table = Table("", "steps", "ms/step", "final loss", "accuracy", f"off {NAMES[first]}")
    table.add_row("words alone", "-", "-", "-", f"{accuracy(baseline):.2%}", "-")
    for engine, run in runs.items():
        off = "-" if engine == first else f"{difference(run, runs):.1e}"
        median, final = f"{1000 * np.median(run.seconds):.2f}", f"{run.losses[-20:].mean():.5f}"
        table.add_row(engine, f"{len(run.losses)}", median, final, f"{accuracy(run.confusion):.2%}", off)
    console.print(table)
    console.print("Medians of time; mean loss of the last 20 steps; accuracy on the words held out.")


def difference(run, runs):
    return np.abs(run.losses - next(iter(runs.values())).losses).max()


def draw(runs, labels, title):
    """Return the loss curves, and beside them how often the last engine took each label for each."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.5), layout="constrained")
    figure.suptitle(title)
    for engine, run in runs.items():
        colour, width = LINES[engine] if len(runs) > 1 else (LINES[engine][0], 0.8)
        left.plot(run.losses, linewidth=width, color=colour, label=engine)
    left.set(xlabel="step", ylabel="mean cross-entropy of the batch", yscale="log")
    plain_log(left.yaxis, plt)
    left.legend(frameon=False)
    share = run.confusion / np.maximum(run.confusion.sum(axis=1, keepdims=True), 1)
    right.imshow(share, cmap="Purples", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(run.confusion):
        if count:
            colour = "white" if share[row, column] > 0.5 else "black"
            right.text(column, row, count, ha="center", va="center", color=colour, fontsize=8)
    right.set_xticks(range(len(labels)), labels, rotation=90)
    right.set_yticks(range(len(labels)), labels)
    right.set(title="words held out", xlabel="found", ylabel="true")
    return figure


def parse_tagging(argv):
    """Return ``(arguments, sentences)``."""
    parser = make_parser(__doc__, "text_tagging", 0, "the sentences, the weights and the order of the batches")
    parser.add_argument("--engine", choices=(*ENGINES, "all"), default="numba", help="what computes (default numba)")
    parser.add_argument("--epochs", type=int, default=5, help="how often to read the sentences (default 5)")
    add_data(parser, 3000)
    arguments = parse(parser, argv)
    return arguments, sentences_of(parser, arguments)


def main(argv=None):
    (arguments, sentences), console = parse_tagging(argv), make_console()
    corpus = make_corpus(np.random.default_rng(arguments.seed), sentences)
    origin = arguments.data or f"the grammar of scratch/tasks/sentences.py, seed {arguments.seed}"
    console.print(f"[bold]Tagging[/bold]: {len(sentences)} sentences from {origin}", soft_wrap=True, highlight=False)
    console.print(
        f"{sum(map(len, corpus.training))} words to learn from, {sum(map(len, corpus.held_out))} held out; "
        f"{len(corpus.vocabulary.words)} words known, {len(corpus.labels)} labels"
    )
    rows, held_out = keep_on_disk(corpus, arguments.out / "records", console)

    tagger = tagging.Tagger(corpus.vocabulary.size, len(corpus.labels))
    engines = engines_of(arguments.engine, console)
    with make_progress(console, "steps, loss {task.fields[loss]:.4f}") as bar:
        runs = {engine: train(engine, tagger, rows, held_out, arguments, bar) for engine in engines}

    alone = tagging.most_frequent_labels(rows, tagger)
    baseline = tagging.confusion_matrix(held_out, [alone[row[:, 0]] for row in held_out], tagger.num_labels)
    last = runs[engines[-1]]
    print_labels(corpus.labels, baseline, last.confusion, console)
    print_sentence(corpus, alone, last.tagged, console)
    print_runs(runs, baseline, console)
    title = f"{accuracy(last.confusion):.2%} right, {accuracy(baseline):.2%} by words alone"
    save(partial(draw, runs, corpus.labels, f"Tagging: {title}"), arguments.out / "tagging.png", console)

    if not all(accuracy(run.confusion) >= accuracy(baseline) for run in runs.values()):
        console.print("[red]The tagger knows less than the words alone[/red]: it needs more epochs, or more sentences.")
        return 1
    if arguments.engine != "all":
        return 0
    # Not Python's max, which may lose a NaN.
    largest = np.max([difference(run, runs) for run in runs.values()])
    if largest <= LIMIT:
        console.print(f"[green]The curves are one[/green]: largest difference {largest:.1e}, limit {LIMIT:.0e}.")
        return 0
    console.print(f"[red]The curves part[/red]: largest difference {largest:.1e}, limit {LIMIT:.0e}.")
    return 1


if __name__ == "__main__":
    end(main)
