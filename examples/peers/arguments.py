"""The arguments of every program that times the peers."""

from peers.machine import usable_cores


def add_arguments(parser, peers):
    """Add ``--peers``, all of them by default, and ``--rounds``, ``--threads`` and ``--patience``."""
    parser.add_argument("--peers", nargs="+", choices=peers, default=list(peers), metavar="NAME", help="(default all)")
    parser.add_argument("--rounds", type=int, default=9, help="times for each implementation (default 9)")
    parser.add_argument("--threads", type=int, default=usable_cores(), help="for each (default all cores)")
    parser.add_argument(
        "--patience", type=int, default=40, help="how often a block that others disturbed is repeated (default 40)"
    )
