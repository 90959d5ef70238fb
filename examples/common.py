"""What the example programs share: their arguments, what they print and draw, and what they do without.

A program does what it can: without Rich its tables are plain, without Matplotlib it draws nothing, without TensorFlow
it shows our side alone, and a line says what is left out and how to get it. A program imports from here before all
else, so that Ctrl-C ends it while it imports, and NumPy finds how many threads BLAS shall have.
"""

import os
import sys
from pathlib import Path

from unrolled.program import Parser, begin, end

# Whether one of the programs runs: to a test that imports one, nothing of this is done.
RUNS = Path(sys.argv[0]).resolve().parent == Path(__file__).resolve().parent
# Each library of matrix products has a name of its own for it; all heed the last.
BLAS_THREADS = "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "BLIS_NUM_THREADS"
OF_ALL = "OMP_NUM_THREADS"


def choose_blas_threads(environment):
    """Let BLAS run on one thread, unless the user says otherwise; to be called before NumPy is imported.

    The products of a recurrent step are small. A second thread saves little on an idle machine; on one that others use
    too, it waits for a core at every product, and a step of 0.2 s takes 7.
    """
    if not any(name in environment for name in (*BLAS_THREADS, OF_ALL)):
        environment.update(dict.fromkeys(BLAS_THREADS, "1"))


if RUNS:
    begin()
    choose_blas_threads(os.environ)

import argparse
import math
import tempfile
from functools import cache

import plain

from scratch.extras import lacking
from scratch.files import written_whole

try:
    from rich.box import SIMPLE_HEAD as BOX
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.table import Table
except ImportError:
    BOX, Console, Table = None, None, plain.Table

NAMES = {"tensorflow": "TensorFlow", "numpy": "NumPy", "numba": "Numba"}

__all__ = [
    "BOX",
    "NAMES",
    "Parser",
    "Table",
    "end",
    "engines_of",
    "left_out",
    "make_console",
    "make_parser",
    "make_progress",
    "parse",
    "plt",
    "save",
    "tensorflow_side",
]


class PyPlot:
    """Matplotlib's ``pyplot``, imported when something is first drawn. Pictures go into files: no screen is needed."""

    def __getattr__(self, name):
        return getattr(pyplot(), name)


@cache
def pyplot():
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as found

    return found


plt = PyPlot()


# Epochs, steps, sentences, units: with more, a program would run for ever, or out of memory.
MOST = 10**9
# The others count something: at least one.
LEAST = {"seed": 0, "patience": 0}


def folder(text):
    """Return the path of a folder, for ``argparse``."""
    if not text:
        raise argparse.ArgumentTypeError("must name a folder, but is empty")
    return Path(text)


def make_parser(description, name, seed, seeded):
    """Return a parser with ``--seed``, of what is ``seeded``, and ``--out``, a folder for the program's pictures."""
    parser = Parser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=seed, help=f"of {seeded} (default {seed})")
    out = Path("out") / name
    parser.add_argument("--out", type=folder, default=out, help=f"folder for the pictures (default {out})")
    return parser


def parse(parser, argv):
    """Return the arguments, refusing numbers that no run reaches and a folder that takes no file, before any work."""
    arguments = parser.parse_args(argv)
    for name, value in vars(arguments).items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(value, float) and not math.isfinite(value):
            parser.error(f"{option} must be finite, but is {value}")
        if isinstance(value, int) and value > MOST and name != "seed":
            parser.error(f"{option} must be at most {MOST}, but is {value}")
        # A flag is True or False, which Python counts among the integers.
        if type(value) is int and value < (least := LEAST.get(name, 1)):
            parser.error(f"{option} must be at least {least}, but is {value}")
    try:
        arguments.out.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=arguments.out).close()
    except OSError as error:
        parser.error(f"--out {arguments.out} cannot be written to: {error.strerror}")
    return arguments


def make_console():
    """Return what prints. A terminal that cannot show a letter gets a question mark in its place, not an error."""
    # A notebook shows every letter.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    if Console is None:
        console = plain.Console()
        left_out(console, "progress, and the lines of tables", lacking("they need", "rich"))
        return console

    class Terminal(Console):
        def on_broken_pipe(self):
            # As without Rich: ``end`` says it.
            raise

    return Terminal()


@cache
def left_out(console, what, why):
    """Say, once, what is left out and why."""
    console.print(f"Left out: {what}: {why}", markup=False, highlight=False, soft_wrap=True)


def tensorflow_side(console):
    """Return the package ``tf_impl``, or ``None`` where there is no TensorFlow; it takes seconds to import."""
    try:
        import tf_impl
    except ImportError as error:
        left_out(console, "TensorFlow's side", error)
        return None
    return tf_impl


def engines_of(engine, console):
    """Return the engines to run: the one asked for, or for "all" TensorFlow, where it is, NumPy and Numba."""
    if engine != "all":
        return (engine,)
    return ("tensorflow", "numpy", "numba") if tensorflow_side(console) else ("numpy", "numba")


def make_progress(console, words="", transient=False):
    """Return Rich's ``Progress`` or, without Rich, one that shows nothing.

    It shows the description of each task, how far it has come and ``words``, such as "loss {task.fields[loss]:.4f}";
    ``transient`` for one that shows what is being done, and is gone afterwards.
    """
    if Console is None:
        return plain.Progress(console)
    if transient:
        columns = SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn()
        return Progress(*columns, console=console, refresh_per_second=2, transient=True)
    description, *rest = TextColumn("{task.description:>10}"), TextColumn(words), TimeRemainingColumn()
    return Progress(description, BarColumn(), MofNCompleteColumn(), *rest, console=console)


def save(draw, path, console):
    """Write the figure that ``draw`` returns, whole or not at all, and say where; without Matplotlib, say that."""
    try:
        pyplot()
    except ImportError:
        left_out(console, "the pictures", lacking("they need", "matplotlib"))
        return
    figure = draw()
    with written_whole(path) as unfinished:
        figure.savefig(unfinished, dpi=110)
    plt.close(figure)
    console.print(f"picture: {path}", soft_wrap=True)
