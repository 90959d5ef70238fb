"""The runs that the equations of ``docs/unroll`` are held to: whole sequences, of lengths 0, 1 and T among others."""

import numpy as np

from parity_tests.equations.cells import running
from parity_tests.equations.pages import forward
from parity_tests.equations.runs import Run
from parity_tests.harness import Case
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    GRUCell,
    LSTMState,
    Stream,
    bidirectional_dynamic_rnn,
    bidirectional_dynamic_rnn_backward,
    dynamic_rnn,
    dynamic_rnn_backward,
    stack_bidirectional_dynamic_rnn,
    static_rnn,
    truncated_rnn,
    truncated_rnn_backward,
)
from scratch.gradient_check import complex_step, to_complex
from scratch.loop import Tape, backward_steps, forward_steps
from scratch.sequences import reverse_rows
from scratch.tree import map_tree, named_leaves
from scratch.unroll.truncated import windows

LENGTHS = (4, 0, 6, 1, 3)


def static():
    case = Case(BasicLSTMCell(4), LENGTHS)
    p = case.draw(np.float64)
    inputs = list(p.inputs.swapaxes(0, 1))
    outputs, _, _ = static_rnn(case.cell, p.params, inputs, p.initial_state, LENGTHS)
    states, new, live = {-1: p.initial_state}, {}, {}
    for t, x in enumerate(inputs):
        short = np.minimum(LENGTHS, t + 1)
        states[t] = static_rnn(case.cell, p.params, inputs[: t + 1], p.initial_state, short)[1]
        new[t] = case.cell.forward(p.params, x, states[t - 1])[:2]
        live[t] = (t < np.array(LENGTHS))[:, None]
    # c and h side by side.
    given = {"output": dict(enumerate(outputs)), "state": {t: np.hstack(state) for t, state in states.items()}}
    given |= {"new output": {t: pair[0] for t, pair in new.items()}, "live": live}
    given |= {"new state": {t: np.hstack(pair[1]) for t, pair in new.items()}}
    return [Run(given, ranges={"t": range(case.num_steps)})]


def dynamic():
    case = Case(BasicLSTMCell(4), LENGTHS)
    p = case.draw(np.float64)
    outputs, _, _ = dynamic_rnn(case.cell, p.params, p.inputs, LENGTHS, p.initial_state)
    states = {-1: np.hstack(p.initial_state)}
    for t in range(case.num_steps):
        short = np.minimum(LENGTHS, t + 1)
        states[t] = np.hstack(dynamic_rnn(case.cell, p.params, p.inputs[:, : t + 1], short, p.initial_state)[1])

    def cell(x, state):
        output, new_state, _ = case.cell.forward(p.params, x, LSTMState(*np.hsplit(state, 2)))
        return output, np.hstack(new_state)

    inputs = dict(enumerate(p.inputs.swapaxes(0, 1)))
    new = {t: cell(x, states[t - 1]) for t, x in inputs.items()}
    given = {"x": inputs, "state": states, "output": dict(enumerate(outputs.swapaxes(0, 1))), "cell": cell}
    given |= {
        "new output": {t: pair[0] for t, pair in new.items()},
        "new state": {t: pair[1] for t, pair in new.items()},
    }
    return [Run(given | {"sequence_length": np.array(LENGTHS)[:, None]}, ranges={"t": range(case.num_steps)})]


def streaming():
    case = Case(BasicLSTMCell(4))
    p = case.draw(np.float64)
    stream = Stream(case.cell, p.params, p.initial_state)
    outputs, states = {}, {0: p.initial_state}
    for t in range(case.num_steps):
        outputs[t] = stream.step(p.inputs[:, t])
        states[t + 1] = stream.state
    inputs = dict(enumerate(p.inputs.swapaxes(0, 1)))
    given = {"x": inputs, "s": states, "output": outputs, "cell": running(case.cell, p.params)}
    return [Run(given, ranges={"t": range(case.num_steps)})]


def unrolling(cell, params, lengths=None):
    """Return the unrolling of a cell as a function of its inputs and its first state, which may be complex."""

    def run(inputs, state=None):
        cast = map_tree(lambda leaf: leaf.astype(inputs.dtype), (params, () if state is None else state))
        return dynamic_rnn(cell, cast[0], inputs, lengths, None if state is None else cast[1])[:2]

    return run


