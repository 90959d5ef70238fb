"""Race every LSTM there is over one training step: the tutorial's ranking, with those left of it and those since come.

Each runs in a process of its own, from the same weights and on the same data, and must first compute the numbers of the
NumPy engine in float64: outputs, and the gradients of the inputs, the state and the weights. Whoever does not is named
and does not race, and the command ends non-zero. Then they are timed in turn, in rounds, after steps that do not count.
"""

import tempfile
from functools import partial

from common import end, make_console, make_parser, make_progress, parse, plt, save

from peers import LSTMS, PEERS
from peers.arguments import add_arguments
from peers.bench import Bench
from peers.machine import describe_machine, machine_lines
from peers.pictures import draw_bars
from peers.report import LIMIT, milliseconds, print_table
from peers.workloads import Workload

RACERS = PEERS | LSTMS
# What the tutorial called them. Its CudnnLSTM is for GPUs; on one, Keras calls the same there.
TUTORIAL = {
    "tf1-static": "BasicLSTM",
    "tf1-dynamic": "BasicLSTM",
    "tf1-standard": "StandardLSTM",
    "tf1-block-cell": "LSTMBlock",
    "tf1-block": "LSTMBlockFused",
    "keras": "CudnnLSTM",
}
HEAD = ("", "implementation", "in the tutorial", "ms a step", "min..max", "times", "first s")
SIZES = {"batch": 128, "steps": 28, "inputs": 28, "units": 128}


def parse_race(argv):
    parser = make_parser(__doc__, "lstm_race", 0, "the weights and the data")
    for name, size in SIZES.items():
        parser.add_argument(f"--{name}", type=int, default=size, help=f"(default {size}, MNIST by rows)")
    add_arguments(parser, RACERS)
    arguments = parse(parser, argv)
    arguments.cold = False
    return arguments


def race(arguments, console):
    """Return what was ``Found``."""
    workload = Workload("LSTM", "lstm", arguments.batch, arguments.steps, arguments.inputs, arguments.units)
    racers = {name: RACERS[name] for name in arguments.peers}
    with make_progress(console, transient=True) as bar, tempfile.TemporaryDirectory() as folder:
        task = bar.add_task("", total=1)
        bench = Bench("race", workload, racers, arguments, folder, lambda words: bar.update(task, description=words))
        return bench.run()


def ranking(found):
    """Yield the rows of the table: those whose numbers are right, the fastest first."""
    rows = [row for row in found.timed() if not found.fault(row)]
    for place, row in enumerate(rows, 1):
        yield (
            str(place),
            row.name,
            TUTORIAL.get(row.name, ""),
            milliseconds(row.median),
            f"{milliseconds(min(row.seconds))}..{milliseconds(max(row.seconds))}",
            f"{row.median / rows[0].median:.1f}",
            f"{row.first:.1f}",
        )


def main(argv=None):
    arguments, console = parse_race(argv), make_console()
    for line in machine_lines(describe_machine(arguments.threads)):
        console.print(line, highlight=False, soft_wrap=True)
    found = race(arguments, console)
    console.print(f"\n{found.workload.describe()}", style="bold", highlight=False)
    print_table(HEAD, ranking(found), console)
    for line in (*found.verdicts(), *found.remarks()):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if found.timed():
        save(partial(draw_bars, [found], plt), arguments.out / "lstm_race.png", console)
    for line in found.wrong():
        console.print(line, style="red", markup=False, soft_wrap=True)
    if found.wrong():
        return 1
    worst = max((row.off for row in found.timed()), default=0.0)
    console.print(
        f"All agreed with the reference before they raced: largest difference {worst:.1e} of the scale, "
        f"limit {LIMIT:.0e}.",
        highlight=False,
        soft_wrap=True,
    )
    return 0


if __name__ == "__main__":
    end(main)
