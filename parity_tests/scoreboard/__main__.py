"""Ask every engine, and write what the page shows: ``python -m parity_tests.scoreboard``.

An engine whose packages are not installed is named and left out. The extras ``scoreboard`` and ``tf`` install all.
"""

from unrolled.program import Parser, begin, end

begin()

import argparse
import json
import subprocess
import sys
from pathlib import Path

from parity_tests.scoreboard.adapters import ENGINES
from scratch.files import written_whole

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGE = ROOT / "docs" / "reference" / "scoreboard.json"
# Seconds after which an engine is taken to be stuck.
STUCK = 3600


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-W", "ignore", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=STUCK
    )


def ask(engine):
    """Return what one engine answers, or ``None`` where its package is not installed."""
    done = run("-m", "parity_tests.scoreboard.worker", engine)
    for line in done.stdout.splitlines():
        if line.startswith("ANSWERS "):
            return json.loads(line.removeprefix("ANSWERS "))
    last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
    if not last.startswith("ModuleNotFoundError"):
        raise RuntimeError(f"{engine} ended with {done.returncode}: {last}")
    print(f"{engine} is left out: {last}")
    return None


def reproduce(engine):
    """Return ``{file: what it prints}`` of an engine's disagreements."""
    found = {}
    for path in sorted((HERE / "reproductions").glob(f"{engine}_*.py")):
        done = run(path)
        if done.returncode:
            raise RuntimeError(f"{path.name} ended with {done.returncode}: {done.stderr.strip().splitlines()[-1]}")
        found[path.name] = done.stdout.strip().splitlines()[-1]
    return found


def main(argv=None):
    parser = Parser(
        prog="python -m parity_tests.scoreboard",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="+", choices=ENGINES, default=ENGINES, help="ask these engines alone")
    parser.add_argument("--json", type=Path, default=PAGE, help="the file to write")
    arguments = parser.parse_args(argv)
    if not arguments.json.parent.is_dir():
        parser.error(f"{arguments.json} cannot be written: there is no folder {arguments.json.parent}")
    told = []
    for engine in arguments.only:
        answers = ask(engine)
        if answers:
            told.append(answers | {"reproductions": reproduce(engine)})
            words = [answer[4] for answer in answers["answers"]]
            counts = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
            print(f"{answers['name']} ({answers['versions']}): {counts}", flush=True)
    with written_whole(arguments.json) as path:
        path.write_text(json.dumps(told, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"answers: {arguments.json}")
    return 0 if len(told) == len(arguments.only) else 1


if __name__ == "__main__":
    end(main)
