"""The runs that the equations of the cells around other cells are held to: one step, forward and back."""

import numpy as np

from parity_tests.equations.cells import ROWS, UNITS, WIDTH, running, step
from parity_tests.equations.pages import forward
from parity_tests.equations.runs import Run
from scratch import AttentionCellWrapper, BasicLSTMCell, BasicRNNCell, GRUCell, MultiRNNCell, ResidualWrapper
from scratch.cells.dropout import drop


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
    "cells/dropout": dropout,
    "cells/multi": multi,
    "cells/residual": residual,
    "cells/attention": attention,
}
