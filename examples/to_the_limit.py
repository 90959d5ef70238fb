"""Run the forward pass of one LSTM layer in eight steps, from the text book's loop to the limit of the machine.

Every step is a function in `examples/steps/`. It is first held against the text book in float64, and then timed, in
rounds, on one thread, the last step on all. The limit is the time of the multiply-adds that no program can do without,
at the rate of the machine's own matrix product. Two more tables say what fresh pages of memory cost, and what rows of
unequal length do. `docs/jit/index.md` is the lesson.
"""

import os

# The text book's products on one thread, whatever the user says: BLAS asks for it when NumPy is first imported.
os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"))

from functools import partial
from importlib.util import find_spec

from common import Table, end, left_out, make_console, make_parser, parse, plt, save

import numpy as np
from peers.limits import SIZE, MatrixProduct
from peers.machine import describe_machine, machine_lines, usable_cores
from peers.pictures import WHITE, plain_log
from peers.report import milliseconds
from peers.rounds import Row, measure_rounds
from peers.worker import time_block, warm_up
from steps import LENGTHS, MEMORY, OF_SCIPY, STEPS
from steps.engine import text_book
from steps.problem import draw

from scratch.extras import lacking
from scratch.jit import set_num_threads
from scratch.jit.machine.vector import lanes

# The largest difference from the text book in float64, as a part of the largest number.
LIMIT = 2e-6
# The table of memory is of so many times more steps: the system takes back only what is large.
LONGER = 16
# Bytes; 32 MB is where it stops learning.
KEPT = 31 << 20
PRODUCT = "matrix product"


class Runner:
    """Something to be timed, as ``measure_rounds`` asks for it: its ``step`` and how many threads it may use."""

    def __init__(self, step, threads):
        self.compute, self.threads = step, threads

    def step(self):
        self.compute()

    def ask(self, order):
        set_num_threads(self.threads)
        if order == "warm up":
            return {"seconds": warm_up(self)}
        # It works in this very process, whose time is known without it.
        return time_block(self, order) | {"cpu": 0.0}


def difference(found, expected):
    """Return the largest difference of outputs and c, each as a part of its largest number; c may not be there."""
    # Not Python's max, which may lose a NaN.
    return np.max([
        np.abs(array - right).max() / np.abs(right).max()
        for array, right in zip(found, expected, strict=True)
        if array is not None
    ])  # fmt: skip


def check(steps, problem, lengths, threads):
    """Return ``{step: difference from the text book}``."""
    expected = text_book(problem.astype(np.float64), lengths)
    off = {}
    for step in steps:
        set_num_threads(threads if step.threads else 1)
        off[step] = difference(step.run(problem, lengths), expected)
    return off


