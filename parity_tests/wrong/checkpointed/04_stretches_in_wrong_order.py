# mistake: The stretches are worked through from the first to the last.

import numpy as np


def step(params, x, h):
    return np.tanh(np.concatenate([x, h], axis=1) @ params["kernel"] + params["bias"])


def step_backward(params, x, h, h_new, d_h_new):
    d_z = d_h_new * (1 - h_new**2)
    d_xh = d_z @ params["kernel"].T
    d_params = {"kernel": np.concatenate([x, h], axis=1).T @ d_z, "bias": d_z.sum(axis=0)}
    return d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :], d_params


def checkpointed_forward(params, inputs, h, every):
    kept = []
    for first in range(0, len(inputs), every):
        kept += [h]
        for x in inputs[first : first + every]:
            h = step(params, x, h)
    return {"h_final": h, "kept": kept}


def checkpointed_backward(params, inputs, kept, every, d_h_final):
    total = {"kernel": 0, "bias": 0}
    d_inputs = {}
    d = d_h_final
    for number, state in enumerate(kept):
        ts = range(number * every, min((number + 1) * every, len(inputs)))
        path = [state]
        for t in ts:
            path.append(step(params, inputs[t], path[-1]))
        for t in reversed(ts):
            after = path.pop()
            d_inputs[t], d, g = step_backward(params, inputs[t], path[-1], after, d)
            total = {k: total[k] + g[k] for k in total}
    return [d_inputs[t] for t in range(len(inputs))], d, total
