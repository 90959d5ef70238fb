"""The rest of ``held``: unrolling, inputs, losses, optimisers and clipping by scratch."""

from typing import Any

import numpy as np

import scratch
from parity_tests.grade.held import like


def steps(inputs: Any) -> Any:
    """Return a list of T arrays [B, D] as [B, T, D]."""
    return np.stack(inputs, axis=1)


@like("static_rnn_forward", "static_rnn_backward")
def static(name: str, params: Any, inputs: Any, h: Any, *rest: Any) -> Any:
    outputs, final, tape = scratch.static_rnn(scratch.BasicRNNCell(h.shape[1]), params, inputs, h)
    return (outputs, final) if name == "static_rnn_forward" else scratch.static_rnn_backward(tape, *rest[1:])


@like("lstm_unroll_forward")
def lstm_unroll_forward(_: str, params: Any, inputs: Any, c: Any, h: Any) -> Any:
    cell, state, outputs, memories = scratch.BasicLSTMCell(h.shape[1]), scratch.LSTMState(c, h), [], []
    for t in range(inputs.shape[1]):
        output, state, _ = cell.forward(params, inputs[:, t], state)
        outputs.append(output)
        memories.append(state.c)
    return steps(outputs), steps(memories), *state


@like("lstm_unroll_backward")
def lstm_unroll_backward(_: str, params: Any, inputs: Any, start: Any, *rest: Any) -> Any:
    cell = scratch.BasicLSTMCell(start[0].shape[1])
    _, _, tape = scratch.dynamic_rnn(cell, params, inputs, initial_state=scratch.LSTMState(*start))
    d_inputs, d_state, d_params = scratch.dynamic_rnn_backward(tape, rest[2], scratch.LSTMState(*rest[3]))
    return d_inputs, *d_state, d_params


@like("dynamic_rnn_forward", "dynamic_rnn_backward")
def dynamic(name: str, params: Any, inputs: Any, lengths: Any, h: Any, *rest: Any) -> Any:
    outputs, final, tape = scratch.dynamic_rnn(scratch.BasicRNNCell(h.shape[1]), params, inputs, lengths, h)
    return (outputs, final) if name == "dynamic_rnn_forward" else scratch.dynamic_rnn_backward(tape, *rest[1:])


class Kept(scratch.BasicRNNCell):
    """A cell whose state is its input: its final state is the last real input of a row."""

    def forward(self, params: Any, x: Any, state: Any) -> Any:
        return x, x, x

    def backward(self, params: Any, cache: Any, d_output: Any, d_new_state: Any) -> Any:
        return (
            d_output + d_new_state,
            np.zeros_like(cache),
            {name: np.zeros_like(value) for name, value in params.items()},
        )


@like("last_output", "last_output_backward")
def last(name: str, outputs: Any, lengths: Any, *rest: Any) -> Any:
    size = outputs.shape[2]
    params = {"kernel": np.zeros((2 * size, size)), "bias": np.zeros(size)}
    _, final, tape = scratch.dynamic_rnn(Kept(size), params, outputs, lengths)
    return final if name == "last_output" else scratch.dynamic_rnn_backward(tape, None, rest[0])[0]


@like("bidirectional_forward", "bidirectional_backward")
def bidirectional(name: str, fw: Any, bw: Any, inputs: Any, lengths: Any, *rest: Any) -> Any:
    size = len(fw["bias"])
    cells = scratch.BasicRNNCell(size), scratch.BasicRNNCell(size)
    outputs, finals, tape = scratch.bidirectional_dynamic_rnn(*cells, {"fw": fw, "bw": bw}, inputs, lengths)
    if name == "bidirectional_forward":
        return np.concatenate(outputs, axis=2), *finals
    d_outputs = rest[1][:, :, :size], rest[1][:, :, size:]
    d_inputs, _, d_params = scratch.bidirectional_dynamic_rnn_backward(tape, d_outputs, tuple(rest[2]))
    return d_inputs, d_params["fw"], d_params["bw"]


@like("truncated_forward", "truncated_backward")
def truncated(name: str, params: Any, inputs: Any, h: Any, *rest: Any) -> Any:
    window = rest[0] if name == "truncated_forward" else rest[1]
    cell, whole = scratch.BasicRNNCell(h.shape[1]), steps(inputs)
    outputs, _, tapes = scratch.truncated_rnn(cell, params, whole, window, initial_state=h)
    if name == "truncated_forward":
        starts = [h, *(outputs[:, t - 1] for t in range(window, len(inputs), window))]
        return list(outputs.swapaxes(0, 1)), starts
    d_inputs, d_h, d_params = scratch.truncated_rnn_backward(tapes, steps(rest[2]))
    return list(d_inputs.swapaxes(0, 1)), d_h, d_params


@like("checkpointed_forward")
def checkpointed_forward(_: str, params: Any, inputs: Any, h: Any, every: int) -> Any:
    cell = scratch.BasicRNNCell(h.shape[1])
    _, final, tape = scratch.dynamic_rnn(cell, params, steps(inputs), initial_state=h, checkpoint_every=every)
    return final, list(tape.tape.states)


