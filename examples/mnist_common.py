"""What mnist_rows.py and mnist_pixels.py share: their arguments, and what they print."""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from common import NAMES, Table, engines_of, left_out, make_console, make_parser, make_progress, parse, save

import numpy as np
from drawn_digits import draw_digits
from mnist_pictures import draw_confusion, draw_gradients, draw_validation
from mnist_run import Run, train

import scratch
from scratch.tasks.mnist import PROGRAMS

ENGINES = ("numpy", "numba", "tensorflow")
CELLS = {
    "rnn": scratch.BasicRNNCell,
    "lstm": scratch.BasicLSTMCell,
    "lstm_block": scratch.LSTMBlockCell,
    "gru": scratch.GRUCell,
    "gru_reset_after": partial(scratch.GRUCell, reset_after=True),
}
OPTIMIZERS = {
    "gradient_descent": scratch.GradientDescentOptimizer,
    "adagrad": scratch.AdagradOptimizer,
    "rmsprop": scratch.RMSPropOptimizer,
    "adam": scratch.AdamOptimizer,
}
# Where MNIST may lie already: beside the project, and where Keras keeps what it downloads.
PLACES = (Path("data/mnist"), Path("~/.keras/datasets").expanduser())
PUBLISHED_IMAGES = 128
# How far a loss may be from TensorFlow's at any step, in float64.
LIMIT = 1e-6


def arguments_for(doc, name, presets, default, argv):
    """Return the arguments, and the ``MnistProgram`` that they make of the chosen preset."""
    parser = make_parser(doc, name, 0, "the weights and the order of the images")
    titles = "; ".join(f"{preset}: {PROGRAMS[preset].title}" for preset in presets)
    parser.add_argument("--preset", choices=presets, default=default, help=f"(default {default}). {titles}")
    if "lee4" in presets:
        text = "read the pixels in one random order: the preset lee4"
        parser.add_argument("--permuted", action="store_const", dest="preset", const="lee4", help=text)
    parser.add_argument("--engine", choices=(*ENGINES, "all"), default="numba", help="what computes (default numba)")
    parser.add_argument("--threads", type=int, help="of engine numba (default: one a core)")
    parser.add_argument("--precision", choices=("float64", "float32"), default="float32", help="(default float32)")
    parser.add_argument("--data-dir", type=Path, help=f"folder with MNIST (default: {' or '.join(map(str, PLACES))})")
    parser.add_argument("--digits", action="store_true", help="train on scikit-learn's 8 × 8 digits, not on MNIST")
    parser.add_argument("--cell", choices=CELLS, help="in place of the preset's")
    parser.add_argument("--units", type=int, help="of the cell, in place of the preset's")
    parser.add_argument("--optimizer", choices=OPTIMIZERS, help="in place of the preset's")
    parser.add_argument("--learning-rate", type=float, help="in place of the preset's")
    parser.add_argument("--clip", type=float, help="the longest gradient of a variable, in place of the preset's")
    parser.add_argument("--batch-size", type=int, help="in place of the preset's")
    parser.add_argument("--steps", type=int, help="in place of the preset's")
    parser.add_argument("--every", type=int, default=250, help="validate and save every so many steps (default 250)")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint in --out, if any")
    arguments = parse(parser, argv)
    if arguments.clip is not None and arguments.clip <= 0:
        parser.error(f"--clip must be greater than 0, but is {arguments.clip}")
    try:
        return arguments, changed(PROGRAMS[arguments.preset], arguments)
    except ValueError as error:
        parser.error(str(error))


def changed(program, arguments):
    """Return the program with what the arguments put in place of its own."""
    cell, optimizer, rate = program.cell, program.optimizer, arguments.learning_rate
    if arguments.cell or arguments.units:
        make = CELLS[arguments.cell] if arguments.cell else partial(replace, cell)
        cell = make(num_units=arguments.units or cell.num_units)
    if arguments.optimizer:
        optimizer = OPTIMIZERS[arguments.optimizer](optimizer.learning_rate if rate is None else rate)
    elif rate is not None:
        optimizer = replace(optimizer, learning_rate=rate)
    return replace(
        program,
        cell=cell,
        optimizer=optimizer,
        clip_norm=program.clip_norm if arguments.clip is None else arguments.clip,
        batch_size=arguments.batch_size or program.batch_size,
        num_steps=arguments.steps or program.num_steps,
    )


