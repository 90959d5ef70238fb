"""Train the tagger of examples/text_tagging.py on several processes, or on several machines.

With --workers N, N worker processes are started on this machine and talk over 127.0.0.1. Each reads files of its own,
TensorFlow's MultiWorkerMirroredStrategy adds up their gradients, and the first of them, the chief, writes a checkpoint
every 10 steps. Where one dies, all are started again and go on from there. With the variable TF_CONFIG set, the command
is one worker of the cluster that it describes: start it on every machine with the same arguments and with an --out that
all of them see; started again, it goes on from the checkpoint there. The command ends non-zero where the training does
not come to its end or learns less than a list of every word's most frequent label knows, or where --check finds a
difference. Without TensorFlow the workers' parts are computed one after another in one process, by NumPy.
"""

import argparse
import os
import sys
from importlib.util import find_spec

from common import end, left_out, make_console, make_parser, parse

from cluster import WORKERS, alone, launcher
from cluster.task import is_chief
from tagging_data import add_data, sentences_of

from scratch.extras import lacking


def parse_distributed(argv):
    """Return ``(arguments, sentences)``."""
    parser = make_parser(__doc__, "distributed", 0, "the sentences and the weights")
    parser.add_argument("--workers", type=int, choices=WORKERS, help="how many to start here (default 2)")
    parser.add_argument("--epochs", type=int, default=3, help="how often to read the sentences (default 3)")
    add_data(parser, 3000)
    check = "before training, compare the summed gradient of all workers with that of one process"
    parser.add_argument("--check", action="store_true", help=check)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out, not from the start")
    timeout = "seconds without a step after which a worker ends itself (default 300)"
    parser.add_argument("--timeout", type=int, default=300, help=timeout)
    parser.add_argument(launcher.LIFELINE, action="store_true", help=argparse.SUPPRESS)
    arguments = parse(parser, argv)
    if arguments.workers and "TF_CONFIG" in os.environ:
        parser.error("--workers starts a cluster here, but TF_CONFIG says that this is one worker of another")
    return arguments, sentences_of(parser, arguments)


def main(argv=None):
    (arguments, sentences), console = parse_distributed(argv), make_console()
    if "TF_CONFIG" not in os.environ:
        for package in ("tensorflow", "tf_keras"):
            if find_spec(package) is None:
                left_out(console, "the processes, and their checkpoints", lacking("they need", package))
                return alone.train(arguments, sentences, console)
        return launcher.supervise(arguments, console)
    if arguments.lifeline:
        launcher.end_with_launcher()
    chief = is_chief(os.environ["TF_CONFIG"])
    if not arguments.lifeline:
        # TensorFlow waits for the others, and where it has waited too long the system ends it: neither says a word.
        print(f"waiting for the other workers of TF_CONFIG, {arguments.timeout} s at most", file=sys.stderr, flush=True)
    # Only a worker needs TensorFlow, which takes seconds to import and is in an extra.
    from cluster import worker

    return worker.work(arguments, sentences, console if chief else None)


if __name__ == "__main__":
    end(main)
