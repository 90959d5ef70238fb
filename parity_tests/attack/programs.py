"""Programs with wrong flags, and files that are none: each ends with a line that says what is wrong."""

import contextlib
import importlib
import io
import os
import tempfile
from pathlib import Path

from unrolled import program

from parity_tests.attack._counts import Counts

ENORMOUS = str(2**62)
SENTENCES = (("--sentences", "3"), ("--data", "nothing"), ("--data", "pipe"), ("--data", "bytes"), ("--data", "folder"))
RACE = (("--rounds", "0"), ("--rounds", "-7"), ("--threads", "0"), ("--peers", "nobody"))
MNIST = (
    *(("--clip", value) for value in ("nan", "inf", "0", "-1", "x")),
    *((name, value) for name in ("--units", "--steps", "--every", "--batch-size") for value in ("0", "-1", ENORMOUS)),
    ("--learning-rate", "inf"),
    ("--learning-rate", "-1"),
    ("--data-dir", "nothing"),
    ("--data-dir", "file"),
    ("--preset", "nobody's"),
)
EPOCHS = tuple(("--epochs", value) for value in ("0", "-1", ENORMOUS, "1.5", ""))
CHAR_LM = (
    *((name, value) for name in ("--units", "--top-k") for value in ("0", "-1", ENORMOUS)),
    *(("--temperature", value) for value in ("0", "-1", "nan", "inf")),
)
# The arguments that a program cannot do without, and what is wrong with it. Names of files are those of ``make_files``.
PROGRAMS = {
    "benchmark": ((), (*RACE, ("--workload", "nothing"), ("--patience", "-1"))),
    "char_lm": (("text",), (*EPOCHS, *CHAR_LM, ("--resume",))),
    "distributed": ((), (*EPOCHS, *SENTENCES, ("--workers", "5"), ("--timeout", "0"), ("--timeout", ENORMOUS))),
    "echo": ((), (*EPOCHS, ("--part", "7"), ("--engine", "nobody's"), ("--precision", "float16"))),
    "input_formatting": ((), ()),
    "lstm_race": ((), (*RACE, ("--batch", "0"), ("--units", "-1"), ("--steps", ENORMOUS), ("--inputs", "x"))),
    "masked_loss": ((), ()),
    "mnist_pixels": ((), MNIST),
    "mnist_rows": ((), MNIST),
    "run_model": ((), ()),
    "sequence_records": ((), (("--benchmark", "0"), ("--benchmark", ENORMOUS))),
    "state_copying": ((), (("--engine", "tensorflow"),)),
    "text_tagging": ((), (*EPOCHS, *SENTENCES)),
    "to_the_limit": ((), (("--batch-size", "0"), ("--num-units", "3"), ("--threads", "0"), ("--num-steps", ENORMOUS))),
    "worksheet": ((), (("--idea", "nothing"), ("--html", "nothing/x.html"), ("--html", "folder"))),
}
# With commands of their own, or other files in the place of the first.
WHOLE = {
    "char_lm": [(), *((name,) for name in ("nothing", "bytes", "folder", "pipe", "file"))],
    "run_model": [
        *[(), ("run",), ("export", "file"), ("run", "file", "file", "nothing/o.npy")],
        *[("run", name, "file", "o.npy") for name in ("file", "pipe", "folder", "bytes", "nothing")],
        *[("export", name, "o.npz") for name in ("file", "pipe", "folder", "bytes", "nothing")],
    ],
}
OUTS = (("--out", ""), ("--out", "file"), ("--out", "file/below"))
SEEDS = (("--seed", "-1"), ("--seed", "x"), ("--nonsense",))
# These have no --out, and run_model has no --seed.
APART = ("worksheet", "run_model")


def make_files(folder):
    """Make what the cases name."""
    (folder / "bytes").write_bytes(b"\xff\xfe" * 50)
    (folder / "file").write_text("kept")
    (folder / "text").write_text("anything at all. " * 200)
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")


def cases(name):
    """Yield the arguments of a program, all wrong."""
    first, wrong = PROGRAMS[name]
    rest = (*wrong, *(SEEDS if name != "run_model" else SEEDS[2:]), *(OUTS if name not in APART else ()))
    yield from ((*first, *arguments) for arguments in rest)
    yield from WHOLE.get(name, ())


def told(name, arguments, folder):
    """Return ``(verdict, words)`` of a program that is run in a folder, in this process."""
    output, errors, before = io.StringIO(), io.StringIO(), os.getcwd()
    if "--out" not in arguments and name not in APART:
        arguments = (*arguments, "--out", "out")
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            main = importlib.import_module(name).main
            program.end(lambda: main(list(arguments)))
    except SystemExit as ended:
        lines = str(ended.code if isinstance(ended.code, str) else errors.getvalue()).strip().splitlines()
        if ended.code in (0, None):
            return "wrong", f"{arguments} passed"
        # What argparse says begins with how the program is used.
        good = lines and (len(lines) == 1 or ": error: " in lines[-1]) and (folder / "file").read_text() == "kept"
        return ("refused", lines[-1]) if good else ("wrong", f"{arguments}: {lines}")
    except Exception as error:
        return "crashed", f"{arguments}: {type(error).__name__}: {error}"
    finally:
        os.chdir(before)


def run(rng, seconds):
    """Try every case of every program; that takes the time it takes."""
    records = []
    for name in PROGRAMS:
        counts = Counts("programs", name)
        with tempfile.TemporaryDirectory() as folder:
            make_files(Path(folder))
            for arguments in cases(name):
                counts.add(*told(name, arguments, Path(folder)))
        records.append(counts.record())
    return records
