"""What the example programs share: their arguments, their pictures, and how they end."""

import argparse
import sys
import tempfile
from pathlib import Path

from scratch.files import written_whole

try:
    import matplotlib
    from rich.console import Console
except ImportError as error:
    needing, missing = Path(sys.argv[0]).name, error.name.split(".")[0]
    sys.exit(f"examples/{needing} needs {missing}, which is in the extra 'plot': pip install 'unrolled[plot]'")

# Pictures go into files: no screen is needed.
matplotlib.use("Agg")
from matplotlib import pyplot as plt


def make_parser(description, name, seed, seeded):
    """Return a parser with ``--seed``, of what is ``seeded``, and ``--out``, a folder for the program's pictures."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=seed, help=f"of {seeded} (default {seed})")
    out = Path("out") / name
    parser.add_argument("--out", type=Path, default=out, help=f"folder for the pictures (default {out})")
    return parser


def parse(parser, argv):
    """Return the arguments, refusing a negative seed and a folder that takes no file, before any work is done."""
    arguments = parser.parse_args(argv)
    if arguments.seed < 0:
        parser.error(f"--seed must be at least 0, but is {arguments.seed}")
    try:
        arguments.out.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=arguments.out).close()
    except OSError as error:
        parser.error(f"--out {arguments.out} cannot be written to: {error.strerror}")
    return arguments


def make_console():
    """Return what prints. A terminal that cannot show a letter gets a question mark in its place, not an error."""
    sys.stdout.reconfigure(errors="replace")
    return Console()


def save(figure, path, console):
    """Write the figure whole or not at all, and say where."""
    with written_whole(path) as unfinished:
        figure.savefig(unfinished, dpi=110)
    plt.close(figure)
    console.print(f"picture: {path}", soft_wrap=True)


def end(main):
    """Run ``main`` and end with what it returns, or with one line where an extra is missing or a file cannot be."""
    try:
        sys.exit(main())
    except (ImportError, OSError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("stopped before the end")
