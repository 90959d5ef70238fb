"""Train a network to echo a random series of bits three steps late, on one engine or on all three.

The programs of Hallström's tutorial series, parts 1 to 6. With --engine all, NumPy, Numba and TensorFlow start from the
same weights and read the same bits, and their losses are compared window by window.
"""

import time
from functools import partial

from common import NAMES, Table, end, engines_of, make_console, make_parser, make_progress, parse, plt, save

import numpy as np

from scratch.tasks.echo import PARTS, EchoTrainer, init_params, train
from scratch.training.summaries import SummaryWriter, network_graph
from scratch.tree import map_tree

ENGINES = ("numpy", "numba", "tensorflow")
NUDGED = "tf, nudged"
WIDTHS = {"tensorflow": 5, "numpy": 2.5, "numba": 0.8}
COLOURS = {"tensorflow": "#f4a259", "numpy": "#5b8e7d", "numba": "#8c2f7a", NUDGED: "0.6"}


def limit(part, precision):
    """Return the largest difference of the loss from TensorFlow's that a run of two epochs may show."""
    if precision == "float32":
        return 1e-2 if part == 1 else 1e-3
    return 1e-6 if part == 1 else 1e-9


def make_trainer(engine, part, params):
    """Return a trainer for the engine, from the same weights for each."""
    if engine in ("numpy", "numba"):
        return EchoTrainer(part, params, engine)
    # Only this engine needs TensorFlow, which takes seconds to import and is in an extra.
    from tf_impl.tasks import echo as tf_echo

    if engine == NUDGED:
        params = map_tree(lambda leaf: np.nextafter(leaf, np.inf, dtype=leaf.dtype), params)
    return tf_echo.EchoTrainer(part, params)


def run(engine, arguments, progress):
    """Train on one engine and return ``(windows, seconds of each)``."""
    part, rng = PARTS[arguments.part], np.random.default_rng(arguments.seed)
    params = init_params(part, rng, np.dtype(arguments.precision))
    bar = progress.add_task(engine, total=None, loss=np.nan)
    windows, seconds = [], []
    started = time.perf_counter()
    trainer = make_trainer(engine, part, params)
    if arguments.graph and engine != NUDGED:
        write_graph(engine, trainer, arguments.out / "graph" / engine)
    for window in train(trainer, rng, arguments.epochs):
        seconds.append(time.perf_counter() - started)
        windows.append(window)
        recent = np.mean([earlier.loss for earlier in windows[-50:]])
        progress.update(bar, completed=len(windows), total=666 * arguments.epochs, loss=recent)
        started = time.perf_counter()
    return windows, seconds


def write_graph(engine, trainer, folder):
    """Write the graph of a trainer's network for TensorBoard, in the same scopes for each engine."""
    if engine in ("numpy", "numba"):
        with SummaryWriter(folder) as writer:
            writer.graph(network_graph(trainer.part.cell, trainer.params, "Adagrad"))
        return
    from tf_impl.training.summaries import SummaryWriter as TensorFlowWriter

    with TensorFlowWriter(folder) as writer:
        writer.graph(trainer.program.graph)


def differences(windows, witness):
    """Return the difference of the loss from the witness's, window by window."""
    return np.array([abs(ours.loss - theirs.loss) for ours, theirs in zip(windows, witness, strict=True)])


def draw_tutorial_figure(windows, title):
    """Return the tutorial's 2 × 3 panels: the loss so far, and for each row its input, echoed label and prediction."""
    figure, axes = plt.subplots(2, 3, figsize=(12, 6), layout="constrained")
    figure.suptitle(title)
    loss_axis, *row_axes = axes.flat
    loss_axis.plot([window.loss for window in windows], linewidth=0.8, color="#8c2f7a")
    loss_axis.set(title="loss", xlabel="window", ylabel="mean cross-entropy", ylim=(0, None))
    last = windows[-1]
    steps = np.arange(last.x.shape[1])
    for row, axis in enumerate(row_axes):
        lanes = last.probabilities[row].argmax(-1), last.labels[row], last.x[row]
        for lane, (bits, colour) in enumerate(zip(lanes, ("#5b8e7d", "#c8443d", "#4a7fb5"), strict=True)):
            axis.bar(steps, 0.8 * bits, width=1, bottom=lane, color=colour)
            axis.axhline(lane, linewidth=0.5, color="0.8")
        axis.set(title=f"row {row}", xticks=steps[::2], xlabel="time step of the last window", ylim=(0, 3))
        axis.set_yticks([0.4, 1.4, 2.4], ["prediction", "label", "input"])
    figure.supxlabel("coloured: 1; blank: 0", fontsize=9)
    return figure


