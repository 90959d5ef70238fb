"""Cells, sizes, lengths and layouts that nobody chose."""

import numpy as np

import scratch
from parity_tests.harness import Case
from scratch.tree import map_tree

ACTIVATIONS = ("tanh", "relu", "sigmoid", "softsign", "hard_sigmoid", ("leaky_relu", 0.01), ("scaled_tanh", 1.7, 0.6))


def pick(rng, *choices):
    return choices[rng.integers(len(choices))]


def draw_layer(rng):
    """Return a cell of one layer, any of its options at any of their values."""
    kind, size = int(rng.integers(7)), pick(rng, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 33)
    usual = {"activation": pick(rng, "tanh", "tanh", *ACTIVATIONS), "use_bias": rng.random() < 0.8}
    if kind == 0:
        return scratch.BasicRNNCell(size, **usual)
    usual["recurrent_activation"] = pick(rng, "sigmoid", "sigmoid", "sigmoid", "hard_sigmoid")
    if kind == 1:
        return scratch.GRUCell(size, reset_after=pick(rng, False, True), **usual)
    usual["forget_bias"] = float(pick(rng, 1.0, 0.0, 0.3, -2.0))
    if kind in (2, 3):
        return scratch.BasicLSTMCell(size, **usual)
    peepholes, clip = pick(rng, False, True), pick(rng, None, None, 0.4)
    if kind == 4:
        return scratch.LSTMBlockCell(size, forget_bias=usual["forget_bias"], use_peepholes=peepholes, cell_clip=clip)
    num_proj = pick(rng, None, None, 1, 2, 9)
    usual |= {"use_peepholes": peepholes, "num_proj": num_proj, "proj_clip": pick(rng, None, 0.2) if num_proj else None}
    if kind == 5:
        return scratch.LSTMCell(size, cell_clip=clip, **usual)
    return scratch.CoupledInputForgetGateLSTMCell(size, **usual)


def draw_cell(rng):
    """Return a cell: a layer, layers on one another, or either wrapped."""
    cell, way = draw_layer(rng), rng.random()
    if way < 0.25:
        layers = [cell, *(draw_layer(rng) for _ in range(rng.integers(1, 3)))]
        if rng.random() < 0.3:
            layers.append(scratch.ResidualWrapper(scratch.GRUCell(layers[-1].output_size)))
        return scratch.MultiRNNCell(layers)
    if way < 0.33:
        sizes = [pick(rng, None, 3, 5) for _ in range(3)]
        return scratch.AttentionCellWrapper(cell, int(rng.integers(1, 5)), *sizes)
    if way < 0.41:
        return scratch.DropoutWrapper(cell, 0.7, 0.8, 0.6, variational_recurrent=bool(rng.integers(2)))
    return cell


def draw_case(rng, most_steps=12):
    """Return ``(case, problem)`` in float64, of numbers that float32 has as well; no long row becomes chaotic."""
    cell = draw_cell(rng)
    batch_size, num_steps = pick(rng, 1, 1, 2, 3, 5, 8, 13), int(rng.integers(1, most_steps))
    lengths = tuple(rng.integers(0, num_steps + 1, batch_size).tolist()) if rng.random() < 0.7 else None
    case = Case(cell, lengths, batch_size, num_steps, pick(rng, 1, 2, 3, 5, 8, 17))
    problem = as_dtype(case.draw(np.float64), np.float32)
    small = map_tree(lambda w: w / np.float32(max(1.0, np.sqrt(len(w)) / 2)), problem.params)
    return case, as_dtype(problem._replace(params=small), np.float64)


def as_dtype(problem, dtype):
    """Return a problem with all its numbers in another dtype."""
    arrays = (map_tree(lambda leaf: leaf.astype(dtype), part) for part in problem[:-1])
    return type(problem)(*arrays, problem.masks)


def nan_past_the_end(case, problem):
    """Return the problem with NaN in the inputs and in the gradients of outputs past every row's end."""
    inputs, d_outputs = problem.inputs.copy(), problem.d_outputs.copy()
    for row, length in enumerate(case.sequence_length):
        inputs[row, length:] = d_outputs[row, length:] = np.nan
    return problem._replace(inputs=inputs, d_outputs=d_outputs)