@like("checkpointed_backward")
def checkpointed_backward(_: str, params: Any, inputs: Any, kept: Any, every: int, d_final: Any) -> Any:
    cell = scratch.BasicRNNCell(kept[0].shape[1])
    _, _, tape = scratch.dynamic_rnn(cell, params, steps(inputs), initial_state=kept[0], checkpoint_every=every)
    d_inputs, d_h, d_params = scratch.dynamic_rnn_backward(tape, None, d_final)
    return list(d_inputs.swapaxes(0, 1)), d_h, d_params


@like("series_to_rows", "unstack", "stack", "flatten_time", "unflatten_time")
def shapes(name: str, *arguments: Any) -> Any:
    return getattr(scratch, name)(*arguments)


@like("time_major")
def time_major(_: str, inputs: Any) -> Any:
    return scratch.swap_time_and_batch(inputs)


@like("pad_batch")
def pad_batch(_: str, rows: Any, padding_value: float) -> Any:
    return scratch.pad_batch(rows, padding_value)


@like("pad_batch_backward")
def unpad(_: str, lengths: Any, d_inputs: Any) -> Any:
    return scratch.unpad_batch(d_inputs, lengths)


@like("sequence_mask")
def mask(_: str, lengths: Any, num_steps: int) -> Any:
    return scratch.sequence_mask(lengths, num_steps, float)


def two_classes(losses: Any) -> tuple[Any, Any]:
    """Return labels and logits whose cross-entropies are these losses, which are greater than 0."""
    # − log p of class 0 is log(1 + e^y), where y is the logit of class 1.
    logits = np.stack([np.zeros_like(losses), np.log(np.expm1(losses))], axis=-1)
    return np.zeros(losses.shape, np.int64), logits


def masked(losses: Any, lengths: Any, mean: str) -> Any:
    labels, logits = two_classes(losses)
    return scratch.masked_loss(labels, logits, scratch.mask_by_length(labels, lengths), mean)


@like("mean_of_steps", "loss_over_steps", "loss_over_examples")
def loss_over(name: str, losses: Any, lengths: Any) -> Any:
    # A mean is linear: what is added to every value is added to the mean.
    shift = 0.0 if name.startswith("loss") else 5.0
    return masked(losses + shift, lengths, "examples" if name.endswith("examples") else "steps")[0] - shift


@like("loss_over_steps_backward", "loss_over_examples_backward")
def loss_over_backward(name: str, losses: Any, lengths: Any, d_loss: float) -> Any:
    return d_loss * masked(losses, lengths, "examples" if "examples" in name else "steps")[1].share


@like("mean_of_rows")
def mean_of_rows(_: str, values: Any, lengths: Any) -> Any:
    found = [
        masked(row[None] + 5.0, length[None], "steps")[0] - 5.0 for row, length in zip(values, lengths, strict=True)
    ]
    return np.where(lengths > 0, found, 0.0)


@like("reverse_rows")
def reverse_rows(_: str, inputs: Any, lengths: Any) -> Any:
    return scratch.reverse_sequence(inputs, lengths)


@like("reverse_rows_backward")
def reverse_rows_backward(_: str, lengths: Any, d_turned: Any) -> Any:
    return scratch.reverse_sequence(d_turned, lengths)


def bucketed(lengths: Any, boundaries: Any, batch_size: int) -> Any:
    rows = [np.zeros(length) for length in lengths]
    return scratch.bucket_by_length(rows, boundaries, [batch_size] * (len(boundaries) + 1))


@like("bucket_of")
def bucket_of(_: str, lengths: Any, boundaries: Any) -> Any:
    # One batch a bucket, and none is ever full: they come out in the order of the buckets.
    batches = bucketed(lengths, boundaries, len(lengths) + 1)
    found = np.zeros(len(lengths), int)
    for batch in batches:
        found[batch.rows] = np.searchsorted(boundaries, batch.sequence_length[0], side="right")
        assert len(set(np.searchsorted(boundaries, batch.sequence_length, side="right"))) == 1
    return found


@like("bucket_batches")
def bucket_batches(_: str, lengths: Any, boundaries: Any, batch_size: int) -> Any:
    return [batch.rows.tolist() for batch in bucketed(lengths, boundaries, batch_size)]


@like("padding_steps")
def padding_steps(_: str, lengths: Any, batches: Any) -> Any:
    padded = [scratch.padded_batches([np.zeros(lengths[row]) for row in rows], len(rows))[0] for rows in batches]
    return scratch.padding_cost(padded).padding


@like("vocabulary_of")
def vocabulary_of(_: str, sentences: Any, least_count: int) -> Any:
    return [letters(word) for word in scratch.vocabulary_of(sentences, least_count).words]


def letters(word: str) -> list[int]:
    return [ord(letter) for letter in word]


@like("numbers_of")
def numbers_of(_: str, words: Any, vocabulary: Any) -> Any:
    return scratch.Vocabulary(tuple(vocabulary)).numbers(words)


