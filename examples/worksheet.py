"""A step by hand, on paper: small numbers for one student, and with --key its worked answers.

python -m examples.worksheet --idea lstm --seed 17          the sheet, as Markdown
python -m examples.worksheet --idea lstm --seed 17 --key    the same with every number worked out
python -m examples.worksheet --idea gru --seed 3 --html sheet.html
"""

import sys
from pathlib import Path

# Whether it is started by its name or as a module, it finds what lies beside it, and the project.
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import argparse
import html
from collections.abc import Iterator, Sequence
from typing import Any

from common import Parser, end

import numpy as np

from parity_tests.grade.anatomy import Solved, solved
from scratch.files import write_text

DIGITS = 4
# The arguments of each idea's step forward, with their shapes, and its equations with one line for each answer.
IDEAS = {
    "rnn": (
        {"x": (1, 1), "h": (1, 2), "kernel": (3, 2), "bias": (2,), "d_output": (1, 2), "d_h_new": (1, 2)},
        ("z = [x, h] W + b", "h' = tanh(z)"),
    ),
    "lstm": (
        {"x": (1, 1), "c": (1, 1), "h": (1, 1), "kernel": (2, 4), "bias": (4,), "d_h_new": (1, 1), "d_c_new": (1, 1)},
        (
            "z_i, z_j, z_f, z_o = [x, h] W + b",
            "i = σ(z_i)    j = tanh(z_j)    f = σ(z_f + 1)    o = σ(z_o)",
            "c' = f ⊙ c + i ⊙ j",
            "h' = o ⊙ tanh(c')",
        ),
    ),
    "gru": (
        {
            "x": (1, 1),
            "h": (1, 1),
            "gates_kernel": (2, 2),
            "gates_bias": (2,),
            "candidate_kernel": (2, 1),
            "candidate_bias": (1,),
            "d_h_new": (1, 1),
        },
        (
            "z_r, z_u = [x, h] W + b",
            "r = σ(z_r)    u = σ(z_u)",
            "n = tanh([x, r ⊙ h] W_n + b_n)",
            "h' = u ⊙ h + (1 − u) ⊙ n",
        ),
    ),
}
WEIGHTS = ("kernel", "bias", "gates_kernel", "gates_bias", "candidate_kernel", "candidate_bias")


def draw(idea: str, seed: int) -> dict[str, np.ndarray]:
    """Return the numbers of a sheet: tenths between −1 and 1, none of them 0."""
    rng = np.random.default_rng(seed)
    shapes, _ = IDEAS[idea]
    tenths = np.array([tenth for tenth in range(-10, 11) if tenth])
    return {name: rng.choice(tenths, shape) / 10 for name, shape in shapes.items()}


def answers(idea: str, numbers: dict[str, np.ndarray]) -> list[list[tuple[str, str, np.ndarray]]]:
    """Return for the step forward and for the step back each line of the solved exercise and what it makes."""
    exercise = solved(idea)
    module = exercise.module()
    params = {name: numbers[name] for name in numbers if name in WEIGHTS}
    known: dict[str, Any] = numbers | {"params": params, "forget_bias": 1.0}
    found = []
    for name, function in exercise.functions.items():
        held = local_names(getattr(module, name), [known[argument] for argument in function.arguments])
        known |= {result: held.get(result) for result in function.results}
        known["cache"] = {gate: held[gate] for gate in ("i", "j", "f", "o", "r", "u", "n", "tanh_c") if gate in held}
        found.append(list(made(exercise, function.assigned, held)))
    return found