def measure(title, steps, problem, lengths, arguments, console):
    """Check, time and print some steps; return ``(rows, seconds of the limit)``, or ``None`` where one is off."""
    console.print(f"\n[bold]{title}[/bold]")
    off = check(steps, problem, lengths, arguments.threads)
    for step, distance in off.items():
        # Written so that NaN is wrong.
        if not distance <= LIMIT:
            console.print(f"[red]{step.name} differs from the text book[/red]: by {distance:.1e}, limit {LIMIT:.0e}")
            return None
    rows = {name: Row(name, peak=0) for name in (*(step.name for step in steps), PRODUCT)}
    runners = {
        step.name: Runner(lambda run=step.run: run(problem, lengths), arguments.threads if step.threads else 1)
        for step in steps
    }
    runners[PRODUCT] = Runner(MatrixProduct(problem, 1).step, 1)
    with console.status("") as status:
        measure_rounds(rows, runners, arguments.rounds, arguments.patience, status.update)
    rate = 2 * SIZE**3 / rows.pop(PRODUCT).median
    tokens = problem.x.shape[0] * problem.x.shape[1] if lengths is None else lengths.sum()
    limit = 2 * problem.multiply_adds(tokens) / rate
    first = rows[steps[0].name].median
    table = Table()
    for heading in ("step", "what changed", "ms", "least … most", "faster", "of limit"):
        table.add_column(heading, no_wrap=heading != "what changed")
    for number, step in enumerate(steps, 1):
        row = rows[step.name]
        part = limit / row.median / runners[step.name].threads
        spread = f"{1e3 * min(row.seconds):.2f} … {1e3 * max(row.seconds):.2f}"
        ms, times, share = f"{1e3 * row.median:.2f}", f"{first / row.median:.2f} ×", f"{part:.0%}"
        table.add_row(f"{number} {step.name}", step.change, ms, spread, times, share)
    console.print(table)
    console.print(
        f"The limit: {tokens:,} times [x, h] W at {rate / 1e9:.0f} GFLOP/s, {1e3 * limit:.2f} ms on one thread. "
        f"All agree with the text book: largest difference {max(off.values()):.0e} of the scale.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    return rows, limit


def draw_bars(rows, limit, threads, title):
    """Return a picture: a bar for each step, on a logarithmic axis, and the limit on one thread and on all."""
    figure, axis = plt.subplots(figsize=(9, 4.5), layout="constrained")
    names, medians = list(rows), [1e3 * row.median for row in rows.values()]
    bars = axis.barh(names, medians, color=["#5b8e7d"] + ["#8c2f7a"] * (len(names) - 1))
    axis.bar_label(bars, [f"{milliseconds(row.median)} ms" for row in rows.values()], padding=3, bbox=WHITE)
    axis.axvline(1e3 * limit, color="#c8443d", linewidth=1)
    axis.axvline(1e3 * limit / threads, color="#c8443d", linewidth=1, linestyle="--")
    axis.invert_yaxis()
    axis.margins(x=0.2)
    axis.set_xscale("log")
    plain_log(axis.xaxis, plt)
    axis.set(title=title, xlabel="ms; red: the limit on one thread, and dashed on all")
    return figure


def installed(steps, console):
    """Return the steps, without those that Numba compiles to SciPy's BLAS where there is no SciPy."""
    if find_spec("scipy"):
        return steps
    left_out(console, f"the steps {' and '.join(step.name for step in OF_SCIPY)}", lacking("they need", "scipy"))
    return tuple(step for step in steps if step not in OF_SCIPY)


def parse_to_the_limit(argv):
    parser = make_parser(__doc__, "to_the_limit", 0, "the weights and the inputs")
    parser.add_argument("--batch-size", type=int, default=128, help="rows of the batch (default 128)")
    parser.add_argument("--num-steps", type=int, default=28, help="time steps (default 28)")
    parser.add_argument("--input-size", type=int, default=28, help="width of the inputs (default 28)")
    parser.add_argument("--num-units", type=int, default=128, help="width of the state, in whole vectors (default 128)")
    parser.add_argument("--threads", type=int, default=usable_cores(), help="of the last step (default all cores)")
    parser.add_argument("--rounds", type=int, default=9, help="times for each step (default 9)")
    parser.add_argument(
        "--patience", type=int, default=40, help="how often a block that others disturbed is repeated (default 40)"
    )
    arguments = parse(parser, argv)
    if arguments.num_units % lanes(np.zeros(1, np.float32)):
        parser.error(f"--num-units must be a multiple of 16, a register of numbers, but is {arguments.num_units}")
    return arguments


def main(argv=None):
    arguments, console = parse_to_the_limit(argv), make_console()
    for line in machine_lines(describe_machine(arguments.threads)):
        console.print(line, highlight=False)
    # Once it has seen a block of this size die, the C library keeps what dies, up to twice as much. Otherwise the text
    # book's many arrays would go back to the system after every run or not, as chance has it; memory has its own table.
    np.empty(KEPT, np.uint8)
    sizes = arguments.batch_size, arguments.input_size, arguments.num_units, arguments.seed
    problem = draw(arguments.num_steps, *sizes)
    T, B, D = problem.x.shape
    title = f"LSTM forward, B {B}, T {T}, D {D}, H {arguments.num_units}"
    found = measure(title, installed(STEPS, console), problem, None, arguments, console)
    if found is None:
        return 1
    longer = draw(LONGER * T, *sizes)
    memory = measure(f"Memory, T {len(longer.x)}", MEMORY, longer, None, arguments, console)
    # Most rows are short: a uniform number squared.
    drawn = np.random.default_rng(arguments.seed).random(B) ** 2
    lengths = 1 + np.round(drawn * (T - 1)).astype(int)
    words = f"Lengths from {lengths.min()} to {lengths.max()}, mean {lengths.mean():.1f}, T {T}"
    ranked = measure(words, LENGTHS, problem, lengths, arguments, console)
    save(partial(draw_bars, *found, arguments.threads, title), arguments.out / "to_the_limit.png", console)
    return 0 if memory and ranked else 1


if __name__ == "__main__":
    end(main)
