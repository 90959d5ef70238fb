"""What the exercises on unrolling are called with."""

from collections.abc import Iterator
from types import ModuleType

import numpy as np

from parity_tests.grade.draws.sizes import Call, Sizes, cell_params, some


def listed(rng: np.random.Generator, sizes: Sizes, width: int) -> list[np.ndarray]:
    """Draw a list of T arrays [B, width]."""
    return list(some(rng, sizes.steps, sizes.batch, width))


def static_rnn(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params, inputs = cell_params(rng, sizes.inputs, sizes.units), listed(rng, sizes, sizes.inputs)
    h, d_h_final = some(rng, 2, sizes.batch, sizes.units)
    yield Call("static_rnn_forward", (params, inputs, h))
    outputs, _ = solved.static_rnn_forward(params, inputs, h)
    d_outputs = listed(rng, sizes, sizes.units)
    yield Call("static_rnn_backward", (params, inputs, h, outputs, d_outputs, d_h_final))


def lstm_unroll(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params, inputs = cell_params(rng, sizes.inputs, sizes.units, 4), some(rng, sizes.batch, sizes.steps, sizes.inputs)
    c, h, d_c, d_h = some(rng, 4, sizes.batch, sizes.units)
    yield Call("lstm_unroll_forward", (params, inputs, c, h))
    outputs, memories, _, _ = solved.lstm_unroll_forward(params, inputs, c, h)
    d_outputs = some(rng, *outputs.shape)
    yield Call("lstm_unroll_backward", (params, inputs, (c, h), outputs, memories, d_outputs, (d_c, d_h)))


def dynamic_rnn(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params, inputs = cell_params(rng, sizes.inputs, sizes.units), some(rng, sizes.batch, sizes.steps, sizes.inputs)
    h, d_h_final = some(rng, 2, sizes.batch, sizes.units)
    lengths = np.array(sizes.lengths)
    yield Call("dynamic_rnn_forward", (params, inputs, lengths, h))
    outputs, _ = solved.dynamic_rnn_forward(params, inputs, lengths, h)
    yield Call("dynamic_rnn_backward", (params, inputs, lengths, h, outputs, some(rng, *outputs.shape), d_h_final))


def last_output(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    outputs, d_last = some(rng, sizes.batch, sizes.steps, sizes.units), some(rng, sizes.batch, sizes.units)
    # Past the end there are numbers too: whoever takes the last step, or the sum over time, is seen.
    lengths = np.array(sizes.lengths)
    yield Call("last_output", (outputs, lengths))
    yield Call("last_output_backward", (outputs, lengths, d_last))


def bidirectional(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    fw, bw = (cell_params(rng, sizes.inputs, sizes.units) for _ in range(2))
    inputs, lengths = some(rng, sizes.batch, sizes.steps, sizes.inputs), np.array(sizes.lengths)
    yield Call("bidirectional_forward", (fw, bw, inputs, lengths))
    outputs, _, _ = solved.bidirectional_forward(fw, bw, inputs, lengths)
    d_finals = tuple(some(rng, 2, sizes.batch, sizes.units))
    yield Call("bidirectional_backward", (fw, bw, inputs, lengths, outputs, some(rng, *outputs.shape), d_finals))


def truncated(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params, inputs = cell_params(rng, sizes.inputs, sizes.units), listed(rng, sizes, sizes.inputs)
    h, window = some(rng, sizes.batch, sizes.units), 3
    yield Call("truncated_forward", (params, inputs, h, window))
    outputs, _ = solved.truncated_forward(params, inputs, h, window)
    yield Call("truncated_backward", (params, inputs, h, outputs, window, listed(rng, sizes, sizes.units)))


def checkpointed(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    params, inputs = cell_params(rng, sizes.inputs, sizes.units), listed(rng, sizes, sizes.inputs)
    h, d_h_final = some(rng, 2, sizes.batch, sizes.units)
    yield Call("checkpointed_forward", (params, inputs, h, 3))
    _, kept = solved.checkpointed_forward(params, inputs, h, 3)
    yield Call("checkpointed_backward", (params, inputs, kept, 3, d_h_final))


def reverse_rows(rng: np.random.Generator, sizes: Sizes, solved: ModuleType) -> Iterator[Call]:
    inputs, lengths = some(rng, sizes.batch, sizes.steps, sizes.inputs), np.array(sizes.lengths)
    yield Call("reverse_rows", (inputs, lengths))
    yield Call("reverse_rows_backward", (lengths, some(rng, *inputs.shape)))
