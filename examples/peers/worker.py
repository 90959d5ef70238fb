"""One peer in a process of its own: ``python -m peers.worker MODULE CLASS PROBLEM RESULTS THREADS``.

It computes one step, writes its results for others to check, and then answers every line ``n`` on its input with a line
of JSON: how long a block of n steps took. The input's end is its own.
"""

import importlib
import json
import os
import sys
import time
import traceback
from pathlib import Path

import numpy as np

from peers.problem import DoesNotRun, load_problem


def peak_bytes():
    """Return the most memory that this process ever had."""
    try:
        # Not getrusage where this is to be had: on Linux its maximum includes the process that started this one.
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return next(1024 * int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        import resource  # not on every system

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def run(peer, steps):
    """Compute ``steps`` steps, and return how long the slowest of a hundred took: of a stream, of its single steps."""
    # A loop whose calls would cost more than its work brings its own.
    if hasattr(peer, "run"):
        peer.run(steps)
        return None
    of_stream, times = getattr(peer, "times", []), []
    of_stream.clear()
    for _ in range(steps):
        started = time.perf_counter()
        peer.step()
        times.append(time.perf_counter() - started)
    return float(np.percentile(of_stream or times, 99))


def time_block(peer, steps):
    """Return how long a block of ``steps`` steps took, a step, and what CPU and memory the process used.

    While the others had their turn, this one's data left the caches and its threads fell asleep. Training goes on
    without such a break, so the first steps after it are not timed.
    """
    in_one, cpu = getattr(peer, "steps_in_one", 1), time.process_time()
    # Who takes many steps in one call takes as many calls as there are whole ones in the block.
    calls = max(1, steps // in_one)
    run(peer, max(1, calls // 5))
    started = time.perf_counter()
    slowest = run(peer, calls)
    seconds = time.perf_counter() - started
    found = {"seconds": seconds / (calls * in_one), "p99": slowest if in_one == 1 else None}
    return found | {"cpu": time.process_time() - cpu, "peak": peak_bytes()}


def start(module, kind, problem_path, results_path, threads):
    """Return the peer after its first step, and how long that took; its results are then in the file."""
    started = time.perf_counter()
    make = getattr(importlib.import_module(module), kind)
    imported = time.perf_counter()
    problem = load_problem(problem_path)
    loaded = time.perf_counter()
    peer = make(problem, int(threads))
    # What the peer keeps of it is the peer's own.
    del problem
    peer.step()
    first = time.perf_counter() - loaded
    peak = peak_bytes()
    np.savez(results_path, **peer.results())
    return peer, {"imported": imported - started, "first": first, "peak": peak}


def warm_up(peer):
    """Return the seconds of one step: of twice as many steps again and again, until they take a tenth of a second."""
    steps = 1
    while (seconds := time_block(peer, steps)["seconds"]) * steps < 0.1:
        steps *= 2
    return seconds


def main():
    # What a library prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**words):
        print(json.dumps(words), file=answers, flush=True)

    try:
        peer, found = start(*sys.argv[1:])
        answer(**found)
        for line in sys.stdin:
            answer(**(time_block(peer, int(line)) if line.strip() != "warm up" else {"seconds": warm_up(peer)}))
    except DoesNotRun as error:
        answer(refused=str(error))
    except Exception as error:
        # Anything at all: these are other people's libraries, and one that fails must not stop the others.
        traceback.print_exc()
        answer(failed=f"{type(error).__name__}: {error}".strip().splitlines()[0])


if __name__ == "__main__":
    main()
