# One gate at a time, each with its own part of the weights, and a loop over the rows of the batch.
import math

import numpy as np


def logistic(value):
    return 1.0 / (1.0 + math.exp(-value))


def lstm_forward(weights, inputs, memory, hidden, bias_of_forget):
    batch, units = hidden.shape
    width = inputs.shape[1]
    out = {
        name: np.empty((batch, units), dtype=np.float32) for name in ("i", "j", "f", "o", "tanh_c", "c_new", "h_new")
    }
    for b in range(batch):
        for n in range(units):
            z = []
            for gate in range(4):
                column = gate * units + n
                total = weights["bias"][column]
                for d in range(width):
                    total += inputs[b, d] * weights["kernel"][d, column]
                for k in range(units):
                    total += hidden[b, k] * weights["kernel"][width + k, column]
                z.append(total)
            i, j = logistic(z[0]), math.tanh(z[1])
            f, o = logistic(z[2] + bias_of_forget), logistic(z[3])
            c = f * memory[b, n] + i * j
            row = {"i": i, "j": j, "f": f, "o": o, "c_new": c, "tanh_c": math.tanh(c), "h_new": o * math.tanh(c)}
            for name, number in row.items():
                out[name][b, n] = number
    return {"c_new": out["c_new"], "h_new": out["h_new"], "cache": {n: out[n] for n in ("o", "f", "j", "i", "tanh_c")}}


def lstm_backward(weights, inputs, memory, hidden, kept, d_hidden, d_memory):
    d_kernel = np.zeros_like(weights["kernel"])
    d_bias = np.zeros_like(weights["bias"])
    d_x, d_h, d_c = [], [], []
    for b in range(len(inputs)):
        i, j, f, o, t = (kept[name][b] for name in ["i", "j", "f", "o", "tanh_c"])
        through = d_memory[b] + d_hidden[b] * o * (1 - t) * (1 + t)
        d_z = np.hstack(
            [
                through * j * i * (1 - i),
                through * i * (1 - j * j),
                through * memory[b] * f * (1 - f),
                d_hidden[b] * t * o * (1 - o),
            ]
        )
        d_kernel += np.outer(np.r_[inputs[b], hidden[b]], d_z)
        d_bias += d_z
        back = weights["kernel"].dot(d_z)
        d_x.append(back[: inputs.shape[1]])
        d_h.append(back[inputs.shape[1] :])
        d_c.append(through * f)
    return np.array(d_x), np.array(d_c), np.array(d_h), {"bias": d_bias, "kernel": d_kernel}