def bidirectional():
    cells, lengths = (GRUCell(4), BasicRNNCell(2)), np.array(LENGTHS)
    cases = [Case(cell, LENGTHS) for cell in cells]
    problems = [case.draw(np.float64) for case in cases]
    params = {name: problem.params for name, problem in zip(("fw", "bw"), problems, strict=True)}
    x = problems[0].inputs
    outputs, _, tape = bidirectional_dynamic_rnn(*cells, params, x, lengths)
    d_outputs = tuple(problem.d_outputs for problem in problems)
    d_x, _, _ = bidirectional_dynamic_rnn_backward(tape, d_outputs)
    names = ("fw", "bw")
    given = {"x": x, "T": lengths, "R": lambda array: reverse_rows(array, lengths)}
    for name, cell in zip(names, cells, strict=True):
        run = unrolling(cell, params[name], lengths)
        given[f"unroll^{name}"] = lambda inputs, run=run: run(inputs)[0]
    known = {f"output^{name}": output for name, output in zip(names, outputs, strict=True)}
    loss = {f"output^{name}": d_output for name, d_output in zip(names, d_outputs, strict=True)}
    ranges = {"b": range(len(lengths)), "t": range(x.shape[1])}
    paths = {name: {f"output^{name}"} for name in names}
    equations = forward("unroll/bidirectional", until="\n## The gradient")
    return [Run(given, equations, known, {"L/x": d_x}, loss, ranges, paths=paths)]


def stack_bidirectional():
    widths = ((2, 3), (4, 1), (3, 2))
    cells_fw, cells_bw = ([BasicRNNCell(pair[side]) for pair in widths] for side in range(2))
    rng = np.random.default_rng(0)
    lengths = np.array([2, 0, 3, 1])
    x = rng.standard_normal((4, 3, 5))
    params, width = {}, x.shape[2]
    for layer, cells in enumerate(zip(cells_fw, cells_bw, strict=True)):
        pair = zip(("fw", "bw"), cells, strict=True)
        drawn = {name: map_tree(lambda shape: shape, cell.param_shapes(width)) for name, cell in pair}
        params[f"cell_{layer}"] = {
            name: {key: rng.standard_normal(shape) for key, shape in shapes.items()} for name, shapes in drawn.items()
        }
        width = sum(cell.num_units for cell in cells)

    def layers(first, last, inputs):
        """Return the outputs of the layers from ``first`` to before ``last``."""
        chosen = {f"cell_{number - first}": params[f"cell_{number}"] for number in range(first, last)}
        chosen = map_tree(lambda leaf: leaf.astype(inputs.dtype), chosen)
        cells = cells_fw[first:last], cells_bw[first:last]
        return stack_bidirectional_dynamic_rnn(*cells, chosen, inputs, sequence_length=lengths)[0]

    count = len(widths)
    xs = {0: x} | {layer: layers(0, layer, x) for layer in range(1, count + 1)}
    given = {"inputs": x, "outputs": layers(0, count, x), "x^": xs, "N": count}
    d_outputs = rng.standard_normal(given["outputs"].shape)
    halves, d_halves, d_xs = {"fw": {}, "bw": {}}, {"fw": {}, "bw": {}}, {}
    for layer in range(count):
        pair = cells_fw[layer], cells_bw[layer]
        outputs, _, _ = bidirectional_dynamic_rnn(*pair, params[f"cell_{layer}"], xs[layer], lengths)

        def loss(outputs, layer=layer):
            above = np.concatenate(outputs, axis=2)
            return (d_outputs * (above if layer + 1 == count else layers(layer + 1, count, above))).sum()

        gradients = complex_step(loss, to_complex(outputs))
        for name, output, d_output in zip(("fw", "bw"), outputs, gradients, strict=True):
            halves[name][layer], d_halves[name][layer] = output, d_output
        d_xs[layer + 1] = complex_step(lambda joined: loss((joined[0],)), to_complex((xs[layer + 1],)))[0]
    given |= {f"output^{name}": values for name, values in halves.items()}
    gradients = {"L/x^": d_xs} | {f"L/output^{name}": values for name, values in d_halves.items()}
    return [Run(given, gradients=gradients, ranges={"l": range(count)})]