def local_names(function: Any, arguments: list[Any]) -> dict[str, Any]:
    """Return the local names of a function and what they hold at its end."""
    held: dict[str, Any] = {}

    def seen(frame: Any, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is function.__code__:
            held.update(frame.f_locals)

    sys.setprofile(seen)
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
    return held


def made(exercise: Solved, assigned: dict[str, int], held: dict[str, Any]) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield the arrays that a function made, in its order, each with the line that makes it."""
    lines = exercise.source.splitlines()
    for name, line in sorted(assigned.items(), key=lambda pair: pair[1]):
        if isinstance(held.get(name), np.ndarray) and "cache" not in lines[line - 1]:
            yield name, lines[line - 1].strip(), held[name]


def entries(array: np.ndarray, digits: int = DIGITS) -> str:
    """Return an array as text: rows in brackets, numbers rounded."""
    if array.ndim > 1 and len(array) > 1:
        return "[" + ", ".join(entries(row, digits) for row in array) + "]"
    return "[" + ", ".join(f"{number + 0.0:.{digits}f}" for number in np.ravel(array)) + "]"


def table(rows: Sequence[tuple[str, str, np.ndarray]], key: bool) -> Iterator[str]:
    """Yield a table of answers: worked out with ``key``, and otherwise with room to write."""
    yield f"| quantity | shape | answer |{' worked out |' if key else ''}"
    yield f"|---|---|---|{'---|' if key else ''}"
    for name, line, array in rows:
        answer = f"{entries(array)} | `{line}` |" if key else f"{'&nbsp;' * 24} |"
        yield f"| {name} | {list(array.shape)} | {answer}"


def sheet(idea: str, seed: int, key: bool = False) -> str:
    """Return the sheet of one student as Markdown."""
    numbers = draw(idea, seed)
    forward, backward = answers(idea, numbers)
    title = f"# One step of the {idea.upper()} by hand, sheet {seed}"
    given = [f"- {name} = {entries(array, 1)}, shape {list(array.shape)}" for name, array in numbers.items()]
    back = [line for line in given if line.startswith("- d_")]
    lines = [title + (" (key)" if key else ""), "", "Name: ______________________", "", "## Given", ""]
    lines += [line for line in given if line not in back]
    lines += ["", "## Forward", "", "    " + "\n    ".join(IDEAS[idea][1]), "", f"Work out, to {DIGITS} digits:", ""]
    lines += [*table(forward, key), "", "## Backward", "", "The gradients that come in:", "", *back, ""]
    lines += ["Go back line by line, from the last equation to the first:", "", *table(backward, key)]
    return "\n".join(lines) + "\n"


def page(markdown: str) -> str:
    """Return a sheet as a page to print; it needs nothing beside it."""
    body, rows = [], []

    def close() -> None:
        if rows:
            cells = ["".join(f"<{tag}>{cell}</{tag}>" for cell in row) for tag, row in rows]
            body.append("<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>")
            rows.clear()

    for line in markdown.splitlines():
        text = html.escape(line.strip(), quote=False).replace("&amp;nbsp;", "&nbsp;")
        if line.startswith("|"):
            if not line.startswith("|---"):
                rows.append(("td" if rows else "th", [cell.strip() for cell in text.strip("|").split("|")]))
            continue
        close()
        if line.startswith("#"):
            level = len(line) - len(line.lstrip("#"))
            body.append(f"<h{level}>{text.lstrip('# ')}</h{level}>")
        elif line.startswith("    "):
            body.append(f"<pre>{text}</pre>")
        elif text:
            body.append(f"<p>{text.removeprefix('- ')}</p>")
    close()
    style = (
        "body{font-family:serif;max-width:18cm;margin:1cm auto} p,pre{margin:2px 0}"
        "table{border-collapse:collapse;width:100%}"
        "td,th{border:1px solid #888;padding:6px;text-align:left} @page{size:A4;margin:1.5cm}"
    )
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Worksheet</title><style>{style}</style>'
    return head + "\n".join(body) + "</html>\n"


def main(argv: Sequence[str] | None = None) -> int:
    parser = Parser(
        prog="python -m examples.worksheet", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--idea", choices=IDEAS, default="lstm", help="which step (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="the number of the sheet: another for each student")
    parser.add_argument("--key", action="store_true", help="with the worked answers")
    parser.add_argument("--html", type=Path, help="write a page to print to this file")
    arguments = parser.parse_args(argv)
    if arguments.seed < 0:
        parser.error(f"--seed must be at least 0, but is {arguments.seed}")
    text = sheet(arguments.idea, arguments.seed, arguments.key)
    if arguments.html is None:
        print(text, end="")
        return 0
    if not arguments.html.parent.is_dir():
        parser.error(f"{arguments.html} cannot be written: there is no folder {arguments.html.parent}")
    write_text(arguments.html, page(text))
    print(f"sheet: {arguments.html}")
    return 0


if __name__ == "__main__":
    end(main)
