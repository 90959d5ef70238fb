"""The runs that the equations of ``docs/cells`` are held to: one step of each cell, forward and back."""

from typing import Any, NamedTuple

import numpy as np

from parity_tests.equations.pages import forward
from parity_tests.equations.runs import Run
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    CoupledInputForgetGateLSTMCell,
    GRUCell,
    LSTMCell,
)
from scratch.activations import ACTIVATIONS, clip, sigmoid
from scratch.tree import map_tree, named_leaves

# No two of the sizes of a run are equal.
ROWS, WIDTH, UNITS, PROJECTED = 2, 3, 4, 5
PHI = ACTIVATIONS["tanh"]
FUNCTIONS = {"sigma": sigmoid, "varphi": PHI.value, "varphi'": lambda z: PHI.slope(PHI.value(z))}


class Step(NamedTuple):
    """One step of a cell, forward and back."""

    params: dict
    x: np.ndarray
    state: Any
    output: np.ndarray
    new_state: Any
    cache: Any
    d_output: np.ndarray
    d_new_state: Any
    d_x: np.ndarray
    d_state: Any
    d_params: dict


def step(cell, width=WIDTH, seed=0):
    """Return one step of a cell over drawn numbers, none of them 0."""
    rng = np.random.default_rng(seed)

    def draw(shape):
        if isinstance(shape, dict):
            return {name: draw(inner) for name, inner in shape.items()}
        return 0.6 * rng.standard_normal(shape)

    def state():
        return map_tree(lambda size: draw((ROWS, size)), cell.state_size)

    params, x, old = draw(cell.param_shapes(width)), draw((ROWS, width)), state()
    output, new_state, cache = cell.forward(params, x, old)
    d_output, d_new_state = draw(output.shape), state()
    backward = cell.backward(params, cache, d_output, d_new_state)
    return Step(params, x, old, output, new_state, cache, d_output, d_new_state, *backward)


def running(cell, params):
    """Return a cell as a function of x and its state, which may be complex."""

    def run(x, state):
        dtype = np.result_type(x, *(leaf for _, leaf in named_leaves((state,))))
        cast = [map_tree(lambda leaf: leaf.astype(dtype), tree) for tree in (params, x, state)]
        return cell.forward(*cast)[:2]

    return run


def rnn():
    s = step(BasicRNNCell(UNITS))
    given = {"x": s.x, "h": s.state, "W": s.params["kernel"], "b": s.params["bias"], **FUNCTIONS}
    gradients = {"L/x": s.d_x, "L/h": s.d_state, "L/W": s.d_params["kernel"], "L/b": s.d_params["bias"]}
    gradients |= {"L/output": s.d_output, "L/new state": s.d_new_state}
    loss = {"h'": s.d_output + s.d_new_state}
    return [Run(given, forward("cells/rnn"), {"h'": s.output}, gradients, loss, {"b": range(ROWS)})]


def lstm_run(page, s, given, known, also=(), **options):
    """Return the run of a cell with LSTMState."""
    cache = s.cache._asdict()
    given = {"x": s.x, "c": s.state.c, "h": s.state.h, **FUNCTIONS, **given}
    known = {"c'": s.new_state.c, "h'": s.new_state.h} | {name: cache[name] for name in known}
    gradients = {"L/x": s.d_x, "L/c": s.d_state.c, "L/h": s.d_state.h, "L/c'_state": s.d_new_state.c}
    loss = {"c'": s.d_new_state.c, "h'": s.d_output + s.d_new_state.h}
    gradients |= options.pop("gradients")
    return Run(given, forward(page, also), known, gradients, loss, {"b": range(ROWS)}, **options)


def lstm():
    s = step(BasicLSTMCell(UNITS, forget_bias=0.7))
    given = {"W": s.params["kernel"], "b": s.params["bias"], "forget_bias": 0.7}
    gradients = {"L/W": s.d_params["kernel"], "L/b": s.d_params["bias"]}
    return [lstm_run("cells/lstm", s, given, "ijfo", gradients=gradients)]


def peepholes(params, names):
    return {f"w_{gate}": params[name] for gate, name in names.items()}


