"""Starts the workers of a cluster on this machine, watches them, and starts all again where one has died.

When one worker dies, the others cannot go on: TensorFlow's all-reduce fails or waits for it, and no new process can
take the dead one's place in it. So the others are ended too, and a new cluster goes on from the last checkpoint.
"""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cluster import TRY_AGAIN
from scratch.training.checkpoint import checkpoints

# The program that a worker is, too. Not sys.argv[0], which in a notebook is the notebook's own.
PROGRAM = Path(__file__).resolve().parent.parent / "distributed.py"
LIFELINE = "--lifeline"
# How often, one after another, workers may die before there is a new checkpoint.
MOST_FAILURES = 3


def supervise(arguments, console):
    """Run the workers to the end of the training, from the start or, with --resume, from the checkpoint in --out.

    Return 0, or what a worker ended with that is no accident: started again, it would end so again.
    """
    folder = arguments.out / "checkpoints"
    folder.mkdir(exist_ok=True)
    if not arguments.resume:
        for path in checkpoints(folder).values():
            path.unlink()
    failures, step = 0, last_step(folder)
    while True:
        index, code = run_workers(arguments, console)
        if code >= 0 and code != TRY_AGAIN:
            if code and (last_words := log_path(arguments, index).read_text(errors="replace").strip()):
                console.print(last_words[-2000:], markup=False, highlight=False)
            return code
        how = signal.Signals(-code).name if code < 0 else "an error of TensorFlow's"
        console.print(f"worker {index} ended with {how}; its log is {log_path(arguments, index)}", soft_wrap=True)
        reached = last_step(folder)
        failures, step = failures + 1 if reached == step else 1, reached
        if failures == MOST_FAILURES:
            console.print(f"[red]Workers died {failures} times without coming further than step {step}[/red].")
            return 1
        console.print(f"the others were ended; all start again from step {step}")


def run_workers(arguments, console):
    """Start all workers and wait; return ``(index, code)`` of the first that does not end with 0, or else of the last.

    However this ends, no worker is left: those alive are killed here, and where this process itself is killed, each of
    them sees its standard input end.
    """
    endings, addresses = queue.SimpleQueue(), free_addresses(arguments.workers or 2)
    with ExitStack() as stack:
        for index, address in enumerate(addresses):
            worker = stack.enter_context(started(arguments, index, addresses))
            console.print(f"worker {index}: process {worker.pid}, {address}", highlight=False)
            wait = lambda index=index, worker=worker: endings.put((index, worker.wait()))  # noqa: E731
            threading.Thread(target=wait, daemon=True).start()
        for _ in addresses:
            index, code = endings.get()
            if code:
                break
    return index, code


@contextmanager
def started(arguments, index, addresses):
    """Yield a worker's process, which does not outlive the block."""
    task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
    # Where the machine has a proxy, gRPC would ask it for the way to 127.0.0.1.
    environment = {**os.environ, "TF_CONFIG": json.dumps(task), "no_grpc_proxy": "127.0.0.1"}
    options = [LIFELINE, *(["--check"] if arguments.check else [])]
    for name in ("seed", "out", "epochs", "sentences", "data", "timeout"):
        value = getattr(arguments, name)
        options += [] if value is None else [f"--{name}", str(value)]
    with open(log_path(arguments, index), "wb") as log:
        # A session of its own: what is typed at the terminal is for the launcher alone.
        worker = subprocess.Popen(
            [sys.executable, str(PROGRAM), *options],
            env=environment,
            stdin=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()
        worker.stdin.close()


def end_with_launcher():
    """In a worker: end this process when the launcher ends, which is when the pipe on standard input does."""

    def wait():
        # Not sys.stdin, whose lock this thread would hold when Python wants to end.
        os.read(0, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def free_addresses(count):
    """Return that many addresses of 127.0.0.1 whose ports are free now.

    Where one is taken before its worker has it, that worker dies, and all start again with others.
    """
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [f"127.0.0.1:{own.getsockname()[1]}" for own in sockets]


def log_path(arguments, index):
    return arguments.out / f"worker-{index}.log"


def last_step(folder):
    return max(checkpoints(folder), default=0)