def draw_engines(runs, title):
    """Return the loss curves of all engines over one another, and below how far each is from the first one's."""
    figure, (above, below) = plt.subplots(2, 1, figsize=(10, 7), sharex=True, layout="constrained")
    figure.suptitle(title)
    for engine, width in [(engine, width) for engine, width in WIDTHS.items() if engine in runs]:
        above.plot([window.loss for window in runs[engine]], linewidth=width, color=COLOURS[engine], label=engine)
    above.set(ylabel="loss", ylim=(0, None))
    above.legend(frameon=False)
    first, *others = runs
    for engine in others:
        # Where two losses are equal to the last bit, a logarithm has no place for 0.
        distance = np.maximum(differences(runs[engine], runs[first]), 1e-18)
        below.plot(distance, linewidth=0.6, color=COLOURS[engine], label=engine)
    below.set(yscale="log", xlabel="window", ylabel=f"difference of the loss from {first}'s")
    nudged = "nudged: every weight moved by its last bit at the start" if NUDGED in runs else None
    below.legend(frameon=False, title=nudged)
    return figure


def parse_echo(argv):
    parser = make_parser(__doc__, "echo", 3, "the weights and the series")
    titles = "; ".join(f"{number}: {part.title}" for number, part in PARTS.items())
    parser.add_argument("--part", type=int, choices=PARTS, default=5, help=f"of the series (default 5). {titles}")
    parser.add_argument("--engine", choices=(*ENGINES, "all"), default="numpy", help="what computes (default numpy)")
    parser.add_argument("--epochs", type=int, default=2, help="666 windows each (default 2; the tutorial's 100)")
    parser.add_argument("--precision", choices=("float64", "float32"), default="float64", help="(default float64)")
    parser.add_argument("--graph", action="store_true", help="write each network's graph, for TensorBoard, too")
    arguments = parse(parser, argv)
    return arguments


def main(argv=None):
    arguments, console = parse_echo(argv), make_console()
    title = f"Echo, part {arguments.part}: {PARTS[arguments.part].title}"
    compared = arguments.engine == "all"
    console.print(f"[bold]{title}[/bold], {arguments.precision}, seed {arguments.seed}")
    first, *others = engines_of(arguments.engine, console)
    engines = (first, *([NUDGED] if compared and first == "tensorflow" else []), *others)
    runs, times = {}, {}
    with make_progress(console, "windows, loss {task.fields[loss]:.4f}") as bar:
        for engine in engines:
            runs[engine], times[engine] = run(engine, arguments, bar)

    table = Table("engine", "windows", "ms/window", "final loss", "accuracy", f"off {NAMES[first]}")
    largest = {}
    for engine, windows in runs.items():
        off = "-"
        if engine != first:
            largest[engine] = differences(windows, runs[first]).max()
            off = f"{largest[engine]:.1e}"
        final = np.mean([window.loss for window in windows[-50:]])
        median = 1000 * np.median(times[engine])
        table.add_row(engine, f"{len(windows)}", f"{median:.2f}", f"{final:.5f}", f"{windows[-1].accuracy:.1%}", off)
    console.print(table)
    console.print(
        "Medians of time; mean loss of the last 50 windows; accuracy on the last window;\n"
        "the largest difference of the loss, window by window."
    )

    name = f"part{arguments.part}"
    draw = partial(draw_tutorial_figure, runs[engines[-1]], f"{title} ({engines[-1]})")
    save(draw, arguments.out / f"{name}.png", console)
    if arguments.graph:
        console.print(f"The graphs: tensorboard --logdir {arguments.out / 'graph'}", highlight=False)
    if not compared:
        return 0
    save(partial(draw_engines, runs, title), arguments.out / f"{name}_engines.png", console)

    allowed = limit(arguments.part, arguments.precision)
    ours = max(largest[engine] for engine in others)
    if ours <= allowed:
        console.print(f"[green]The curves are one[/green]: largest difference {ours:.1e}, limit {allowed:.0e}.")
        return 0
    console.print(f"[red]The curves part[/red]: largest difference {ours:.1e}, limit {allowed:.0e}.")
    if largest.get(NUDGED, 0) > allowed:
        console.print(
            f"So does TensorFlow from itself, {largest[NUDGED]:.1e}, if every weight starts one last bit off: with "
            "this seed the training magnifies rounding, and no two programs can stay together."
        )
    return 1


if __name__ == "__main__":
    end(main)
