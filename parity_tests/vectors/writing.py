"""How the cases are solved, held to their witnesses and written, in several processes."""

import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from parity_tests.vectors import document, onnx_folders, witness


def write_case(folder, case):
    """Write a case that all its witnesses agree on; return whether ONNX can say it, and so has a folder of it."""
    problem, expected, bounds = document.solve(case)
    witnesses = witness.check(case, problem, expected, bounds)
    document.write(folder, case, problem, expected, bounds, witnesses)
    said = onnx_folders.can_say(case)
    if said:
        onnx_folders.write(folder / "onnx", case, problem, expected)
    return said


def write_all(folder, cases, processes):
    """Yield what ``write_case`` returns of each case. No file depends on how many processes there are."""
    if processes == 1 or len(cases) == 1:
        yield from map(partial(write_case, folder), cases)
        return
    # TensorFlow's threads do not survive a fork.
    pool = ProcessPoolExecutor(min(processes, len(cases)), multiprocessing.get_context("spawn"))
    # Ctrl-C reaches every process of a terminal. The others are born ignoring it, and end with this one.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        written = pool.map(partial(write_case, folder), cases)
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        yield from written
    finally:
        pool.shutdown(cancel_futures=True)
