"""One engine in a process of its own: ``python -m parity_tests.scoreboard.worker pytorch`` prints its answers."""

import importlib
import json
import sys
from importlib import metadata

import numpy as np

from parity_tests.scoreboard.judge import judge
from parity_tests.scoreboard.questions import questions


def main(name):
    engine = importlib.import_module(f"parity_tests.scoreboard.adapters.{name}")
    versions = " ".join(f"{package} {metadata.version(package)}" for package in engine.PACKAGES)
    told = []
    for dtype in (np.float32, np.float64):
        for question in questions(dtype):
            for part, verdict in zip(("results", "gradients"), judge(engine.answer, question.case), strict=True):
                told.append([question.cell, question.way, np.dtype(dtype).name, part, *verdict])
    engine_told = {"name": engine.NAME, "versions": versions, "documented": engine.DOCUMENTED, "answers": told}
    print("ANSWERS", json.dumps(engine_told, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
