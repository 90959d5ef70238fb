"""Past sequence_length, step by step: outputs are zero, the state is copied, its gradient is handed through.

Four rows of one batch, of lengths 5, 2, 0 and 3, run by a cell of one unit so that every array is a row of numbers.
Ours stands beside TensorFlow's, unrolled statically and dynamically; the program ends with 1 if they disagree.
"""

from functools import partial
from typing import NamedTuple

from common import Table, end, make_console, make_parser, parse, plt, save, tensorflow_side

import numpy as np

import scratch
from scratch import BasicRNNCell

NUM_STEPS = 5
LENGTHS = np.array([NUM_STEPS, 2, 0, 3])
CELL = BasicRNNCell(1)
# Of each quantity's scale, as everywhere in the parity tests.
LIMIT = 1e-12


class Problem(NamedTuple):
    """What goes in. The loss is the sum of the final states: each row's gradient of its final state is 1."""

    params: dict
    inputs: np.ndarray
    initial_state: np.ndarray
    d_final_state: np.ndarray


class Results(NamedTuple):
    """What comes out of an unroll and of its backward pass."""

    outputs: np.ndarray
    final_state: np.ndarray
    d_inputs: np.ndarray
    d_initial_state: np.ndarray
    d_kernel: np.ndarray
    d_bias: np.ndarray


def draw(rng):
    """Return a random problem. The padding holds numbers as any other: nothing may depend on them."""
    batch_size = len(LENGTHS)
    params = {"kernel": rng.uniform(0.4, 0.9, (2, 1)), "bias": rng.uniform(-0.1, 0.1, 1)}
    inputs = rng.standard_normal((batch_size, NUM_STEPS, 1))
    return Problem(params, inputs, rng.uniform(-0.9, 0.9, (batch_size, 1)), np.ones((batch_size, 1)))


def run_static(backend, problem):
    """Return the ``Results`` of ``static_rnn`` in ``scratch`` or ``tf_impl``, stacked [B, T, …]."""
    steps = list(problem.inputs.swapaxes(0, 1))
    outputs, state, tape = backend.static_rnn(CELL, problem.params, steps, problem.initial_state, LENGTHS)
    d_inputs, d_state, d_params = backend.static_rnn_backward(tape, None, problem.d_final_state)
    return Results(np.stack(outputs, 1), state, np.stack(d_inputs, 1), d_state, d_params["kernel"], d_params["bias"])


def run_dynamic(backend, problem, **options):
    """Return the ``Results`` of ``dynamic_rnn`` in ``scratch`` or ``tf_impl``."""
    arguments = CELL, problem.params, problem.inputs, LENGTHS, problem.initial_state
    outputs, state, tape = backend.dynamic_rnn(*arguments, **options)
    d_inputs, d_state, d_params = backend.dynamic_rnn_backward(tape, None, problem.d_final_state)
    return Results(outputs, state, d_inputs, d_state, d_params["kernel"], d_params["bias"])


def states_and_gradients(backend, problem, **options):
    """Return the state before every step and its gradient, each [B, T + 1], the last entry those of the final state.

    No unroll returns what is in its middle, so the series is run in two parts, cut at each step in turn: the first part
    ends with the state, and the second starts from it and returns its gradient.
    """
    states, gradients = [problem.initial_state], []
    for t in range(NUM_STEPS):
        first, rest = np.minimum(LENGTHS, t + 1), np.maximum(LENGTHS - t, 0)
        arguments = CELL, problem.params, problem.inputs[:, t:], rest, states[t]
        _, _, tape = backend.dynamic_rnn(*arguments, **options)
        gradients.append(backend.dynamic_rnn_backward(tape, None, problem.d_final_state)[1])
        arguments = CELL, problem.params, problem.inputs[:, : t + 1], first, problem.initial_state
        states.append(backend.dynamic_rnn(*arguments, **options)[1])
    return np.hstack(states), np.hstack([*gradients, problem.d_final_state])


def number_table(sides):
    """Return a table of the numbers [B, steps] of each side, row by row, dimmed where the row has ended."""
    *_, last = sides
    table = Table("length", "", *(f"t={t}" for t in range(sides[last].shape[1])))
    for row, length in enumerate(LENGTHS):
        for name, values in sides.items():
            cells = [f"{value:.3f}" if value else "0" for value in values[row]]
            cells = [f"[dim]{cell}[/dim]" if t >= length else cell for t, cell in enumerate(cells)]
            table.add_row(str(length), name, *cells, end_section=name == last)
    return table


def difference(ours, theirs):
    """Return the largest difference of one quantity, as a part of its scale; NaN stays NaN."""
    return np.abs(ours - theirs).max() / np.abs(theirs).max()


def comparison(heading, pairs):
    """Return ``(table, agree)`` for the pairs ``(name, one, other)`` of ``Results``."""
    table, agree = Table(heading, *(name for name, _, _ in pairs)), True
    for field in Results._fields:
        found = [difference(getattr(ours, field), getattr(theirs, field)) for _, ours, theirs in pairs]
        # Written so that NaN does not agree with anything.
        agree = agree and all(part <= LIMIT for part in found)
        table.add_row(field, *(f"{part:.1e}" for part in found))
    return table, agree


