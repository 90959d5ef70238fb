"""Workers, and the times of their steps: strictly in turn, in rounds, and never while somebody else has the machine."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

# A block of steps is about this long, or one step.
BLOCK_SECONDS = 0.25
# Between blocks, so that the threads of one worker sleep before those of the next wake up.
PAUSE_SECONDS = 0.03


@dataclass
class Row:
    """What is known of one peer on one workload.

    - ``refused``, ``failed``, ``absent``: why there are no times, in words; else empty.
    - ``seconds``: of a step, one number a round. ``p99``: the same of the slowest of a hundred, in a stream of the
      single steps; ``None`` for a loop that times itself.
    - ``first``: seconds from the arrays to the first results, graphs and compilers included, imports not.
    - ``cold``: the same before the compiler's results were kept on disk, where the peer keeps them.
    - ``off``: the largest difference from the reference, as a part of its scale, and ``worst``, where that is.
    - ``foreign``: how many CPUs others used at worst in a block that counts; ``repeated``: blocks that do not count.
    """

    name: str
    ours: bool = False
    refused: str = ""
    failed: str = ""
    absent: str = ""
    seconds: list = field(default_factory=list)
    p99: list = field(default_factory=list)
    first: float | None = None
    cold: float | None = None
    imported: float | None = None
    peak: int | None = None
    off: float | None = None
    worst: str = ""
    foreign: float = 0.0
    repeated: int = 0

    @property
    def median(self):
        return statistics.median(self.seconds)


class Worker:
    """A peer in a process of its own, started and asked for times; also a context that ends it."""

    def __init__(self, peer, problem, results, threads, log, environment):
        self.results, self.log = results, log
        command = ["-m", "peers.worker", peer.module, peer.kind, problem, results, threads]
        with open(log, "wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, *map(str, command)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, **surroundings(threads), **environment},
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def ask(self, line=None):
        """Return the worker's next answer; a worker that has died answers ``failed``."""
        try:
            if line is not None:
                print(line, file=self.process.stdin, flush=True)
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if answer:
            return json.loads(answer)
        said = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return {"failed": f"the process ended: {said[-1] if said else 'it said nothing'}"}


def surroundings(threads):
    """Return the environment of every worker: as many threads for whoever asks, no GPU, and no chatter."""
    counts = "OMP OPENBLAS MKL BLIS NUMBA".split()
    threads = {f"{library}_NUM_THREADS": str(threads) for library in counts} | {
        "VECLIB_MAXIMUM_THREADS": str(threads),
        # Two names for one thing: XLA's pool in JAX.
        "NPROC": str(threads),
        "PJRT_NPROC": str(threads),
    }
    paths = [str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")]
    quiet = {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return threads | quiet | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def busy_seconds():
    """Return the CPU seconds that the whole machine has worked so far, or ``None`` where it does not tell."""
    try:
        words = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()
    except OSError:
        return None
    user, nice, system, _, _, *interrupts = map(int, words[1:9])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def measure_block(worker, steps, patience):
    """Return the worker's answer for a block that nobody disturbed, or after ``patience`` more the calmest of all.

    It is disturbed if others used more than an eighth of a CPU; the clock of the machine's work ticks every 10 ms.
    """
    best = None
    for attempt in range(patience + 1):
        busy, own, started = busy_seconds(), time.process_time(), time.perf_counter()
        answer = worker.ask(steps)
        elapsed = time.perf_counter() - started
        if "failed" in answer:
            return answer
        foreign = 0.0
        if busy is not None:
            known = answer["cpu"] + time.process_time() - own
            foreign = max(0.0, (busy_seconds() - busy - known) / elapsed)
        answer |= {"foreign": foreign, "repeated": attempt}
        if best is None or foreign < best["foreign"]:
            best = answer
        if foreign <= 0.125 + 0.02 / elapsed:
            break
        if attempt < patience:
            time.sleep(min(3, 0.3 + 0.1 * attempt))
    return best | {"repeated": answer["repeated"]}


def measure_rounds(rows, workers, rounds, patience, report):
    """Fill the rows of all workers with ``rounds`` times each, in an order that moves on by one every round."""
    steps = {}
    for name, worker in list(workers.items()):
        answer = worker.ask("warm up")
        if "failed" in answer:
            rows[name].failed = answer["failed"]
        else:
            steps[name] = max(1, round(BLOCK_SECONDS / answer["seconds"]))
    for turn in range(rounds):
        names = list(steps)
        start = turn % max(1, len(names))
        for name in names[start:] + names[:start]:
            report(f"round {turn + 1} of {rounds}: {name}")
            time.sleep(PAUSE_SECONDS)
            answer, row = measure_block(workers[name], steps[name], patience), rows[name]
            if "failed" in answer:
                row.failed = answer["failed"]
                del steps[name]
                continue
            row.seconds.append(answer["seconds"])
            row.p99.append(answer["p99"])
            row.peak = max(row.peak, answer["peak"])
            row.foreign = max(row.foreign, answer["foreign"])
            row.repeated += answer["repeated"]