def full_lstm():
    options = {"use_peepholes": True, "cell_clip": 0.2, "num_proj": PROJECTED, "forget_bias": 0.7}
    # One entry of the projection is at the bound itself.
    bound = float(np.abs(step(LSTMCell(UNITS, **options)).output[0, 0]))
    bounds = {UNITS: 0.2, PROJECTED: bound}
    s = step(LSTMCell(UNITS, **options, proj_clip=bound))
    assert_some(s.cache.c_unclipped, 0.2)
    assert_some(s.cache.h_unclipped, bound)
    names = {gate: f"w_{gate}_diag" for gate in "ifo"}
    given = {"W": s.params["kernel"], "b": s.params["bias"], "W_p": s.params["projection"]["kernel"]}
    given |= {"forget_bias": 0.7, "bound": bound, "clip": lambda v: clip(v, bounds[v.shape[1]])}
    given |= peepholes(s.params, names)
    gradients = {"L/W_p": s.d_params["projection"]["kernel"], "L/W": s.d_params["kernel"]}
    gradients |= {f"L/{name}": value for name, value in peepholes(s.d_params, names).items()}
    also = (r"c' = \text{clip}(s)", r"s = f \odot c + i \odot j", r"h' = \text{clip}(v)", r"v = m W_p")
    run = lstm_run("cells/full_lstm", s, given, "ijfom", also, gradients=gradients)
    # The product is said on the page of the LSTM.
    run.define_all(forward("cells/lstm")[:1])
    run.known["s"] = s.cache.c_unclipped
    run.known["v"] = s.cache.h_unclipped
    return [run]


def assert_some(values, bound):
    """Of a clipping, some entries must be within the bound and some beyond."""
    beyond = np.abs(values) > bound
    assert beyond.any()
    assert not beyond.all()


def coupled_lstm():
    bound = 0.2
    cell = CoupledInputForgetGateLSTMCell(
        UNITS, use_peepholes=True, num_proj=PROJECTED, proj_clip=bound, forget_bias=0.7
    )
    s = step(cell)
    assert_some(s.cache.h_unclipped, bound)
    names = {gate: f"W_{gate.upper()}_diag" for gate in "fo"}
    given = {"W": s.params["W_0"], "b": s.params["B"], "W_p": s.params["W_P_0"], "forget_bias": 0.7}
    given |= {"clip": lambda v: clip(v, bound), **peepholes(s.params, names)}
    gradients = {"L/W_p": s.d_params["W_P_0"], "L/W": s.d_params["W_0"], "L/b": s.d_params["B"]}
    gradients |= {f"L/{name}": value for name, value in peepholes(s.d_params, names).items()}
    run = lstm_run("cells/coupled_lstm", s, given, "jfom", gradients=gradients)
    # The cell has no i: what of j is in c'.
    run.known["i"] = (s.new_state.c - s.cache.f * s.state.c) / s.cache.j
    return [run]


def gru():
    runs = []
    for reset_after in (False, True):
        s = step(GRUCell(UNITS, reset_after=reset_after))
        gates, candidate = s.params["gates"], s.params["candidate"]
        d_gates, d_candidate = s.d_params["gates"], s.d_params["candidate"]
        scopes = {"x": "input_projection", "h": "hidden_projection"} if reset_after else {}
        given = {"x": s.x, "h": s.state, "W": gates["kernel"], "b": gates["bias"], **FUNCTIONS}
        gradients = {"L/x": s.d_x, "L/W": d_gates["kernel"], "L/b": d_gates["bias"]}
        for name, scope in scopes.items():
            given |= {f"W_{name}": candidate[scope]["kernel"], f"b_{name}": candidate[scope]["bias"]}
            gradients |= {f"L/W_{name}": d_candidate[scope]["kernel"], f"L/b_{name}": d_candidate[scope]["bias"]}
        if not reset_after:
            given |= {"W_n": candidate["kernel"], "b_n": candidate["bias"]}
            gradients |= {"L/W_n": d_candidate["kernel"], "L/b_n": d_candidate["bias"]}
        equations = forward("cells/gru", last=reset_after)
        known = {"h'": s.output, "r": s.cache.r, "u": s.cache.u, "n": s.cache.n}
        loss = {"h'": s.d_output + s.d_new_state}
        run = Run(given, equations, known, gradients | {"L/h": s.d_state}, loss, {"b": range(ROWS)})
        runs.append(run)
    return runs


RUNS = {
    "cells/rnn": rnn,
    "cells/lstm": lstm,
    "cells/full_lstm": full_lstm,
    "cells/coupled_lstm": coupled_lstm,
    "cells/gru": gru,
}