def zeros_are_exact(results):
    """Say whether outputs and d_inputs are exactly 0 past the end of every row."""
    dead = np.arange(NUM_STEPS) >= LENGTHS[:, None]
    return not results.outputs[dead].any() and not results.d_inputs[dead].any()


def draw_figure(results, states, gradients):
    """Return four panels of numbers in colour, a line where each row ends."""
    figure, axes = plt.subplots(2, 2, figsize=(11, 5.5), layout="constrained")
    figure.suptitle("Past sequence_length: outputs zero, state copied, gradient handed through")
    panels = [
        ("output of step t", results.outputs[:, :, 0]),
        ("state before step t, and last the final state", states),
        ("gradient of the input of step t", results.d_inputs[:, :, 0]),
        ("gradient of that state", gradients),
    ]
    for axis, (title, values) in zip(axes.flat, panels, strict=True):
        axis.imshow(values, cmap="PuOr", vmin=-2, vmax=2, aspect="auto")
        for (row, t), value in np.ndenumerate(values):
            axis.text(t, row, f"{value:.2f}" if value else "0", ha="center", va="center", fontsize=9)
        for row, length in enumerate(LENGTHS):
            axis.plot([length - 0.5] * 2, [row - 0.5, row + 0.5], color="#c8443d", linewidth=3)
        rows = [f"length {length}" for length in LENGTHS]
        axis.set(title=title, xlabel="t", xticks=range(values.shape[1]), xlim=(-0.6, values.shape[1] - 0.4))
        axis.set_yticks(range(len(rows)), rows)
    figure.supxlabel("red: the end of a row", fontsize=9)
    return figure


def parse_state_copying(argv):
    parser = make_parser(__doc__, "state_copying", 3, "the weights and the inputs")
    engine_help = "what computes our dynamic_rnn (default numpy); static_rnn is always numpy"
    parser.add_argument("--engine", choices=("numpy", "numba"), default="numpy", help=engine_help)
    return parse(parser, argv)


class Side(NamedTuple):
    """All that one side, ours or TensorFlow's, says of the problem."""

    static: Results
    dynamic: Results
    states: np.ndarray
    gradients: np.ndarray


def run(backend, problem, **options):
    """Return the ``Side`` of ``scratch`` or ``tf_impl``; the options are those of its dynamic_rnn."""
    results = run_static(backend, problem), run_dynamic(backend, problem, **options)
    return Side(*results, *states_and_gradients(backend, problem, **options))


def walk(sides, console):
    """Print the numbers of each side, one quantity after another."""
    quantities = {
        "1. Past its length, a row's outputs are exactly 0.": lambda side: side.dynamic.outputs[..., 0],
        "2. Its state is copied: before step t, and last the final state. A row of length 0 ends as it started.": (
            lambda side: side.states
        ),
        "3. No gradient reaches an input past the end.": lambda side: side.dynamic.d_inputs[..., 0],
        "4. The gradient of the final state, 1, is handed back untouched until the row's own last step.": (
            lambda side: side.gradients
        ),
    }
    for words, of in quantities.items():
        console.print(f"\n{words}")
        console.print(number_table({name: of(side) for name, side in sides.items()}))


def compare(ours, theirs, console):
    """Print how far ours is from TensorFlow's, or without it static from dynamic; return whether they agree."""
    heading, pairs = "off dynamic", [("static", ours.static, ours.dynamic)]
    if theirs:
        heading = "off TensorFlow"
        pairs = [("static", ours.static, theirs.static), ("dynamic", ours.dynamic, theirs.dynamic)]
    table, agree = comparison(heading, pairs)
    console.print("\n5. The largest differences, as a part of each quantity's scale.")
    console.print(table)
    if theirs:
        # Not Python's max, which may lose a NaN.
        between = np.max([difference(ours.states, theirs.states), difference(ours.gradients, theirs.gradients)])
        console.print(f"States and their gradients at every step: {between:.1e}.")
        agree = agree and between <= LIMIT
    return agree


def main(argv=None):
    arguments, console = parse_state_copying(argv), make_console()
    witness = tensorflow_side(console)
    problem = draw(np.random.default_rng(arguments.seed))
    ours = run(scratch, problem, engine=arguments.engine)
    theirs = run(witness, problem) if witness else None
    sides = {"ours": ours, "TensorFlow": theirs} if theirs else {"ours": ours}

    console.print(f"[bold]State copying[/bold]: dynamic_rnn on {arguments.engine}, seed {arguments.seed}")
    walk(sides, console)
    agree = compare(ours, theirs, console)
    figure = partial(draw_figure, ours.dynamic, ours.states, ours.gradients)
    save(figure, arguments.out / "state_copying.png", console)

    zeros = all(zeros_are_exact(results) for side in sides.values() for results in (side.static, side.dynamic))
    who = "Ours and TensorFlow's" if theirs else "static_rnn and dynamic_rnn"
    if agree and zeros:
        console.print(f"[green]{who} agree[/green], limit {LIMIT:.0e}, and every zero is exact.")
        return 0
    console.print(f"[red]{who} differ[/red], limit {LIMIT:.0e}, or a zero is none.")
    return 1


if __name__ == "__main__":
    end(main)
