"""What scratch computes for a setting of the page: every number that stands in a name while its functions run.

A function's own names are read when it returns, so nothing of scratch is written a second time here.
"""

import inspect
import sys
from contextlib import contextmanager

import numpy as np

from parity_tests.unroller.problems import make_cell, of_letters, parameters, parts_of, state_of, with_dropout
from scratch import DropoutWrapper, truncated_rnn, truncated_rnn_backward
from scratch.cells import gru
from scratch.loop import backward_steps, forward_steps


def code(function):
    return inspect.unwrap(function).__code__


def names_above(frame, wanted):
    """Return the names of the nearest caller that runs the code ``wanted``."""
    while frame.f_code is not wanted:
        frame = frame.f_back
    return dict(frame.f_locals)


@contextmanager
def watched(cell):
    """Give two lists, filled while scratch runs: ``(names, result, names of the loop)`` of each step, both ways."""
    forward, backward = [], []
    places = {
        code(type(cell).forward): (forward, code(forward_steps)),
        code(type(cell).backward): (backward, code(backward_steps)),
    }

    def look(frame, event, result):
        if event == "return" and frame.f_code in places:
            steps, loop = places[frame.f_code]
            steps.append((dict(frame.f_locals), result, names_above(frame, loop)))

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield forward, backward
    finally:
        sys.setprofile(before)


def by_name(prefix, state, suffix):
    return {f"{prefix}{part}{suffix}": array for part, array in parts_of(state).items()}


def of_rnn(_, ahead, back):
    return {"z": ahead["z"], "h′": ahead["h"], "∂h′": back["d_h"], "∂z": back["d_z"]}


def of_lstm(_, ahead, back):
    d_z = zip(("∂z_i", "∂z_j", "∂z_f", "∂z_o"), np.split(back["d_z"], 4, axis=1), strict=True)
    same = {name: ahead[name] for name in ("z_i", "z_j", "z_f", "z_o", "i", "j", "f", "o")}
    gates = {f"∂{gate}": back[f"d_{gate}"] for gate in "ijfo"}
    return {**same, **gates, **dict(d_z), "c′": ahead["c"], "h′": ahead["h"], "∂h′": back["d_h"], "∂c′": back["d_c"]}


def of_peephole(params, ahead, back):
    c, c_new, d_c_new = ahead["state"].c, ahead["c"], back["d_c_new"]
    found = {gate: ahead[gate] for gate in "ijfo"} | {f"∂z_{gate}": back[f"d_z_{gate}"] for gate in "ijfo"}
    found |= {"c′": c_new, "h′": ahead["h"], "∂h′": back["d_m"], "∂c′": d_c_new}
    # scratch adds the peephole to z, and the gates' gradients stand within the lines of those of z.
    for gate, seen in (("i", c), ("f", c), ("o", c_new)):
        found[f"z_{gate}"] = ahead[f"z_{gate}"] - params[f"w_{gate}_diag"] * seen
    found |= {"z_j": ahead["z_j"], "∂i": d_c_new * ahead["j"], "∂j": d_c_new * ahead["i"]}
    return found | {"∂f": d_c_new * c, "∂o": back["d_m"] * ahead["phi_c"]}


def of_gru(params, ahead, back):
    z = dict(zip(("z_r", "z_u"), np.split(gru.linear(params["gates"], ahead["xh"]), 2, axis=1), strict=True))
    d_z = dict(zip(("∂z_r", "∂z_u"), np.split(back["d_z"], 2, axis=1), strict=True))
    found = {name: ahead[name] for name in ("r", "u", "z_n", "n")} | {"h′": ahead["h"], "∂h′": back["d_h"]}
    same = ("u", "n", "h_kept", "z_n", "x_n", "r", "h_n", "x_gates", "h_gates", "rh", "z_h")
    found |= {f"∂{name}": back[f"d_{name}"] for name in same if f"d_{name}" in back}
    return found | z | d_z | ({"z_h": ahead["z_h"]} if "z_h" in ahead else {})


