"""Attack the project, and count: ``python -m parity_tests.attack --kinds arguments --seconds 60``.

A kind is a module of ``parity_tests/attack``. Each is given about so many seconds, and random numbers of a seed of its
own; with ``--json`` its records are added to a file, in the place of those of the same kind and seed. The command ends
non-zero where anything went wrong.
"""

from unrolled.program import Parser, begin, end

begin()

import argparse
import datetime
import importlib
import json
import pkgutil
import time
import zlib
from pathlib import Path

from parity_tests import attack
from parity_tests.attack._counts import BAD
from scratch.files import write_text

KINDS = tuple(sorted(name for _, name, _ in pkgutil.iter_modules(attack.__path__) if not name.startswith("_")))


def read(path):
    return json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else []


def write(path, records):
    lines = ",\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    write_text(path, f"[\n{lines}\n]\n")


def attacked(kind, seed, seconds):
    """Return the records of one kind; the random numbers of two kinds have nothing in common."""
    import numpy as np

    module = importlib.import_module(f"parity_tests.attack.{kind}")
    start = time.monotonic()
    records = module.run(np.random.default_rng([seed, zlib.crc32(kind.encode())]), seconds)
    rest = {"seed": seed, "seconds": round(time.monotonic() - start, 1)}
    # Of a kind with several records, the seconds are those of all of them: they stand in the first.
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    return [
        record | rest | {"seconds": 0.0 if number else rest["seconds"], "date": date}
        for number, record in enumerate(records)
    ]


def main(argv=None):
    parser = Parser(
        prog="python -m parity_tests.attack", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, help="these kinds alone")
    parser.add_argument("--seconds", type=float, default=60.0, help="about how long each kind is attacked")
    parser.add_argument("--seed", type=int, default=0, help="draws the same again")
    parser.add_argument("--json", type=Path, help="add to these records: docs/reference/robustness.json")
    arguments = parser.parse_args(argv)
    if not arguments.seconds > 0:
        parser.error(f"--seconds must be greater than 0, but is {arguments.seconds}")
    if arguments.seed < 0:
        parser.error(f"--seed must be at least 0, but is {arguments.seed}")
    bad = 0
    for kind in arguments.kinds:
        found = attacked(kind, arguments.seed, arguments.seconds)
        for record in found:
            told = ", ".join(f"{record[name]} {name}" for name in ("right", "refused", *BAD) if record[name])
            print(
                f"{record['kind']}, {record['what']}: {record['tried']} tried, {told or 'nothing came of it'}",
                flush=True,
            )
            bad += sum(record[name] for name in BAD)
        if arguments.json:
            kept = [old for old in read(arguments.json) if (old["kind"], old["seed"]) != (kind, arguments.seed)]
            write(arguments.json, sorted(kept + found, key=lambda record: (record["kind"], record["seed"])))
    return 1 if bad else 0


if __name__ == "__main__":
    end(main)
