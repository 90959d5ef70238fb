"""A small run that ``test_checkpoint.py`` kills and resumes: at every step it saves all that the next depends on."""

import sys

import numpy as np

from scratch import (
    AdamOptimizer,
    BasicLSTMCell,
    BatchSource,
    CheckpointManager,
    Dense,
    dynamic_rnn,
    dynamic_rnn_backward,
    latest_checkpoint,
    load_checkpoint,
    params_from_variables,
    slot_variables,
    slots_from_variables,
    softmax_cross_entropy_with_logits_backward,
    sparse_softmax_cross_entropy_with_logits,
    variables_below,
)

CELL, OUTPUT_LAYER, OPTIMIZER = BasicLSTMCell(3), Dense(2), AdamOptimizer(0.01)


def init_params(rng):
    return {
        "rnn": {CELL.scope: CELL.init_params(rng, 2, np.float64)},
        "dense": OUTPUT_LAYER.init_params(rng, 3, np.float64),
    }


def gradients(params, inputs, labels):
    """Return the gradients of the mean cross-entropy of inputs [B, T, 2] and labels [B], from the last output."""
    outputs, _, tape = dynamic_rnn(CELL, params["rnn"][CELL.scope], inputs)
    logits, dense_cache = OUTPUT_LAYER.forward(params["dense"], outputs[:, -1])
    losses, loss_cache = sparse_softmax_cross_entropy_with_logits(labels, logits)
    d_logits = softmax_cross_entropy_with_logits_backward(loss_cache, np.full_like(losses, 1 / len(losses)))
    d_outputs = np.zeros_like(outputs)
    d_outputs[:, -1], d_dense = OUTPUT_LAYER.backward(params["dense"], dense_cache, d_logits)
    return {"rnn": {CELL.scope: dynamic_rnn_backward(tape, d_outputs)[2]}, "dense": d_dense}


def train(folder, num_steps):
    """Train up to step ``num_steps``, from the latest checkpoint in ``folder`` if any, and return the weights."""
    rng = np.random.default_rng(0)
    params, step = init_params(rng), 0
    slots = OPTIMIZER.init_slots(params)
    source = BatchSource(rng.standard_normal((11, 5, 2)), rng.integers(2, size=11), rng)
    manager, latest = CheckpointManager(folder), latest_checkpoint(folder)
    if latest is not None:
        variables = load_checkpoint(latest)
        params = params_from_variables(params, variables)
        slots = slots_from_variables(OPTIMIZER, params, variables)
        source.restore(variables_below("batches", variables))
        step = int(variables["global_step"])
    while step < num_steps:
        step += 1
        inputs, labels = source.next_batch(4)
        # Noise from the generator that draws the batches too, as dropout would have.
        noisy = inputs * rng.random(inputs.shape)
        params, slots = OPTIMIZER.apply_gradients(params, gradients(params, noisy, labels), slots)
        manager.save(step, {**params, **slot_variables(OPTIMIZER, slots), "batches": source.state()})
    return params


if __name__ == "__main__":
    train(sys.argv[1], 10**9)
