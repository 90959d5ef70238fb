"""Recompute outputs and states of the vectors of plain cells, with NumPy alone: ``python check_vectors.py DIR``."""
import json
import sys
from pathlib import Path

import numpy as np


def step(cell, w, x, c, h):
    dense = lambda v, name="": v @ w[name + "kernel"] + w[name + "bias"]
    sigmoid, clip = lambda z: 1 / (1 + np.exp(-z)), lambda z, most: z if most is None else np.clip(z, -most, most)
    phi, xh = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}[cell["activation"]], np.append(x, h)
    if cell["class"] == "BasicRNNCell":
        return c, phi(dense(xh))
    if cell["class"] == "GRUCell":
        r, u = np.split(sigmoid(dense(xh, "gates/")), 2)
        if cell["reset_after"]:
            z = dense(x, "candidate/input_projection/") + r * dense(h, "candidate/hidden_projection/")
        return c, u * h + (1 - u) * phi(z if cell["reset_after"] else dense(np.append(x, r * h), "candidate/"))
    (i, j, f, o), peep = np.split(dense(xh), 4), lambda gate, c: w.get(f"w_{gate}_diag", 0) * c
    i, f = sigmoid(i + peep("i", c)), sigmoid(f + cell["forget_bias"] + peep("f", c))
    c = clip(f * c + i * phi(j), cell.get("cell_clip"))
    m = sigmoid(o + peep("o", c)) * phi(c)
    return c, clip(m @ w["projection/kernel"] if cell.get("num_proj") else m, cell.get("proj_clip"))

verdicts, start = {}, "initial_state"
for case in (json.loads(path.read_text()) for path in sorted(Path(sys.argv[1]).glob("*-forward-*.json"))):
    if case["cell"]["class"] in ("BasicRNNCell", "BasicLSTMCell", "LSTMCell", "GRUCell"):
        a = dict(np.load(Path(sys.argv[1], case["name"] + ".npz")))
        w, ends = {k[7:]: v for k, v in a.items() if k.startswith("params/")}, [k[13:] for k in a if start in k[:13]]
        for row, length in enumerate(case["sequence_length"] or [case["sizes"]["T"]] * case["sizes"]["B"]):
            (c, h), outputs = (a[start + end][row] for end in (ends[0], ends[-1])), np.zeros(a["outputs"][row].shape)
            for t in range(length):
                c, h = step(case["cell"], w, a["inputs"][row, t], c, h)
                outputs[t] = h
            for name, have in {f"final_state{ends[0]}": c, f"final_state{ends[-1]}": h, "outputs": outputs}.items():
                near = abs(have - a[name][row]) <= case["expected"][name]["tolerance"]
                verdicts[case["name"], name, row] = bool(near.all())
print(len(verdicts), "quantities recomputed, beyond tolerance:", [name for name, near in verdicts.items() if not near])
sys.exit(not verdicts or not all(verdicts.values()))
