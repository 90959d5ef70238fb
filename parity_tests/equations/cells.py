"""The runs that the equations of ``docs/cells`` are held to: one step of each cell, forward and back."""

from typing import Any, NamedTuple

import numpy as np

from parity_tests.equations.pages import forward
from parity_tests.equations.runs import Run
from scratch import (
    AttentionCellWrapper,
    BasicLSTMCell,
    BasicRNNCell,
    CoupledInputForgetGateLSTMCell,
    GRUCell,
    LSTMCell,
    MultiRNNCell,
    ResidualWrapper,
)
from scratch.activations import ACTIVATIONS, clip, sigmoid
from scratch.cells.dropout import drop
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


def dropout():
    rng = np.random.default_rng(0)
    keep_prob, v = 0.75, rng.standard_normal((ROWS, WIDTH))
    mask = np.array([[True, False, True], [False, True, True]])
    given = {"drop": lambda v: drop(v, mask, keep_prob), "mask": mask, "v": v, "keep_prob": keep_prob}
    return [Run(given)]


def multi():
    cells = [BasicLSTMCell(UNITS), GRUCell(5), BasicRNNCell(6)]
    s = step(MultiRNNCell(cells))
    layers = [f"cell_{number}" for number in range(len(cells))]
    inputs = {0: s.x}
    for number, (cell, layer) in enumerate(zip(cells, layers, strict=True)):
        inputs[number + 1] = cell.forward(s.params[layer], inputs[number], s.state[number])[0]
    assert (inputs[3] == s.output).all()

    given = {"x": s.x, "x^": inputs, "s^": dict(enumerate(s.state)), "s'^": dict(enumerate(s.new_state))}
    ones = [running(cell, s.params[layer]) for cell, layer in zip(cells, layers, strict=True)]
    given |= {"cell^": dict(enumerate(ones)), "N": len(cells)}
    return [Run(given, ranges={"l": range(len(cells))})]


def residual():
    inner = BasicLSTMCell(WIDTH)
    s = step(ResidualWrapper(inner))
    given = {"x": s.x, "s": s.state, "cell": running(inner, s.params)}
    loss = {"output of the step": s.d_output, "s'": s.d_new_state}
    known = {"output of the step": s.output, "s'": s.new_state}
    paths = {"cell": {"output", "s'"}}
    return [Run(given, forward("cells/residual"), known, {"L/x": s.d_x}, loss, paths=paths)]


def attention():
    places, size, compared = 5, 6, 7
    inner = BasicLSTMCell(UNITS)
    s = step(AttentionCellWrapper(inner, places, attn_size=size, attn_vec_size=compared))

    def by_place(window):
        return dict(enumerate(np.split(window, places, axis=1)))

    def named(params):
        parts = params["attention"], params["attn_output_projection"]
        values = [params["kernel"], params["bias"], parts[0]["attn_w"][0, 0], parts[0]["attn_v"], parts[0]["kernel"]]
        values += [parts[0]["bias"], parts[1]["kernel"], parts[1]["bias"]]
        return dict(zip(("W", "b", "W_a", "v", "W_q", "b_q", "W_o", "b_o"), values, strict=True))

    given = {"x": s.x, "s": s.state[0], "u": s.state[1], "S": by_place(s.state[2]), "K": places, **named(s.params)}
    given["cell"] = running(inner, s.params[inner.scope])
    given["joined"] = lambda state: np.concatenate(state, axis=1)
    given["softmax"] = lambda e: np.exp(e) / np.exp(e).sum(axis=0)
    given["delta"] = np.eye(places)
    t, alpha = (np.moveaxis(array, 1, 0) for array in (s.cache.t, s.cache.alpha[..., None]))
    known = {"output": s.output, "s'": s.new_state[0], "u'": s.new_state[1], "q": s.cache.q, "t": t, "alpha": alpha}
    known["S'"] = np.stack(list(by_place(s.new_state[2]).values()))
    gradients = {f"L/{name}": value for name, value in named(s.d_params).items()}
    gradients |= {"L/x": s.d_x, "L/u": s.d_state[1], "L/S": by_place(s.d_state[2])}
    d_window = np.stack(list(by_place(s.d_new_state[2]).values()))
    loss = {"output": s.d_output, "s'": s.d_new_state[0], "u'": s.d_new_state[1], "S'": d_window}
    ranges = {"b": range(ROWS), "k": range(places), "l": range(places)}
    also = (r"t_k = \tanh(z_k)", r"z_k = S_k W_a + z_q", r"z_q = q\, W_q + b_q")
    equations = forward("cells/attention", also)
    return [Run(given, equations, known, gradients, loss, ranges, paths={"S'": {"S'"}})]


RUNS = {
    "cells/rnn": rnn,
    "cells/lstm": lstm,
    "cells/full_lstm": full_lstm,
    "cells/coupled_lstm": coupled_lstm,
    "cells/gru": gru,
    "cells/dropout": dropout,
    "cells/multi": multi,
    "cells/residual": residual,
    "cells/attention": attention,
}
