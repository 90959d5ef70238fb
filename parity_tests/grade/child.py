"""The process in which a submission runs. It imports NumPy alone, and ``parity_tests.grade.sandbox`` starts it.

A frame is an npz of arrays and a text of JSON that says how they hang together; nothing is ever unpickled. Frames come
from the standard input and go to a pipe: first the task, then a call, its result, the next call, its result.
"""

import contextlib
import io
import json
import os
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np

DEEPEST = 12
# Whoever imports one of these does not solve the exercise, or waits for it longer than the grader does.
ANSWERS = "scratch", "tf_impl", "parity_tests", "unrolled"
FRAMEWORKS = "tensorflow", "torch", "jax", "keras", "tf_keras", "numba", "autograd"
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REFUSED = ("os.", "shutil.", "subprocess.", "socket.", "ctypes.", "pty.", "tempfile.", "_posixsubprocess.", "sqlite3.")
HARMLESS = ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.add_dll_directory", "os.getxattr", "os.listxattr")


def pack(value: Any, arrays: list[np.ndarray], depth: int = 0) -> Any:
    """Return a value as what JSON can hold; its arrays go to ``arrays``."""
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if array.dtype.kind not in "biufcU":
            return {"other": f"an array of {array.dtype}"}
        arrays.append(array)
        return {"array": len(arrays) - 1}
    if value is None or isinstance(value, bool | int | float | str):
        return {"value": value}
    if depth < DEEPEST:
        fields = getattr(value, "_fields", None) or list(getattr(value, "__dataclass_fields__", ()))
        if fields:
            value = {name: getattr(value, name) for name in fields}
        if isinstance(value, dict):
            return {"dict": [[str(name), pack(part, arrays, depth + 1)] for name, part in value.items()]}
        if isinstance(value, list | tuple):
            return {type(value).__name__: [pack(part, arrays, depth + 1) for part in value]}
    return {"other": f"a {type(value).__name__}"}


def unpack(node: Any, arrays: Any) -> Any:
    """Return what ``pack`` was given; what it could not hold becomes ``Other``."""
    ((kind, held),) = node.items()
    if kind == "array":
        return arrays[held]
    if kind == "dict":
        return {name: unpack(part, arrays) for name, part in held}
    if kind in ("list", "tuple"):
        parts = [unpack(part, arrays) for part in held]
        return tuple(parts) if kind == "tuple" else parts
    return held if kind == "value" else Other(held)


class Other(str):
    """The name of what a function returned and no exercise asks for."""


def frame(value: Any) -> bytes:
    """Return a value as a frame, the length of which comes first."""
    arrays: list[np.ndarray] = []
    text = json.dumps(pack(value, arrays))
    file = io.BytesIO()
    parts = {f"a{number}": array for number, array in enumerate(arrays)}
    np.savez(file, text=np.frombuffer(text.encode(), np.uint8), **parts)
    held = file.getvalue()
    return len(held).to_bytes(8, "little") + held


def read_frame(file: BinaryIO) -> Any:
    """Return the value of the next frame; raises ``EOFError`` where there is none, or only a part of one."""
    head = file.read(8)
    length = int.from_bytes(head, "little")
    held = file.read(length) if len(head) == 8 else b""
    if len(head) < 8 or len(held) < length:
        raise EOFError("no whole frame")
    with np.load(io.BytesIO(held), allow_pickle=False) as archive:
        arrays = [archive[f"a{number}"] for number in range(len(archive.files) - 1)]
        return unpack(json.loads(archive["text"].tobytes()), arrays)


def limit_resources(seconds: int, memory: int) -> None:
    """Give this process no more than ``seconds`` of processor time, ``memory`` bytes, and no file to write."""
    import resource

    limits = {"CPU": (seconds, seconds + 1), "AS": (memory, memory), "FSIZE": (0, 0), "CORE": (0, 0)}
    for name, limit in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), limit)


def watcher(secret: list[str], refused: list[str]) -> Callable[[str, Any], None]:
    """Return an audit hook that refuses what a solution has no use for, and notes it in ``refused``."""

    def refuse(what: str) -> None:
        refused.append(what)
        raise PermissionError(f"the grader refuses this: {what}")

    def hook(event: str, arguments: Any) -> None:
        if event == "import":
            top = str(arguments[0]).split(".")[0]
            if top in ANSWERS:
                refuse(f"importing {top}, which holds the answers")
            if top in FRAMEWORKS:
                refuse(f"importing {top}: an exercise is solved with NumPy alone")
        elif event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & WRITES:
                refuse(f"opening {path!r} to write")
            if isinstance(path, str) and os.path.realpath(path).startswith(tuple(secret)):
                refuse(f"reading {path!r}, which holds the answers")
        elif event.startswith(REFUSED) and event not in HARMLESS:
            shown = ", ".join(repr(argument)[:60] for argument in arguments[:1])
            refuse(f"{event}({shown})")

    return hook


def changed(before: Any, after: Any, path: str) -> list[str]:
    """Return the paths of the arrays of an argument that are not what they were."""
    if isinstance(before, dict):
        pairs = [(before[name], after.get(name), f"{path}[{name!r}]") for name in before]
    elif isinstance(before, list | tuple):
        pairs = [
            (part, after[place] if place < len(after) else None, f"{path}[{place}]")
            for place, part in enumerate(before)
        ]
    else:
        same = np.shape(before) == np.shape(after) and bool(np.all(np.asarray(before) == np.asarray(after)))
        return [] if same else [path]
    return [found for pair in pairs for found in changed(*pair)]


def told(error: BaseException, path: str) -> dict[str, Any]:
    """Return the words for an error, and the line of the submission it came from."""
    line, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == path:
            line = step.tb_lineno
        step = step.tb_next
    if isinstance(error, SyntaxError) and error.filename == path:
        line = error.lineno
    return {"error": type(error).__name__, "message": str(error)[:300], "line": line}


def call(function: Any, task: dict[str, Any], twice: Any) -> dict[str, Any]:
    """Call a function and return its result, or its error, and which arguments it changed."""
    names, arguments = twice["names"], twice["again"]
    before = dict(zip(names, twice["arguments"], strict=True))
    try:
        with np.errstate(all="ignore"):
            result = function(*arguments)
    except BaseException as error:
        return told(error, task["path"])
    return {"result": result, "changed": changed(before, dict(zip(names, arguments, strict=True)), "")}


def main() -> None:
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), int(sys.argv[1])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    def send(value: Any) -> None:
        rest = memoryview(frame(value))
        while rest:
            rest = rest[os.write(outgoing, rest) :]

    task = read_frame(incoming)
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    np.zeros((2, 2)) @ np.zeros((2, 2))
    np.random.default_rng(0)
    limit_resources(task["seconds"], task["memory"])
    refused: list[str] = []
    sys.addaudithook(watcher(task["secret"], refused))
    module = types.ModuleType("submission")
    sys.modules["submission"] = module
    trouble: dict[str, Any] = {}
    try:
        exec(compile(task["source"], task["path"], "exec"), module.__dict__)
    except BaseException as error:
        trouble = told(error, task["path"])
    send(
        {
            "loaded": trouble,
            "refused": refused,
            "defined": [name for name in task["functions"] if hasattr(module, name)],
        }
    )
    for _ in range(task["calls"]):
        twice = read_frame(incoming)
        function = getattr(module, twice["function"], None)
        done = {"error": "missing", "message": "", "line": None} if function is None else call(function, task, twice)
        send({**done, "refused": list(refused)})
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
