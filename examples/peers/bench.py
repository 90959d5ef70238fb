"""One workload from start to end: a problem, a reference, workers, and what was found."""

import contextlib
from pathlib import Path

import numpy as np

from peers import BARE_LOOP, REFERENCE, SGEMM, TRAINERS, WEIGHTS
from peers.layouts import carry, carry_back
from peers.limits import SIZE, read_times, weights_read
from peers.problem import nested
from peers.programs import draw_feed
from peers.report import LIMIT, Found
from peers.rounds import Row, Worker, measure_rounds
from peers.workloads import draw, necessary_flops
from scratch.extras import how_to_install

LOOP, PRODUCT, READS = "bare loop", "matrix product", "reads of the weights"
LIMITS = {
    "loop": {LOOP: BARE_LOOP},
    "products": {PRODUCT: SGEMM},
    "weights": {READS: WEIGHTS, PRODUCT: SGEMM},
    None: {},
}


def difference(workload, layout, path, reference):
    """Return ``(largest difference, where)``, each as a part of the scale of its array."""
    found = named_results(workload, layout, path)
    differences = []
    for name, right in reference.items():
        array = found.get(name)
        if array is None or array.shape != right.shape:
            differences.append((np.nan, name))
            continue
        scale = np.abs(right).max()
        off = np.abs(array - right).max() / (scale if scale > 0 else 1)
        differences.append((float(off), name))
    # Nothing is larger than what is no number at all.
    return max(differences, key=lambda pair: np.nan_to_num(pair[0], nan=np.inf))


def named_results(workload, layout, path):
    """Return the results in a file by name, the gradients of weights in the layout of ``scratch``."""
    with np.load(path) as arrays:
        weights = nested(arrays, "weight")
        named = {name: arrays[name] for name in arrays if not name.startswith("weight/")}
    # Of a forward pass there are none.
    return named | carry_back(workload, weights, layout) if weights else named


class Bench:
    """The benchmark of one workload: its files in a folder that is gone afterwards, its workers, its rows.

    ``peers`` are those who take part, by name; ``arguments`` has ``seed``, ``threads``, ``rounds``, ``patience`` and
    ``cold``.
    """

    def __init__(self, name, workload, peers, arguments, folder, report):
        self.name, self.workload, self.peers, self.arguments, self.report = name, workload, peers, arguments, report
        self.folder = Path(folder)
        self.draw()
        self.rows, self.workers = {}, {}

    reference = REFERENCE

    def draw(self):
        self.problem, self.params = draw(self.workload, self.arguments.seed)

    def carried(self, layout):
        """Return the problem in a layout of the weights: it has ``save``."""
        return carry(self.workload, self.problem, self.params, layout)

    def file(self, layout, dtype=np.float32):
        """Return the file with the problem in this layout, written when it is first asked for."""
        path = self.folder / f"{layout}-{np.dtype(dtype)}.npz"
        if not path.exists():
            self.carried(layout).save(path, dtype)
        return path

    def worker(self, name, peer, dtype=np.float32, **environment):
        results, log = self.folder / f"{name}.results.npz", self.folder / f"{name}.log"
        return Worker(peer, self.file(peer.layout, dtype), results, self.arguments.threads, log, environment)

    def make_reference(self):
        """Return the results of the NumPy engine in float64."""
        with self.worker("reference", self.reference, np.float64) as worker:
            answer = worker.ask()
        if "first" not in answer:
            raise RuntimeError(f"the reference has not been computed: {answer}")
        return named_results(self.workload, "scratch", worker.results)

    def start(self, stack, name, peer, reference):
        """Start a worker, check what it computes, and keep it and its row."""
        row = self.rows[name] = Row(name, ours=peer.ours)
        if missing := peer.missing():
            row.absent = f"{', '.join(missing)}: {how_to_install(peer.extra)}"
            return
        environment = {}
        if name.startswith("numba") and self.arguments.cold:
            # Once with nothing kept, which is then there for the worker that is timed.
            environment["NUMBA_CACHE_DIR"] = str(self.folder / name)
            self.report(f"{name}, first call with nothing kept")
            with self.worker(name, peer, **environment) as worker:
                row.cold = worker.ask().get("first")
        self.report(f"{name}, first call")
        try:
            self.file(peer.layout)
        except ValueError as error:
            # Its layout has no place for such a cell.
            row.refused = str(error)
            return
        worker = stack.enter_context(self.worker(name, peer, **environment))
        answer = worker.ask()
        row.refused, row.failed = answer.get("refused", ""), answer.get("failed", "")
        if "first" not in answer:
            return
        row.first, row.imported, row.peak = answer["first"], answer["imported"], answer["peak"]
        if peer not in (SGEMM, WEIGHTS):
            row.off, row.worst = difference(self.workload, peer.layout, worker.results, reference)
            if not row.off <= LIMIT:
                return  # How long it takes to be wrong is of no interest.
        self.workers[name] = worker

    def run(self):
        """Return what was ``Found``."""
        self.report("reference")
        reference = self.make_reference()
        limits = LIMITS[self.workload.limit]
        with contextlib.ExitStack() as stack:
            for name, peer in (self.peers | limits).items():
                self.start(stack, name, peer, reference)
            del reference
            measure_rounds(self.rows, self.workers, self.arguments.rounds, self.arguments.patience, self.report)
        if not limits:
            return Found(self.name, self.workload, None, list(self.rows.values()), None, None)
        seconds = {}
        for name in limits:
            row = self.rows.pop(name)
            if row.failed or row.refused or (row.off is not None and not row.off <= LIMIT):
                raise RuntimeError(f"the limit has not been measured: {row}")
            seconds[name] = row.median
        product_rate = 2 * SIZE**3 / seconds[PRODUCT] if PRODUCT in limits else None
        loop_seconds, read_rate = seconds.get(LOOP), None
        if READS in limits:
            numbers, times = weights_read(self.problem)
            read_rate = 4 * numbers * read_times(self.problem) / seconds[READS]
            loop_seconds = 4 * numbers * times / read_rate
        flops = necessary_flops(self.workload, self.problem)
        return Found(self.name, self.workload, flops, list(self.rows.values()), product_rate, loop_seconds, read_rate)


class ProgramBench(Bench):
    """The benchmark of a whole program, whose trainers all get the weights by TensorFlow's names."""

    reference = TRAINERS["numpy"]

    def draw(self):
        self.feed = draw_feed(self.workload, self.arguments.seed)

    def carried(self, layout):
        return self.feed
