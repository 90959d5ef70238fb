"""What scratch makes of the arguments of each solved function. The grader itself does not import this."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

import scratch
from parity_tests.grade.draws.sizes import Call

Pair = tuple[Any, Any]
HELD: dict[str, Callable[..., Any]] = {}


def like(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        HELD.update(dict.fromkeys(names, function))
        return function

    return keep


def held(call: Call, module: ModuleType) -> Pair:
    """Return what the solved function gives for a call, and what scratch gives."""
    ours = getattr(module, call.function)(*call.arguments)
    return ours, HELD[call.function](call.function, *call.arguments)


@like("sigmoid", "relu")
def value(name: str, z: Any) -> Any:
    return scratch.activations.sigmoid(z) if name == "sigmoid" else scratch.activations.ACTIVATIONS[name].value(z)


@like("sigmoid_slope", "tanh_slope", "relu_slope")
def slope(name: str, a: Any) -> Any:
    kind = name.removesuffix("_slope")
    return a * (1 - a) if kind == "sigmoid" else scratch.activations.ACTIVATIONS[kind].slope(a)


@like("rnn_forward")
def rnn_forward(_: str, params: Any, x: Any, h: Any) -> Any:
    return scratch.BasicRNNCell(h.shape[1]).forward(params, x, h)[1]


@like("rnn_backward")
def rnn_backward(_: str, params: Any, x: Any, h: Any, h_new: Any, d_output: Any, d_h_new: Any) -> Any:
    cell = scratch.BasicRNNCell(h.shape[1])
    return cell.backward(params, cell.forward(params, x, h)[2], d_output, d_h_new)


def lstm_of(name: str, params: Any, size: int) -> tuple[Any, Any]:
    """Return the cell of an exercise, and its parameters under scratch's names."""
    if name.startswith("coupled"):
        renamed = {"W_0": params["kernel"], "B": params["bias"]}
        return scratch.CoupledInputForgetGateLSTMCell(size, forget_bias=0.75), renamed
    if name.startswith("peephole"):
        return scratch.LSTMCell(size, use_peepholes=True, forget_bias=0.75), params
    return scratch.BasicLSTMCell(size, forget_bias=0.75), params


def gates_of(cache: Any, names: str) -> dict[str, Any]:
    return {name: getattr(cache, name) for name in names} | {"tanh_c": cache.phi_c}


@like("lstm_forward", "peephole_lstm_forward", "coupled_lstm_forward")
def lstm_forward(name: str, params: Any, x: Any, c: Any, h: Any, forget_bias: float) -> Any:
    cell, renamed = lstm_of(name, params, h.shape[1])
    output, state, cache = cell.forward(renamed, x, scratch.LSTMState(c, h))
    return output, state.c, gates_of(cache, "jfo" if name.startswith("coupled") else "ijfo")


@like("lstm_backward", "peephole_lstm_backward", "coupled_lstm_backward")
def lstm_backward(name: str, params: Any, x: Any, c: Any, h: Any, *rest: Any) -> Any:
    d_h_new, d_c_new = rest[-2:]
    cell, renamed = lstm_of(name, params, h.shape[1])
    cache = cell.forward(renamed, x, scratch.LSTMState(c, h))[2]
    d_x, d_state, d_params = cell.backward(renamed, cache, d_h_new, scratch.LSTMState(d_c_new, np.zeros_like(h)))
    if name.startswith("coupled"):
        d_params = {"kernel": d_params["W_0"], "bias": d_params["B"]}
    return d_x, d_state.c, d_state.h, {name: d_params[name] for name in params}


def gru_params(params: Any) -> Any:
    parts = {name: {} for name in ("gates", "candidate")}
    for name, array in params.items():
        part, leaf = name.split("_")
        parts[part][leaf] = array
    return parts


@like("gru_forward")
def gru_forward(_: str, params: Any, x: Any, h: Any) -> Any:
    h_new, _, cache = scratch.GRUCell(h.shape[1]).forward(gru_params(params), x, h)
    return h_new, {name: getattr(cache, name) for name in "run"}


@like("gru_backward")
def gru_backward(_: str, params: Any, x: Any, h: Any, cache: Any, d_h_new: Any) -> Any:
    cell, nested = scratch.GRUCell(h.shape[1]), gru_params(params)
    kept = cell.forward(nested, x, h)[2]
    d_x, d_h, d_params = cell.backward(nested, kept, d_h_new, np.zeros_like(h))
    return d_x, d_h, {name: d_params[name.split("_")[0]][name.split("_")[1]] for name in params}


def cudnn(params: Any, x: Any, h: Any, r: Any, u: Any) -> tuple[Any, Any]:
    """Return a GRU whose gates are r and u whatever goes in: the weights of its gates are 0."""
    cell = scratch.GRUCell(h.shape[1], reset_after=True)
    kernel = np.zeros((x.shape[1] + h.shape[1], 2 * h.shape[1]))
    gates = {"kernel": kernel, "bias": np.log(np.concatenate([r, u]) / (1 - np.concatenate([r, u])))}
    inner = {
        f"{part}_projection": {leaf: params[f"{part}_{leaf}"] for leaf in ("kernel", "bias")}
        for part in ("input", "hidden")
    }
    return cell, {"gates": gates, "candidate": inner}