def load_data(arguments, console):
    """Return ``MnistData``: MNIST where it is, or else digits, which are easier and say who they are."""
    if arguments.digits:
        return load_digits(console)
    if arguments.data_dir:
        return scratch.load_mnist(arguments.data_dir)
    for place in PLACES:
        try:
            return scratch.load_mnist(place)
        except FileNotFoundError:
            continue
    return load_digits(console)


def load_digits(console):
    """Return scikit-learn's digits or, where it is not installed, digits drawn by rule."""
    try:
        return scratch.load_digits()
    except ImportError as error:
        left_out(console, "scikit-learn's digits, for which others are drawn", error)
        return draw_digits()


def differences(run, witness):
    """Return the difference of the loss from the witness's, step by step."""
    return np.abs(np.subtract(run.losses, witness.losses))


def test(runs, labels):
    """Return ``(table, predictions)``: how well each run names the test images, and what the last of them says."""
    first = next(iter(runs))
    seen = f"first {PUBLISHED_IMAGES}", f"all {len(labels):,}"
    table = Table("engine", "ms/step", "loss", *seen, f"off {NAMES[first]}")

    def add_row(name, run, time, loss, off):
        predictions = run.test()
        right = predictions == labels
        published = right[:PUBLISHED_IMAGES]
        table.add_row(name, time, loss, f"{published.sum()} ({published.mean():.2%})", f"{right.mean():.2%}", off)
        return predictions

    for engine, run in runs.items():
        time = f"{1000 * np.median(run.seconds):.1f}" if run.seconds else "-"
        off = "-" if engine == first else f"{differences(run, runs[first]).max():.1e}"
        predictions = add_row(engine, run, time, f"{np.mean(run.losses[-50:]):.4f}", off)
        best = run.manager.best_step()
        if best != len(run.losses):
            run.load_weights(best)
            add_row(f"step {best}", run, "", "", "")
    return table, predictions


def train_and_test(doc, name, presets, default, argv=None):
    """Train, print how well, draw it, and return 1 where the engines' losses, in float64, part; else 0."""
    arguments, program = arguments_for(doc, name, presets, default, argv)
    console, compared = make_console(), arguments.engine == "all"
    if arguments.threads:
        scratch.set_num_threads(arguments.threads)
    try:
        data, engines = load_data(arguments, console), engines_of(arguments.engine, console)
        runs = {engine: Run(engine, program, data, arguments) for engine in engines}
    except ValueError as error:
        sys.exit(str(error))
    *_, run = runs.values()
    title = f"{program.title}, on {data.name}"
    console.print(f"[bold]{title}[/bold]: {run.num_parameters:,} parameters")
    rate = f"learning rate {program.optimizer.learning_rate} from step {len(run.losses) + 1} on"
    console.print(f"{run.settings}; {rate}", highlight=False)
    goes_on = "the same command with --resume goes on from the last checkpoint"
    console.print(f"a checkpoint every {arguments.every} steps; after Ctrl-C or a kill, {goes_on}", soft_wrap=True)
    try:
        with make_progress(console, "loss {task.fields[loss]:.4f}, validation {task.fields[accuracy]:.1%}") as progress:
            for engine_run in runs.values():
                train(engine_run, arguments.every, progress)
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt(f"stopped before the end: {goes_on}") from interrupt

    table, predictions = test(runs, data.test.labels)
    console.print(table)
    console.print(
        "Medians of time; mean loss of the last 50 steps; test images named rightly, in the\n"
        "row of a step by the weights that were best on validation; the largest difference\n"
        "of the loss, step by step.",
        soft_wrap=True,
    )
    out = arguments.out / arguments.preset
    console.print(f"checkpoints, and files for TensorBoard: {out}", soft_wrap=True)
    of_last = f"{title} ({run.engine})"
    save(partial(draw_validation, runs, title), out / "validation.png", console)
    save(partial(draw_confusion, data.test.labels, predictions, of_last), out / "confusion.png", console)
    save(partial(draw_gradients, run, of_last), out / "gradients.png", console)
    if compared and arguments.precision == "float64":
        witness = next(iter(runs.values()))
        largest = max(differences(engine_run, witness).max() for engine_run in runs.values())
        if largest > LIMIT:
            console.print(f"[red]The curves part[/red]: largest difference {largest:.1e}, limit {LIMIT:.0e}.")
            return 1
        console.print(f"[green]The curves are one[/green]: largest difference {largest:.1e}, limit {LIMIT:.0e}.")
    return 0
