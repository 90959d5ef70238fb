"""Recompute outputs and states of the vectors of plain cells, with NumPy alone: ``python check_vectors.py DIR``."""
import json
import sys
from pathlib import Path

import numpy as np

PHI = {"tanh": np.tanh, "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "linear": lambda z: z, "relu": lambda z: z * (z > 0)}
PHI |= {"hard_sigmoid": lambda z: np.clip(z + 3, 0, 6) / 6, "leaky_relu": lambda z: np.where(z < 0, z / 5, z)}
PLAIN, BOTH, verdicts = ("BasicRNNCell", "BasicLSTMCell", "LSTMCell", "GRUCell"), [("fw/", "[0]"), ("bw/", "[1]")], {}
def step(cell, w, x, c, h):
    dense, xh = lambda v, name="": v @ w[name + "kernel"] + w.get(name + "bias", 0), np.append(x, h)
    phi, sigma = (PHI[cell.get(name, "sigmoid")] for name in ("activation", "recurrent_activation"))
    clip, peep = lambda z, most: np.clip(z, -(most or np.inf), most), lambda gate, c: w.get(f"w_{gate}_diag", 0) * c
    if cell["class"] == "BasicRNNCell":
        return 2 * [phi(dense(xh))]
    if cell["class"] == "GRUCell":
        (r, u), after = np.split(sigma(dense(xh, "gates/")), 2), cell["reset_after"]
        z = after and dense(x, "candidate/input_projection/") + r * dense(h, "candidate/hidden_projection/")
        return 2 * [u * h + (1 - u) * phi(z if after else dense(np.append(x, r * h), "candidate/"))]
    i, j, f, o = np.split(dense(xh), 4)
    c = sigma(f + cell["forget_bias"] + peep("f", c)) * c + sigma(i + peep("i", c)) * phi(j)
    m = sigma(o + peep("o", c := clip(c, cell.get("cell_clip")))) * phi(c)
    return c, clip(m @ w["projection/kernel"] if cell.get("num_proj") else m, cell.get("proj_clip"))
for case in (json.loads(path.read_text()) for path in sorted(Path(sys.argv[1]).glob("*.json"))):
    a, way, last = dict(np.load(Path(sys.argv[1], case["name"] + ".npz"))), case["direction"], case["sizes"]["T"] - 1
    for scope, side in (BOTH if way == "both" else [("", "")]) * (case["cell"]["class"] in PLAIN and way != "stack"):
        w = {k[7 + len(scope):]: v for k, v in a.items() if k.startswith("params/" + scope)}
        for row, length in enumerate(case["sequence_length"] or [last + 1] * case["sizes"]["B"]):
            (c, h), y = (2 * [a[k][row] for k in a if k.startswith("initial_state" + side)])[:2], 0
            outputs = np.zeros(a["outputs" + side][row].shape)
            for t in range(last, -1, -1) if way == "reverse" or scope == "bw/" else range(last + 1):
                if live := t < length and ("mask" not in a or a["mask"][row, t]):
                    c, h = step(case["cell"], w, a["inputs"][row, t], c, h)
                outputs[t] = y = h if live else y * (case["output_where_skipped"] != "0")
            for k in [k for k in a if k.startswith(("outputs" + side, "final_state" + side))]:
                have = outputs if k[0] == "o" else c if k[-2:] == ".c" else h
                verdicts[case["name"], k, row] = bool((abs(have - a[k][row]) <= case["expected"][k]["tolerance"]).all())
print(len(verdicts), "quantities recomputed, beyond tolerance:", [name for name, near in verdicts.items() if not near])
sys.exit(not verdicts or not all(verdicts.values()))
