"""Every array that a function takes, one size off, of another kind, or not there: refused, whatever else fits.

A row of the table is a call with good arguments. Each array in them is then given wrong in every way there is, alone:
each axis longer and shorter by one, an axis more and one less, another dtype, a list, a subclass that computes
otherwise. ``free`` names the axes that may have any size. What is free is tried as well, and must be taken.
"""

import re
from typing import NamedTuple

import numpy as np
import pytest

import scratch
from parity_tests.cases import CELLS
from parity_tests.harness import Case
from scratch.tree import map_tree, named_leaves

LENGTHS = (4, 0, 6, 1, 3)
# The arrays that say how large the others must be, and of which dtype.
LEADERS = {"inputs", "inputs[0]", "logits", "logits[0]", "x", "steps[0]"}
# What two of these calls take in one argument here, and what a refusal calls it.
CALLED = {"states": "initial_state", "weights": "weights"}


class Row(NamedTuple):
    """``call(**arguments)``; ``free`` holds ``(path of an array, axis)``, with axis ``None`` for its number of axes."""

    call: callable
    arguments: dict
    free: tuple = ()


def lists_as_tuples(tree):
    """Return a tree with its lists made tuples, which the walks know."""
    if isinstance(tree, dict):
        return {key: lists_as_tuples(part) for key, part in tree.items()}
    if isinstance(tree, list | tuple):
        parts = [lists_as_tuples(part) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
    return tree


def put(tree, like, path, value, name=""):
    """Return arguments as ``like`` has them, lists again, with ``value`` in the place of the array at ``path``."""
    if isinstance(like, dict):
        return {key: put(tree[key], part, path, value, f"{name}/{key}" if name else key) for key, part in like.items()}
    if hasattr(like, "_fields"):
        parts = zip(like._fields, like, tree, strict=True)
        return type(like)(*[put(part, one, path, value, f"{name}.{field}") for field, one, part in parts])
    if isinstance(like, list | tuple):
        return type(like)(
            put(part, one, path, value, f"{name}[{index}]")
            for index, (one, part) in enumerate(zip(like, tree, strict=True))
        )
    return value if name == path else like


def resized(array, axis, by):
    """Return an array with an axis longer or shorter by one, every number one that it held before."""
    return np.take(array, np.arange(array.shape[axis] + by) % max(array.shape[axis], 1), axis)


class Otherwise(np.ndarray):
    """An array of which * adds."""

    def __mul__(self, other):
        return self + other


def wrong_kinds(array):
    """Yield arrays of the same numbers that are of another kind, by name."""
    yield "list", array.tolist()
    yield "object", array.astype(object)
    yield "masked", np.ma.array(array)
    yield "subclass", array.view(Otherwise)
    yield "text", array.astype(str)
    if array.ndim == 2:
        yield "matrix", array.view(np.matrix)
    if array.dtype.kind == "f":
        yield "other float", array.astype(np.float32 if array.dtype == np.float64 else np.float64)
        yield "half", array.astype(np.float16)
        yield "long", array.astype(np.longdouble)
        yield "complex", array.astype(np.complex128)
        yield "whole", array.astype(np.int64)
        yield "Boolean", array.astype(bool)
    elif array.dtype.kind == "i":
        yield "float", array.astype(np.float64)
        yield "Boolean", array.astype(bool)
        yield "complex", array.astype(np.complex128)
    else:
        yield "whole", array.astype(np.int64)
        yield "float", array.astype(np.float64)


def wrongs(array):
    """Yield ``(name, axis or None, array)``: this array with another size, number of axes, or kind."""
    for axis in range(array.ndim):
        for by in (1, -1) if array.size else ():
            if array.shape[axis] + by > 0:
                yield f"axis {axis} by {by}", axis, resized(array, axis, by)
    yield "an axis more in front", None, array[None]
    yield "an axis more behind", "behind", array[..., None]
    if array.ndim and len(array):
        yield "an axis less", None, array[0]
    for name, other in wrong_kinds(array):
        yield name, "kind", other


def unroll_row(cell, **options):
    case = Case(cell, LENGTHS)
    problem = case.draw(np.float64)
    given = {"params": problem.params, "inputs": problem.inputs, "initial_state": problem.initial_state}
    masks = problem.options()
    free = () if masks else (("inputs", 1),)
    if isinstance(cell, scratch.TimeFreqLSTMCell | scratch.GridLSTMCell):
        # One column more, where no whole window fits into what is left.
        free += (("inputs", "axis 2 by 1"),) if takes(cell, case.input_size + 1) else ()
    return Row(lambda **given: scratch.dynamic_rnn(cell, **given, **masks, **options), given, free)


def takes(cell, width):
    try:
        return cell.param_shapes(width) == cell.param_shapes(width - 1)
    except ValueError:
        return False


def backward_row(cell, engine="numpy"):
    case = Case(cell, LENGTHS)
    problem = case.draw(np.float64)
    tape = scratch.dynamic_rnn(cell, problem.params, problem.inputs, LENGTHS, engine=engine, **problem.options())[2]
    given = {"d_outputs": problem.d_outputs, "d_final_state": problem.d_final_state}
    return Row(lambda **given: scratch.dynamic_rnn_backward(tape, **given), given)


def step_back_row(cell):
    case = Case(cell, LENGTHS)
    problem = case.draw(np.float64)
    masks = [map_tree(lambda mask: mask[0], mask) for mask in problem.options().values()]
    x, backward = problem.inputs[:, 0], type(cell).backward
    output, new_state, cache = cell.forward(problem.params, x, problem.initial_state, *masks)
    given = {"params": problem.params, "d_output": output.copy(), "d_new_state": new_state}
    return Row(lambda params, **given: backward(cell, params, cache, **given), given)


def steps(array):
    return list(array.swapaxes(0, 1).copy())


rng = np.random.default_rng(0)


def normal(*shape):
    return rng.standard_normal(shape)


RNN, LSTM = scratch.BasicRNNCell(4), scratch.BasicLSTMCell(4)
PROBLEMS = [Case(cell, LENGTHS).draw(np.float64) for cell in (RNN, LSTM)]
PARAMS = [problem.params for problem in PROBLEMS]
INPUTS, STATES = PROBLEMS[0].inputs, tuple(problem.initial_state for problem in PROBLEMS)
D_OUTPUTS, D_STATES = tuple(p.d_outputs for p in PROBLEMS), tuple(p.d_final_state for p in PROBLEMS)
BOTH = {"fw": PARAMS[0], "bw": PARAMS[1]}
ABOVE = [Case(cell, LENGTHS, input_size=8).draw(np.float64).params for cell in (RNN, LSTM)]
STACK = {"cell_0": BOTH, "cell_1": {"fw": ABOVE[0], "bw": ABOVE[1]}}
TAPES = {
    "bidirectional": scratch.bidirectional_dynamic_rnn(RNN, LSTM, BOTH, INPUTS)[2],
    "static_bidirectional": scratch.static_bidirectional_rnn(RNN, LSTM, BOTH, steps(INPUTS))[3],
    "static": scratch.static_rnn(LSTM, PARAMS[1], steps(INPUTS))[2],
    "stack": scratch.stack_bidirectional_dynamic_rnn([RNN] * 2, [LSTM] * 2, STACK, INPUTS)[3],
    "truncated": scratch.truncated_rnn(LSTM, PARAMS[1], INPUTS, 2)[2],
}
LOGITS, LABELS = normal(4, 3, 5), rng.integers(5, size=(4, 3))
MASK = np.arange(3) < np.array([3, 0, 1, 2])[:, None]
WEIGHTS = 1.0 * MASK
LISTED = {"logits": steps(LOGITS), "targets": steps(LABELS), "weights": steps(WEIGHTS)}
TREE = {"a": {"kernel": normal(3, 4), "bias": normal(4)}, "b": normal(2)}
NORM, DENSE, EMBEDDING = scratch.BatchNormalization(), scratch.Dense(2), scratch.Embedding(5, 2)
WORDS = rng.integers(5, size=(4, 3))
ANY_LAYOUT = tuple(("inputs", axis) for axis in (0, 1, None))
ROWS = {
    "static_rnn": Row(
        lambda inputs, **given: scratch.static_rnn(LSTM, inputs=inputs, **given),
        {"params": PARAMS[1], "inputs": steps(INPUTS), "initial_state": STATES[1]},
    ),
    "static_rnn_backward": Row(
        lambda **given: scratch.static_rnn_backward(TAPES["static"], **given),
        {"d_outputs": steps(D_OUTPUTS[1]), "d_final_state": D_STATES[1]},
    ),
    "bidirectional_dynamic_rnn": Row(
        lambda states, **given: scratch.bidirectional_dynamic_rnn(
            RNN, LSTM, initial_state_fw=states[0], initial_state_bw=states[1], **given
        ),
        {"params": BOTH, "inputs": INPUTS, "states": STATES},
        (("inputs", 1),),
    ),
    "bidirectional_dynamic_rnn_backward": Row(
        lambda **given: scratch.bidirectional_dynamic_rnn_backward(TAPES["bidirectional"], **given),
        {"d_outputs": D_OUTPUTS, "d_final_states": D_STATES},
    ),
    "static_bidirectional_rnn": Row(
        lambda states, **given: scratch.static_bidirectional_rnn(
            RNN, LSTM, initial_state_fw=states[0], initial_state_bw=states[1], **given
        ),
        {"params": BOTH, "inputs": steps(INPUTS), "states": STATES},
    ),
    "static_bidirectional_rnn_backward": Row(
        lambda **given: scratch.static_bidirectional_rnn_backward(TAPES["static_bidirectional"], **given),
        {"d_outputs": steps(np.concatenate(D_OUTPUTS, axis=2)), "d_final_states": D_STATES},
    ),
    "stack_bidirectional_dynamic_rnn": Row(
        lambda states, **given: scratch.stack_bidirectional_dynamic_rnn(
            [RNN] * 2, [LSTM] * 2, initial_states_fw=states[0], initial_states_bw=states[1], **given
        ),
        {
            "params": STACK,
            "inputs": INPUTS,
            "states": tuple([state, state + 0 if state is STATES[0] else state] for state in STATES),
        },
        (("inputs", 1),),
    ),
    "stack_bidirectional_dynamic_rnn_backward": Row(
        lambda **given: scratch.stack_bidirectional_dynamic_rnn_backward(TAPES["stack"], **given),
        {"d_outputs": np.concatenate(D_OUTPUTS, axis=2), "d_final_states": tuple((state, state) for state in D_STATES)},
    ),
    "truncated_rnn": Row(
        lambda **given: scratch.truncated_rnn(LSTM, truncated_backprop_length=2, **given),
        {"params": PARAMS[1], "inputs": INPUTS, "initial_state": STATES[1]},
        (("inputs", 1),),
    ),
    "truncated_rnn_backward": Row(
        lambda **given: scratch.truncated_rnn_backward(TAPES["truncated"], **given),
        {"d_outputs": D_OUTPUTS[1], "d_final_state": D_STATES[1]},
    ),
    "last_window_backward": Row(
        lambda **given: scratch.last_window_backward(TAPES["truncated"], **given),
        {"d_outputs": D_OUTPUTS[1][:, 4:], "d_final_state": D_STATES[1]},
    ),
    "Stream": Row(
        lambda x, **given: scratch.Stream(LSTM, **given).step(x),
        {"params": PARAMS[1], "x": INPUTS[:, 0], "initial_state": STATES[1]},
    ),
    "Dense": Row(DENSE.forward, {"params": {"kernel": normal(5, 2), "bias": normal(2)}, "inputs": LOGITS}, ANY_LAYOUT),
    "Dense.backward": Row(
        lambda params, d_outputs: DENSE.backward(params, LOGITS, d_outputs),
        {"params": {"kernel": np.ones((5, 2)), "bias": np.ones(2)}, "d_outputs": normal(4, 3, 2)},
    ),
    "Embedding": Row(
        EMBEDDING.forward,
        {"params": {"embeddings": normal(5, 2)}, "numbers": WORDS},
        (
            *(("numbers", axis) for axis in (0, 1, None, "behind")),
            *(("params/embeddings", kind) for kind in ("other float", "complex")),
        ),
    ),
    "Embedding.backward": Row(
        lambda params, d_vectors: EMBEDDING.backward(params, WORDS, d_vectors),
        {"params": {"embeddings": np.ones((5, 2))}, "d_vectors": normal(4, 3, 2)},
    ),
    "BatchNormalization": Row(
        lambda **given: NORM.forward(**given, training=True),
        {
            "params": map_tree(lambda leaf: leaf + 1, NORM.init_params(5, np.float64)),
            "moving": NORM.init_moving(5, np.float64),
            "x": LOGITS,
        },
        tuple(("x", axis) for axis in (0, 1, None)),
    ),
    "BatchNormalization.backward": Row(
        lambda params, d_y: NORM.backward(params, norm_cache(), d_y),
        {"params": {"gamma": np.ones(5), "beta": np.zeros(5)}, "d_y": normal(4, 3, 5)},
    ),
    "softmax_cross_entropy_with_logits": Row(
        scratch.softmax_cross_entropy_with_logits, {"labels": np.eye(5)[LABELS], "logits": LOGITS}
    ),
    "sparse_softmax_cross_entropy_with_logits": Row(
        scratch.sparse_softmax_cross_entropy_with_logits,
        {"labels": LABELS % 4, "logits": LOGITS},
        (("logits", 2), ("logits", "other float"), ("logits", "complex")),
    ),
    "softmax_cross_entropy_with_logits_backward": Row(
        lambda d_loss: scratch.softmax_cross_entropy_with_logits_backward(
            scratch.sparse_softmax_cross_entropy_with_logits(LABELS, LOGITS)[1], d_loss
        ),
        {"d_loss": normal(4, 3)},
    ),
    "masked_loss": Row(
        scratch.masked_loss,
        {"labels": LABELS % 4, "logits": LOGITS, "mask": MASK},
        (("logits", 2), ("logits", "other float"), ("logits", "complex")),
    ),
    "mask_by_sign": Row(scratch.mask_by_sign, {"labels": LABELS}, (("labels", 0), ("labels", 1))),
    "sequence_loss": Row(
        scratch.sequence_loss,
        {"logits": LOGITS, "targets": LABELS % 4, "weights": WEIGHTS},
        (("logits", 2),),
    ),
    "sequence_loss_by_example": Row(scratch.sequence_loss_by_example, LISTED | {"targets": steps(LABELS % 4)}),
    "legacy_sequence_loss": Row(scratch.legacy_sequence_loss, LISTED | {"targets": steps(LABELS % 4)}),
    "sequence_loss_backward of rows": Row(
        lambda d_loss: scratch.sequence_loss_backward(
            scratch.sequence_loss(LOGITS, LABELS, WEIGHTS, average_across_batch=False)[1], d_loss
        ),
        {"d_loss": normal(4)},
    ),
    "sequence_loss_backward of steps": Row(
        lambda d_loss: scratch.sequence_loss_backward(
            scratch.sequence_loss(LOGITS, LABELS, WEIGHTS, average_across_timesteps=False)[1], d_loss
        ),
        {"d_loss": normal(3)},
    ),
    "sequence_loss_backward of examples": Row(
        lambda d_loss: scratch.sequence_loss_backward(scratch.sequence_loss_by_example(**LISTED)[1], d_loss),
        {"d_loss": normal(4)},
    ),
    "one_hot": Row(lambda labels: scratch.one_hot(labels, 5), {"labels": LABELS[0]}, (("labels", 0),)),
    "as_rows": Row(
        scratch.as_rows, {"images": normal(3, 4)}, (("images", 0), ("images", "other float"), ("images", "complex"))
    ),
    "as_pixels": Row(
        scratch.as_pixels,
        {"images": normal(3, 4)},
        (("images", 0), ("images", 1), ("images", "other float"), ("images", "complex")),
    ),
    "reverse_sequence": Row(
        lambda sequence_length: scratch.reverse_sequence(LOGITS, sequence_length),
        {"sequence_length": np.array([3, 0, 1, 2])},
        (("sequence_length", "list"),),
    ),
    "unpad_batch": Row(
        lambda sequence_length: scratch.unpad_batch(LOGITS, sequence_length),
        {"sequence_length": np.array([3, 0, 1, 2])},
        (("sequence_length", "list"),),
    ),
    "mask_by_length": Row(
        lambda sequence_length: scratch.mask_by_length(LABELS, sequence_length),
        {"sequence_length": np.array([3, 0, 1, 2])},
        (("sequence_length", "list"),),
    ),
    "lengths of dynamic_rnn": Row(
        lambda sequence_length: scratch.dynamic_rnn(RNN, PARAMS[0], INPUTS, sequence_length),
        {"sequence_length": np.array(LENGTHS)},
        (("sequence_length", "list"),),
    ),
    "pad_batch": Row(
        lambda rows: scratch.pad_batch(rows),
        {"rows": [normal(size, 2) for size in (3, 0, 5, 1)]},
        tuple((f"rows[{row}]", 0) for row in range(4)),
    ),
    "stack": Row(scratch.stack, {"steps": steps(INPUTS)}),
}
for kind in (
    scratch.GradientDescentOptimizer(0.1),
    scratch.AdagradOptimizer(0.1),
    scratch.MomentumOptimizer(0.1, 0.9),
    scratch.RMSPropOptimizer(0.1, centered=True),
    scratch.AdamOptimizer(),
):
    ROWS[type(kind).__name__] = Row(
        kind.apply_gradients, {"params": TREE, "gradients": map_tree(np.copy, TREE), "slots": kind.init_slots(TREE)}
    )
for name, cell, kinds in (
    ("rnn", scratch.BasicRNNCell(4), ["keras"]),
    ("lstm", scratch.BasicLSTMCell(4), ["keras", "block_v2"]),
    ("lstm", scratch.LSTMCell(4, use_peepholes=True), ["block_v2"]),
    ("gru", scratch.GRUCell(4), ["keras"]),
    ("gru", scratch.GRUCell(4, reset_after=True), ["keras"]),
):
    params = Case(cell).draw(np.float64).params
    for kind in kinds:
        to, back = (getattr(scratch, f"{name}_{way}_{kind}") for way in ("to", "from"))
        # The width of the inputs is read from the kernel.
        free = [("params/kernel", 0)] if name != "gru" else []
        ROWS[f"{to.__name__} {cell}"] = Row(lambda params, to=to, cell=cell: to(cell, params), {"params": params}, free)
        weights = to(cell, params)
        free = [("weights[0]", 0)] if isinstance(weights, list) else [("weights/kernel", 0)]
        ROWS[f"{back.__name__} {cell}"] = Row(
            lambda weights, back=back, cell=cell: back(cell, weights), {"weights": weights}, free
        )
for cell in CELLS:
    if not isinstance(cell, scratch.ResidualWrapper):  # It leaves all to the cell within.
        ROWS[f"backward {cell}"] = step_back_row(cell)
for cell in CELLS[::2]:
    ROWS[f"dynamic_rnn {cell}"] = unroll_row(cell)
    ROWS[f"dynamic_rnn_backward {cell}"] = backward_row(cell)
for cell in (RNN, scratch.MultiRNNCell([scratch.GRUCell(4), LSTM])):
    ROWS[f"compiled dynamic_rnn {cell}"] = unroll_row(cell, engine="numba")
    ROWS[f"compiled dynamic_rnn_backward {cell}"] = backward_row(cell, engine="numba")
    ROWS[f"checkpointed dynamic_rnn {cell}"] = unroll_row(cell, checkpoint_every=2)


def norm_cache():
    return NORM.forward(NORM.init_params(5, np.float64), NORM.init_moving(5, np.float64), LOGITS, True)[2]


@pytest.fixture
def steps_taken(monkeypatch):
    """Return a list that grows with every step that a cell takes, forward or back."""
    taken = []

    def counted(step):
        def call(cell, *arguments):
            taken.append(cell)
            return step(cell, *arguments)

        return call

    for kind in {type(cell) for cell in CELLS}:
        for name in ("forward", "backward"):
            monkeypatch.setattr(kind, name, counted(getattr(kind, name)))
    return taken


def names(error, path, axis, row):
    """Return whether an error names the array that is wrong, or one that was held against it."""
    root = re.match(r"\w+", path)[0]
    if root in CALLED:
        return CALLED[root] in str(error)
    if path in str(error):
        return True
    sizes_params = "gradients" in row.arguments and axis != "kind"
    others = (*row.arguments, "initial_state", "masks", "x[", "x must", "the input")
    leads = path in LEADERS or path.endswith("kernel") or sizes_params
    return leads and any(name in str(error) for name in others)


@pytest.mark.parametrize("name", ROWS)
def test_arrays(name, steps_taken):
    row, found = ROWS[name], []
    row.call(**row.arguments)
    for path, array in named_leaves(lists_as_tuples(row.arguments)):
        for what, axis, wrong in wrongs(array):
            free = (path, axis) in row.free or (path, what) in row.free
            steps_taken.clear()
            try:
                row.call(**put(lists_as_tuples(row.arguments), row.arguments, path, wrong))
            except (TypeError, ValueError) as error:
                if free or steps_taken or not names(error, path, axis, row):
                    found.append(f"{path}, {what}: refused after {len(steps_taken)} steps: {error}")
            else:
                if not free:
                    found.append(f"{path}, {what}: taken")
    assert not found, "\n".join(found)
