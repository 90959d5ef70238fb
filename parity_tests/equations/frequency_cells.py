"""The runs that the equations of the two cells over frequency are held to: one step, with a window at each place."""

from dataclasses import replace

import numpy as np

from parity_tests.equations.cells import FUNCTIONS, ROWS, assert_some, step
from parity_tests.equations.nodes import Name
from parity_tests.equations.pages import forward
from parity_tests.equations.reader import parse
from parity_tests.equations.runs import Run
from parity_tests.equations.tokens import tokens
from scratch import GridLSTMCell, TimeFreqLSTMCell
from scratch.activations import clip

PLACES, SIZE, SKIP, UNITS, BOUND = 3, 4, 2, 5, 0.3
WIDTH = SIZE + SKIP * (PLACES - 1) + 1


def given_to(s, columns):
    """Return what both pages start from."""
    places = range(PLACES)
    given = {"x": {k: s.x[:, SKIP * k : SKIP * k + SIZE] for k in places}, "the columns": lambda span: s.x[:, span]}
    given |= {"c": {k: columns[2 * k] for k in places}, "h": {k: columns[2 * k + 1] for k in places}}
    given |= {"K": PLACES, "D": WIDTH, "feature_size": SIZE, "frequency_skip": SKIP, "forget_bias": 0.7}
    return given | {"clip": lambda v: clip(v, BOUND), **FUNCTIONS}


def by_gate(steps, lstm):
    """Return what the forward pass kept of one of the LSTMs at every place."""
    return {name: {k: kept.gates[n][lstm] for k, kept in enumerate(steps)} for n, name in enumerate("ijfo")}


def time_freq_lstm():
    cell = TimeFreqLSTMCell(
        UNITS,
        use_peepholes=True,
        cell_clip=BOUND,
        forget_bias=0.7,
        feature_size=SIZE,
        frequency_skip=SKIP,
        num_shifts=PLACES,
    )
    s = step(cell, WIDTH)
    _, steps = s.cache
    assert_some(np.stack([kept.c_unclipped for kept in steps]), BOUND)
    state, new, d_new, d_old = (
        np.split(array, 2 * PLACES, axis=1) for array in (s.state, s.new_state, s.d_new_state, s.d_state)
    )

    def named(params):
        weights = {f"w_{gate}": params[f"W_{gate.upper()}_diag"] for gate in "ifo"}
        return {"W": params["W_0"], "b": params["B"], **weights}

    places = range(PLACES)
    d_output = dict(enumerate(np.split(s.d_output, PLACES, axis=1)))
    known = by_gate(steps, 0) | {"c'": {k: new[2 * k] for k in places}, "h'": {k: new[2 * k + 1] for k in places}}
    gradients = {f"L/{name}": value for name, value in named(s.d_params).items()}
    gradients |= {"L/output": d_output, "L/c": {k: d_old[2 * k] for k in places}}
    gradients |= {"L/c'_state": {k: d_new[2 * k] for k in places}}
    gradients |= {"L/h'_state": {k: d_new[2 * k + 1] for k in places}, "L/h": {k: d_old[2 * k + 1] for k in places}}
    loss = {"c'": np.stack(d_new[::2]), "h'": np.stack(d_new[1::2]) + np.stack(list(d_output.values()))}
    also = (r"c'_k = \text{clip}(s)", r"s = f \odot c_k + i \odot j", r"v = [x_k, h_k, h'_{k-1}]")
    equations = forward("cells/time_freq_lstm", also)
    ranges = {"b": range(ROWS), "k": places}
    return [Run(given_to(s, state) | named(s.params), equations, known, gradients, loss, ranges, place="k")]


def hatted(node):
    """Return the equation of the LSTM along frequency: that along time, with a hat on all that is an LSTM's own."""
    if isinstance(node, Name):
        return replace(node, name=f"hat {node.name}") if node.name in set("ijfozWbw") else node
    if isinstance(node, tuple):
        return tuple(hatted(part) for part in node)
    fields = getattr(node, "__dataclass_fields__", ())
    return replace(node, **{name: hatted(getattr(node, name)) for name in fields}) if fields else node


def grid_lstm():
    return [grid_run(coupled=False), grid_run(coupled=True)]


def grid_run(coupled):
    cell = GridLSTMCell(
        UNITS,
        use_peepholes=True,
        cell_clip=BOUND,
        forget_bias=0.7,
        feature_size=SIZE,
        frequency_skip=SKIP,
        num_frequency_blocks=[PLACES],
        couple_input_forget_gates=coupled,
    )
    s = step(cell, WIDTH)
    _, steps = s.cache
    assert_some(np.stack([kept.c_unclipped for kept in steps]), BOUND)
    places = range(PLACES)

    def named(params):
        weights = {"W": params["W_t_0_0"], "b": params["B_t_0"], "hat W": params["W_f_0_0"], "hat b": params["B_f_0"]}
        for gate in "IO" if coupled else "IFO":
            for memory in "tf":
                weights[f"w_{gate.lower()}{memory}"] = params[f"W_{gate}_diag_time{memory}_0"]
                weights[f"hat w_{gate.lower()}{memory}"] = params[f"W_{gate}_diag_freq{memory}_0"]
        return weights

    outputs, d_outputs = (dict(enumerate(np.split(a, 2 * PLACES, axis=1))) for a in (s.output, s.d_output))
    known = by_gate(steps, 0) | {f"hat {name}": values for name, values in by_gate(steps, 1).items()}
    known |= {"c'": {k: s.new_state[2 * k] for k in places}, "h'": {k: outputs[2 * k] for k in places}}
    known |= {"hat h": {k: outputs[2 * k + 1] for k in places}, "hat c": {k: steps[k].c_new[1] for k in places}}
    gradients = {f"L/{name}": value for name, value in named(s.d_params).items()} | {"L/output": d_outputs}
    gradients |= {"L/c": {k: s.d_state[2 * k] for k in places}, "L/h": {k: s.d_state[2 * k + 1] for k in places}}
    gradients |= {f"L/{name}'_state": {k: s.d_new_state[2 * k + n] for k in places} for n, name in enumerate("ch")}
    d_outputs = list(d_outputs.values())
    loss = {"c'": np.stack(s.d_new_state[::2]), "h'": np.stack(s.d_new_state[1::2]) + np.stack(d_outputs[::2])}
    loss["hat h"] = np.stack(d_outputs[1::2])
    clips = (r"c'_k = \text{clip}(s)", r"\hat c_k = \text{clip}(\hat s)")
    sums = (r"s = f \odot c_k + i \odot j", r"\hat s = \hat f \odot \hat c_{k-1} + \hat\imath \odot \hat\jmath")
    if coupled:
        sums = r"s = (1 - i) \odot c_k + i \odot j", r"f = 1 - i"
    said = forward("cells/grid_lstm", (*clips, *sums))
    # What the page says in words.
    words = [r"\hat c_{-1} = 0", r"\hat h_{-1} = 0"]
    if coupled:
        words += [r"[z_i, z_j, z_o] = v\, W + b"]
        words += [r"\hat s = (1 - \hat\imath) \odot \hat c_{k-1} + \hat\imath \odot \hat\jmath"]
    given = given_to(s, s.state) | named(s.params)
    run = Run(given, (*words, *said), known, gradients, loss, {"b": range(ROWS), "k": places}, place="k")
    run.meant = (r"\frac{\partial L}{\partial i} =",) if coupled else ()
    for equation in (*words, *said):
        run.define(hatted(parse(tokens(equation))))
    return run


RUNS = {"cells/time_freq_lstm": time_freq_lstm, "cells/grid_lstm": grid_lstm}