@like("reset_after_forward")
def reset_after_forward(_: str, params: Any, x: Any, h: Any, r: Any, u: Any) -> Any:
    rows = []
    for b in range(len(x)):
        cell, nested = cudnn(params, x, h, r[b], u[b])
        h_new, _, cache = cell.forward(nested, x[b : b + 1], h[b : b + 1])
        rows.append((h_new, cache.n, cache.candidate_cache))
    return tuple(np.concatenate(parts) for parts in zip(*rows, strict=True))


@like("reset_after_backward")
def reset_after_backward(_: str, params: Any, x: Any, h: Any, gates: Any, n: Any, z_h: Any, d_h_new: Any) -> Any:
    rows, total = [], {name: np.zeros_like(array) for name, array in params.items()}
    for b in range(len(x)):
        r, u = gates[0][b], gates[1][b]
        cell, nested = cudnn(params, x, h, r, u)
        cache = cell.forward(nested, x[b : b + 1], h[b : b + 1])[2]
        d_x, d_h, d_params = cell.backward(nested, cache, d_h_new[b : b + 1], np.zeros_like(h[:1]))
        # The gradient of the gates' bias is that of z_r and z_u.
        d_r, d_u = np.split(d_params["gates"]["bias"], 2)
        rows.append((d_x, d_h, (d_r / (r * (1 - r)))[None], (d_u / (u * (1 - u)))[None]))
        for part in ("input", "hidden"):
            for leaf in ("kernel", "bias"):
                total[f"{part}_{leaf}"] += d_params["candidate"][f"{part}_projection"][leaf]
    return *(np.concatenate(parts) for parts in zip(*rows, strict=True)), total


@like("project_forward", "project_backward")
def project(name: str, kernel: Any, o: Any, c_new: Any, *rest: Any) -> Any:
    """The projection of scratch's LSTM, with a cell that keeps c and opens the gate as far as o."""
    limit = rest[0] if name == "project_forward" else rest[1]
    size, width = kernel.shape
    cell = scratch.LSTMCell(size, num_proj=width, proj_clip=limit, forget_bias=0.0)
    rows = []
    total = np.zeros_like(kernel)
    for b in range(len(o)):
        # i is 0 and f is 1 to the last bit, so that c' is c.
        bias = np.concatenate([np.full(size, -800.0), np.zeros(size), np.full(size, 800.0), np.log(o[b] / (1 - o[b]))])
        params = {"kernel": np.zeros((1 + width, 4 * size)), "bias": bias, "projection": {"kernel": kernel}}
        state = scratch.LSTMState(c_new[b : b + 1], np.zeros((1, width)))
        h_new, _, cache = cell.forward(params, np.zeros((1, 1)), state)
        if name == "project_forward":
            rows.append((h_new, cache.m))
            continue
        d_h_new, d_c_new = rest[2][b : b + 1], rest[3][b : b + 1]
        _, d_state, d_params = cell.backward(params, cache, d_h_new, scratch.LSTMState(d_c_new, 0 * d_h_new))
        rows.append(((d_params["bias"][3 * size :] / (o[b] * (1 - o[b])))[None], d_state.c))
        total += d_params["projection"]["kernel"]
    parts = tuple(np.concatenate(part) for part in zip(*rows, strict=True))
    return parts if name == "project_forward" else (*parts, total)


@like("residual_forward", "residual_backward")
def residual(name: str, params: Any, x: Any, h: Any, *rest: Any) -> Any:
    cell = scratch.ResidualWrapper(scratch.BasicRNNCell(h.shape[1]))
    output, h_new, cache = cell.forward(params, x, h)
    return (output, h_new) if name == "residual_forward" else cell.backward(params, cache, *rest[1:])


@like("dropout_forward", "dropout_backward")
def dropout(name: str, params: Any, x: Any, h: Any, *rest: Any) -> Any:
    inner = scratch.BasicRNNCell(h.shape[1])
    forward = name == "dropout_forward"
    input_mask, output_mask = rest[:2] if forward else rest[1]
    keep_prob = rest[2]
    cell = scratch.DropoutWrapper(inner, input_keep_prob=keep_prob, output_keep_prob=keep_prob)
    masks = cell.draw_masks(np.random.default_rng(0), 1, len(x), x.shape[1])
    masks = masks._replace(input=input_mask, output=output_mask)
    output, h_new, cache = cell.forward(params, x, h, masks)
    return (output, h_new) if forward else cell.backward(params, cache, *rest[3:])


@like("multi_forward", "multi_backward")
def multi(name: str, params: Any, x: Any, states: Any, *rest: Any) -> Any:
    cell = scratch.MultiRNNCell(tuple(scratch.BasicRNNCell(state.shape[1]) for state in states))
    nested = {f"cell_{place}": layer for place, layer in enumerate(params)}
    output, new_states, cache = cell.forward(nested, x, tuple(states))
    if name == "multi_forward":
        return output, list(new_states)
    d_x, d_states, d_params = cell.backward(nested, cache, rest[1], tuple(rest[2]))
    return d_x, list(d_states), list(d_params.values())
