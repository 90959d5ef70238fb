"""What the exercises on cells are called with."""

from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType

import numpy as np

from parity_tests.grade.draws.sizes import Call, Sizes, cell_params, some

FORGET_BIAS, LIMIT, KEEP_PROB = 0.75, 0.375, 0.625


def activations(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    z = some(rng, sizes.batch, sizes.units)
    yield Call("sigmoid", (z,))
    yield Call("sigmoid", (np.array([[1000.0, -1000.0, 0.5]]),), "entries of 1000 and -1000")
    yield Call("sigmoid_slope", (solved.sigmoid(z),))
    yield Call("tanh_slope", (np.tanh(z),))
    yield Call("relu", (z,))
    yield Call("relu_slope", (solved.relu(z),))


def rnn(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params = cell_params(rng, sizes.inputs, sizes.units)
    x, h = some(rng, sizes.batch, sizes.inputs), some(rng, sizes.batch, sizes.units)
    yield Call("rnn_forward", (params, x, h))
    d_output, d_h_new = some(rng, *h.shape), some(rng, *h.shape)
    yield Call("rnn_backward", (params, x, h, solved.rnn_forward(params, x, h), d_output, d_h_new))


def lstm(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params = cell_params(rng, sizes.inputs, sizes.units, 4)
    x, (c, h) = some(rng, sizes.batch, sizes.inputs), some(rng, 2, sizes.batch, sizes.units)
    yield Call("lstm_forward", (params, x, c, h, FORGET_BIAS))
    _, _, cache = solved.lstm_forward(params, x, c, h, FORGET_BIAS)
    yield Call("lstm_backward", (params, x, c, h, cache, some(rng, *h.shape), some(rng, *h.shape)))


def peephole_lstm(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params = cell_params(rng, sizes.inputs, sizes.units, 4)
    params |= {name: some(rng, sizes.units) for name in ("w_i_diag", "w_f_diag", "w_o_diag")}
    x, (c, h) = some(rng, sizes.batch, sizes.inputs), some(rng, 2, sizes.batch, sizes.units)
    yield Call("peephole_lstm_forward", (params, x, c, h, FORGET_BIAS))
    _, c_new, cache = solved.peephole_lstm_forward(params, x, c, h, FORGET_BIAS)
    gradients = some(rng, *h.shape), some(rng, *h.shape)
    yield Call("peephole_lstm_backward", (params, x, c, h, c_new, cache, *gradients))


def projected_lstm(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    kernel = some(rng, sizes.units, sizes.inputs)
    o, c_new = rng.uniform(0.1, 0.9, (sizes.batch, sizes.units)), some(rng, sizes.batch, sizes.units)
    yield Call("project_forward", (kernel, o, c_new, LIMIT))
    h_new, m = solved.project_forward(kernel, o, c_new, LIMIT)
    yield Call("project_backward", (kernel, o, c_new, m, LIMIT, some(rng, *h_new.shape), some(rng, *o.shape)))


def coupled_lstm(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params = cell_params(rng, sizes.inputs, sizes.units, 3)
    x, (c, h) = some(rng, sizes.batch, sizes.inputs), some(rng, 2, sizes.batch, sizes.units)
    yield Call("coupled_lstm_forward", (params, x, c, h, FORGET_BIAS))
    _, _, cache = solved.coupled_lstm_forward(params, x, c, h, FORGET_BIAS)
    yield Call("coupled_lstm_backward", (params, x, c, h, cache, some(rng, *h.shape), some(rng, *h.shape)))


def gru(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    gates, candidate = (cell_params(rng, sizes.inputs, sizes.units, count) for count in (2, 1))
    params = {f"gates_{name}": value for name, value in gates.items()}
    params |= {f"candidate_{name}": value for name, value in candidate.items()}
    x, h = some(rng, sizes.batch, sizes.inputs), some(rng, sizes.batch, sizes.units)
    yield Call("gru_forward", (params, x, h))
    yield Call("gru_backward", (params, x, h, solved.gru_forward(params, x, h)[1], some(rng, *h.shape)))


def gru_reset_after(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params = {"input_kernel": some(rng, sizes.inputs, sizes.units), "input_bias": some(rng, sizes.units)}
    params |= {"hidden_kernel": some(rng, sizes.units, sizes.units), "hidden_bias": some(rng, sizes.units)}
    params = {name: value * 0.6 for name, value in params.items()}
    x, h = some(rng, sizes.batch, sizes.inputs), some(rng, sizes.batch, sizes.units)
    r, u = rng.uniform(0.1, 0.9, (2, sizes.batch, sizes.units))
    yield Call("reset_after_forward", (params, x, h, r, u))
    _, n, z_h = solved.reset_after_forward(params, x, h, r, u)
    yield Call("reset_after_backward", (params, x, h, (r, u), n, z_h, some(rng, *h.shape)))


def residual(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params = cell_params(rng, sizes.units, sizes.units)
    x, h, d_output, d_h_new = some(rng, 4, sizes.batch, sizes.units)
    yield Call("residual_forward", (params, x, h))
    yield Call("residual_backward", (params, x, h, solved.step(params, x, h), d_output, d_h_new))


def dropout(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params = cell_params(rng, sizes.inputs, sizes.units)
    x, (h, d_output, d_h_new) = some(rng, sizes.batch, sizes.inputs), some(rng, 3, sizes.batch, sizes.units)
    masks = rng.random(x.shape) < KEEP_PROB, rng.random(h.shape) < KEEP_PROB
    yield Call("dropout_forward", (params, x, h, *masks, KEEP_PROB))
    _, h_new = solved.dropout_forward(params, x, h, *masks, KEEP_PROB)
    yield Call("dropout_backward", (params, x, h, h_new, masks, KEEP_PROB, d_output, d_h_new))


def multi(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    widths = sizes.inputs, sizes.units, sizes.classes, sizes.units + 1
    params = [cell_params(rng, *pair) for pair in pairwise(widths)]
    x, states = some(rng, sizes.batch, sizes.inputs), [some(rng, sizes.batch, width) for width in widths[1:]]
    yield Call("multi_forward", (params, x, states))
    output, new_states = solved.multi_forward(params, x, states)
    d_states = [some(rng, *state.shape) for state in states]
    yield Call("multi_backward", (params, x, states, new_states, some(rng, *output.shape), d_states))