OF_CELLS = {"rnn": of_rnn, "lstm": of_lstm, "peephole": of_peephole, "gru_before": of_gru, "gru_after": of_gru}


def run(cell, setting, unroll=truncated_rnn, unroll_backward=truncated_rnn_backward, wrapper=DropoutWrapper):
    """Return ``(outputs, final, d_outputs, d_inputs, d_initial, d_params)``, time before rows, from scratch."""
    inputs = np.array(setting["inputs"], float).swapaxes(0, 1)
    cell, masks = with_dropout(cell, setting, wrapper)
    start, d_final = state_of(cell, setting["h_0"], setting["c_0"]), state_of(cell, setting["g_h"], setting["g_c"])
    width = setting["window"] or inputs.shape[1]
    given = {} if masks is None else {"masks": masks}
    outputs, final, tapes = unroll(cell, parameters(setting), inputs, width, setting["lengths"], start, **given)
    misses = outputs.swapaxes(0, 1) - np.array(setting["targets"])
    d_outputs = np.array(setting["counted"], float)[:, :, None] * misses
    d_inputs, d_initial, d_params = unroll_backward(tapes, np.ascontiguousarray(d_outputs.swapaxes(0, 1)), d_final)
    return outputs.swapaxes(0, 1), final, d_outputs, d_inputs.swapaxes(0, 1), d_initial, d_params


def every_number(setting):
    """Return ``(steps, ends)``: {name: [T, …]} of what is computed at each step, and {name: array} of all else."""
    name, params = setting["cell"], parameters(setting)
    cell = make_cell(name, setting["units"], setting["forget_bias"])
    with watched(cell) as (forward, backward):
        outputs, final, d_outputs, d_inputs, d_initial, d_params = run(cell, setting)
    backward.reverse()
    num_steps, width = len(outputs), setting["window"] or len(outputs)
    lengths = np.array(setting["lengths"])[:, None]
    left = [before["old_state"] for _, _, before in forward[1:]] + [final]

    steps, totals = [], None
    for t, ((ahead, _, before), (back, result, after)) in enumerate(zip(forward, backward, strict=True)):
        d_x, d_state, d_step = result
        live = t < lengths
        step = {"live": live.astype(float), "x": ahead["x"], "output": outputs[t], "∂output": d_outputs[t]}
        step |= by_name("", ahead["state"], "") | by_name("", before["old_state"], "_in") | by_name("", left[t], "_out")
        step |= OF_CELLS[name](params, ahead, back)
        step |= {"∂y": back["d_output"], "∂x": d_x, "∂x_t": d_inputs[t]}
        step |= by_name("∂", back["d_new_state"], "_next") | by_name("∂", d_state, "")
        arrives, goes = parts_of(after["d_state"]), parts_of(d_state)
        for part, d in arrives.items():
            step |= {f"∂{part}_out": d, f"∂{part}_in": np.where(live, goes[part], d)}
            if setting["window"]:
                step[f"∂{part}_in_cut"] = step[f"∂{part}_in"] * (t == 0 or t % width != 0)
        step |= {f"∂{letter}": d for letter, d in of_letters(name, d_step).items()}
        steps.append(step)
    for step in reversed(steps):
        mine = {letter: step[f"∂{letter}"] for letter in setting["weights"]}
        totals = mine if totals is None else {letter: totals[letter] + d for letter, d in mine.items()}
        step |= {f"total {letter}": total for letter, total in totals.items()}
    stacked = {key: np.stack([step[key] for step in steps]) for key in steps[0]}

    misses = np.array(setting["counted"])[:, :, None] * (outputs - np.array(setting["targets"])) ** 2 / 2
    ends = {f"final {part}": array for part, array in parts_of(final).items()}
    ends["L"] = misses.sum() + sum((array * setting[f"g_{part}"]).sum() for part, array in parts_of(final).items())
    ends |= {f"∂{part}_0": array for part, array in parts_of(d_initial).items()}
    ends |= {f"total {letter}": d for letter, d in of_letters(name, d_params).items()}
    assert num_steps == len(steps)
    return stacked, ends
