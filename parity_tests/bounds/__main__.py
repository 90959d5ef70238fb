"""How near rounding comes to its derived bounds: ``python -m parity_tests.bounds --cases 1000``.

Cases are drawn (``drawn.py``), computed by both engines, and held against 50 digits. Printed is, for each cell, dtype
and quantity, the largest error as a part of its bound. The command ends non-zero where a bound is exceeded.
"""

from unrolled.program import Parser, begin, end

begin()

import argparse
import json
from pathlib import Path

from scratch.files import written_whole

AT_A_TIME = 500


def read(path):
    """Return what ``write`` wrote, nothing where there is no file: ``(found, {seed: cases drawn}, near a kink)``."""
    if path is None or not path.exists():
        return {}, {}, 0
    table = json.loads(path.read_text(encoding="utf-8"))
    return {tuple(row[:3]): row[3:] for row in table["worst"]}, table["drawn"], table["near a kink"]


def write(path, found, drawn, near):
    rows = ",\n".join(json.dumps([*key, *worst]) for key, worst in sorted(found.items()))
    with written_whole(path) as unfinished:
        text = f'{{"drawn": {json.dumps(drawn)}, "near a kink": {near}, "worst": [\n{rows}\n]}}\n'
        unfinished.write_text(text, encoding="utf-8")


def main(argv=None):
    parser = Parser(prog="python -m parity_tests.bounds", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--cases", type=int, default=1000, help="how many cases, from the first that was not run yet")
    parser.add_argument("--seed", type=int, default=0, help="draws the same again")
    parser.add_argument("--json", type=Path, help="go on from this table, and add to it: docs/reference/bounds.json")
    arguments = parser.parse_args(argv)
    if arguments.cases < 1:
        parser.error(f"--cases must be at least 1, but is {arguments.cases}")
    if arguments.seed < 0:
        parser.error(f"--seed must be at least 0, but is {arguments.seed}")

    from parity_tests.bounds.drawn import Worst, measure

    found, drawn, near = read(arguments.json)
    found, seed = {key: Worst(*worst) for key, worst in found.items()}, str(arguments.seed)
    first = drawn.get(seed, 0)
    for start in range(first, first + arguments.cases, AT_A_TIME):
        end_of_these = min(start + AT_A_TIME, first + arguments.cases)
        found, more_near = measure(arguments.seed, range(start, end_of_these), found)
        drawn, near = drawn | {seed: end_of_these}, near + more_near
        if arguments.json:
            write(arguments.json, found, drawn, near)
        print(f"{sum(drawn.values())} cases drawn, {near} of them too near a kink", flush=True)
    for (cell, dtype, quantity), (part, numbers) in sorted(found.items()):
        verdict = "ok      " if part <= 1 else "EXCEEDED"
        print(f"{verdict} {part:8.4f} of the bound  {dtype} {cell} {quantity} ({numbers} numbers)")
    return 0 if all(worst.part <= 1 for worst in found.values()) else 1


if __name__ == "__main__":
    end(main)
