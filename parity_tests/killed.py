"""A program that is killed in the middle of its work, at a moment that no clock decides.

``python -m parity_tests.killed CALLS PROGRAM …`` runs a program of Python and kills it by SIGKILL at the CALLS-th call
of a function after the first checkpoint it saves: at the same place on a busy machine as on an idle one.
"""

import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path

from scratch import CheckpointManager

ROOT = Path(__file__).resolve().parent.parent


def run_until_killed(calls, *command):
    """Run a program in a process of its own, and fail unless it is killed on the way."""
    command = [sys.executable, "-m", "parity_tests.killed", str(calls), *map(str, command)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert done.returncode == -signal.SIGKILL, f"after {calls} calls: {done.returncode}, {done.stderr}"


def main(calls, *command):
    left = int(calls)

    def count(*_):
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def save(*arguments, sound=CheckpointManager.save, **options):
        saved = sound(*arguments, **options)
        # From now on, told of every call and every return.
        sys.setprofile(count)
        return saved

    CheckpointManager.save = save
    sys.argv = list(command)
    sys.path.insert(0, str(Path(command[0]).parent))
    runpy.run_path(command[0], run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