@like("embedding_forward", "embedding_backward")
def embedding(name: str, embeddings: Any, numbers: Any, *rest: Any) -> Any:
    layer, params = scratch.Embedding(*embeddings.shape), {"embeddings": embeddings}
    vectors, cache = layer.forward(params, numbers)
    return vectors if name == "embedding_forward" else layer.backward(params, cache, *rest)["embeddings"]


@like("dense_forward", "dense_backward")
def dense(name: str, params: Any, x: Any, *rest: Any) -> Any:
    layer = scratch.Dense(len(params["bias"]))
    y, cache = layer.forward(params, x)
    return y if name == "dense_forward" else layer.backward(params, cache, *rest)


@like("batch_norm_forward", "batch_norm_backward")
def batch_norm(name: str, params: Any, x: Any, *rest: Any) -> Any:
    layer = scratch.BatchNormalization(epsilon=rest[0] if name == "batch_norm_forward" else rest[2], momentum=0.0)
    y, moving, cache = layer.forward(params, layer.init_moving(x.shape[1], float), x, training=True)
    if name == "batch_norm_forward":
        return y, moving["moving_mean"], moving["moving_variance"]
    return layer.backward(params, cache, rest[3])


@like("batch_norm_moving")
def batch_norm_moving(_: str, moving_mean: Any, moving_variance: Any, mean: Any, variance: Any, momentum: float) -> Any:
    layer, size = scratch.BatchNormalization(momentum=momentum), len(mean)
    # Two rows with this mean and this variance.
    x = np.stack([mean - np.sqrt(variance), mean + np.sqrt(variance)])
    moving = {"moving_mean": moving_mean, "moving_variance": moving_variance}
    moved = layer.forward(layer.init_params(size, float), moving, x, training=True)[1]
    return moved["moving_mean"], moved["moving_variance"]


@like("softmax", "cross_entropy_forward", "cross_entropy_backward")
def cross_entropy(name: str, logits: Any, *rest: Any) -> Any:
    labels = rest[0] if rest else np.zeros(len(logits), np.int64)
    losses, cache = scratch.sparse_softmax_cross_entropy_with_logits(labels, logits)
    if name == "softmax":
        return cache.p
    return losses if len(rest) == 1 else scratch.softmax_cross_entropy_with_logits_backward(cache, rest[1])


@like("sequence_loss_forward", "sequence_loss_backward")
def sequence_loss(name: str, logits: Any, targets: Any, weights: Any, *rest: Any) -> Any:
    loss, cache = scratch.sequence_loss(logits, targets, weights)
    return loss if name == "sequence_loss_forward" else scratch.sequence_loss_backward(cache, *rest)


@like("gradient_descent")
def gradient_descent(_: str, params: Any, gradients: Any, rate: float) -> Any:
    return scratch.GradientDescentOptimizer(rate).apply_gradients(params, gradients, {})[0]


@like("staircase_rate")
def staircase_rate(_: str, first_rate: float, rate: float, every: int, step: int) -> Any:
    # No schedule is in scratch: multiplied stair by stair, as the words say.
    for _stair in range(every, step + 1, every):
        first_rate *= rate
    return first_rate


@like("momentum_step", "nesterov_step")
def momentum(name: str, params: Any, gradients: Any, slots: Any, rate: float, mu: float) -> Any:
    optimizer = scratch.MomentumOptimizer(rate, mu, use_nesterov=name == "nesterov_step")
    new, kept = optimizer.apply_gradients(params, gradients, {"momentum": slots})
    return new, kept["momentum"]


@like("adagrad_step")
def adagrad(_: str, params: Any, gradients: Any, slots: Any, rate: float) -> Any:
    new, kept = scratch.AdagradOptimizer(rate).apply_gradients(params, gradients, {"accumulator": slots})
    return new, kept["accumulator"]


@like("rmsprop_step")
def rmsprop(_: str, params: Any, gradients: Any, rms: Any, momenta: Any, options: Any) -> Any:
    optimizer = scratch.RMSPropOptimizer(**options)
    new, kept = optimizer.apply_gradients(params, gradients, {"rms": rms, "momentum": momenta})
    return new, kept["rms"], kept["momentum"]


@like("adam_step")
def adam(_: str, params: Any, gradients: Any, m: Any, v: Any, t: int, options: Any) -> Any:
    powers = {f"{name}_power": np.array(options[name] ** t, np.float32) for name in ("beta1", "beta2")}
    # Copied: two slots may be one array of zeros here, which scratch refuses.
    slots = {"m": m, "v": {name: value.copy() for name, value in v.items()}, **powers}
    new, kept = scratch.AdamOptimizer(**options).apply_gradients(params, gradients, slots)
    return new, kept["m"], kept["v"]


@like("clip_by_value", "clip_by_norm", "clip_by_global_norm", "global_norm")
def clip(name: str, gradients: Any, *limit: float) -> Any:
    limits = (-limit[0], limit[0]) if name == "clip_by_value" else limit
    return getattr(scratch, name)(gradients, *limits)