def checkpointed():
    case = Case(GRUCell(4))
    stretch, p = 2, case.draw(np.float64)
    inputs, d_outputs = p.inputs.swapaxes(0, 1), p.d_outputs.swapaxes(0, 1)
    _, _, tape = dynamic_rnn(case.cell, p.params, p.inputs, None, p.initial_state, checkpoint_every=stretch)
    _, _, caches = forward_steps(case.cell, p.params, inputs, p.initial_state, None, ())
    states, d_states = {0: p.initial_state}, {case.num_steps: p.d_final_state}
    for t in range(1, case.num_steps + 1):
        states[t] = dynamic_rnn(case.cell, p.params, p.inputs[:, :t], None, p.initial_state)[1]
    for t in range(case.num_steps):
        _, _, rest = dynamic_rnn(case.cell, p.params, p.inputs[:, t:], None, states[t])
        d_states[t] = dynamic_rnn_backward(rest, p.d_outputs[:, t:], p.d_final_state)[1]

    def backward(caches, d_outputs, d_state):
        part = Tape(case.cell, p.params, caches, None, case.batch_size, np.dtype(np.float64))
        return backward_steps(part, d_outputs, d_state, map_tree(np.zeros_like, p.params))[1]

    slices = windows(case.num_steps, stretch)
    given = {"kept": dict(enumerate(tape.tape.states)), "s": states, "k": stretch, "inputs": inputs}
    given |= {"unroll": lambda state, xs: forward_steps(case.cell, p.params, xs, state, None, ())[2]}
    given |= {"caches": {n: caches[steps] for n, steps in enumerate(slices)}, "backward": backward}
    gradients = {"L/s": d_states, "L/outputs": {n: d_outputs[steps] for n, steps in enumerate(slices)}}
    return [Run(given, gradients=gradients, ranges={"n": range(len(slices))}), memory()]


def memory():
    """A tape of 36 steps, with 2 bytes a state and 8 bytes a cache: the best stretch has √(36 · 2 / 8) = 3 steps."""
    num_steps, state, cache, best = 36, 2.0, 8.0, 3
    cell = BasicRNNCell(1)
    params, inputs = {"kernel": np.ones((2, 1)), "bias": np.ones(1)}, np.ones((1, num_steps, 1))

    def counted(stretch):
        tape = dynamic_rnn(cell, params, inputs, checkpoint_every=stretch)[2].tape
        return state * len(tape.states) + cache * (tape.stretches()[0][0].stop)

    def slope(stretch):
        k = stretch + 1e-100j
        return (num_steps / k * state + k * cache).imag / 1e-100

    assert counted(best) < min(counted(best - 1), counted(best + 1))
    given = {"T": num_steps, "s": state, "c": cache, "k": best, "M": counted, "M'": slope}
    return Run(given)


def truncated():
    case, width, reach = Case(GRUCell(4), num_steps=8), 2, 2
    p = case.draw(np.float64)
    slices = windows(case.num_steps, width)
    count = len(slices)
    states = {0: p.initial_state}
    for k, steps in enumerate(slices):
        states[k + 1] = truncated_rnn(case.cell, p.params, p.inputs[:, : steps.stop], width, None, p.initial_state)[1]
    outputs, _, tapes = truncated_rnn(case.cell, p.params, p.inputs, width, None, p.initial_state)
    given = {"outputs": {k: outputs[:, steps] for k, steps in enumerate(slices)}, "s": states, "reach": reach}
    given |= {"inputs": {k: p.inputs[:, steps] for k, steps in enumerate(slices)}}
    given["unroll"] = unrolling(case.cell, p.params)

    def flat(tree):
        return np.concatenate([leaf.ravel() for _, leaf in named_leaves(tree)])

    def handed_back(k):
        """What the losses of window k ask of the steps before it."""
        d_outputs = np.zeros_like(p.d_outputs)
        d_outputs[:, slices[k]] = p.d_outputs[:, slices[k]]
        d_inputs, d_initial_state, _ = truncated_rnn_backward(tapes, d_outputs)
        return d_initial_state if k == 0 else d_inputs[:, : slices[k].start]

    def of_one(window):
        """Return ∂L_n/∂θ as a function of the window whose first state is held constant."""

        def gradient(constant):
            first = max(constant, 0)
            steps = slice(slices[first].start, slices[window].stop)
            _, _, tape = dynamic_rnn(case.cell, p.params, p.inputs[:, steps], None, states[first])
            d_outputs = np.zeros_like(p.d_outputs[:, steps])
            d_outputs[:, -width:] = p.d_outputs[:, slices[window]]
            return flat(dynamic_rnn_backward(tape, d_outputs)[2])

        return gradient

    gradients = {"L/s": {k: handed_back(k) for k in range(count)}, "L/theta|s constant": of_one}
    gradients["L/theta"] = flat(truncated_rnn_backward(tapes, p.d_outputs, None, reach)[2])
    ranges = {"k": range(count), "n": range(count)}
    return [Run(given, gradients=gradients, ranges=ranges)]


RUNS = {
    "unroll/static": static,
    "unroll/dynamic": dynamic,
    "unroll/streaming": streaming,
    "unroll/bidirectional": bidirectional,
    "unroll/stack_bidirectional": stack_bidirectional,
    "unroll/checkpointed": checkpointed,
    "unroll/truncated": truncated,
}
