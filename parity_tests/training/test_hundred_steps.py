"""The head of the tutorial's second model, trained a hundred steps by both: dense, batch norm, dense, clip, optimiser.

Nothing passes between the two but the first weights and the data, so a difference in any part has a hundred steps to
grow.
"""

import numpy as np
import pytest

import tf_impl
from parity_tests.harness import assert_parity
from scratch import (
    AdamOptimizer,
    BatchNormalization,
    Dense,
    MomentumOptimizer,
    RMSPropOptimizer,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    orthogonal,
    slot_variables,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_backward,
)
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1

B, D, H, C = 7, 5, 6, 4
HIDDEN, NORM, OUTPUT = Dense(H), BatchNormalization(momentum=0.9), Dense(C)
RUNS = {
    # The tutorial's own settings, its trap included.
    "tutorial": (RMSPropOptimizer(0.02), "clip_by_norm", (0.05, ("dense",)), False),
    "Adam": (AdamOptimizer(0.01), "clip_by_global_norm", (0.3,), True),
    "momentum": (MomentumOptimizer(0.1, 0.9, use_nesterov=True), "clip_by_value", (-0.02, 0.03), True),
}
CLIPS = {
    "clip_by_value": clip_by_value,
    "clip_by_norm": clip_by_norm,
    "clip_by_global_norm": lambda *arguments: clip_by_global_norm(*arguments)[0],
}


def draw(dtype):
    """Return ``(params, moving, batches)``: a hundred batches of inputs [B, D] and labels [B, C]."""
    rng = np.random.default_rng(0)
    params = {
        "hidden": HIDDEN.init_params(rng, D, dtype),
        "batch_normalization": NORM.init_params(H, dtype),
        "dense": OUTPUT.init_params(rng, H, dtype, kernel_initializer=orthogonal),
    }
    inputs = rng.standard_normal((100, B, D))
    labels = np.eye(C)[inputs[..., :C].argmax(axis=-1)]
    return params, NORM.init_moving(H, dtype), list(zip(inputs, labels, strict=True))


def train_scratch(params, moving, batches, optimizer, clip, arguments, training):
    slots, losses = optimizer.init_slots(params), []
    for x, labels in batches:
        z, hidden_cache = HIDDEN.forward(params["hidden"], x)
        # Without the tanh, what is before the batch norm would have a bias whose gradient is nothing but rounding.
        h = np.tanh(z)
        n, moving, norm_cache = NORM.forward(params["batch_normalization"], moving, h, training)
        logits, cache = OUTPUT.forward(params["dense"], n)
        loss, loss_cache = softmax_cross_entropy_with_logits(labels, logits)
        gradients = {}
        d_logits = softmax_cross_entropy_with_logits_backward(loss_cache, np.full(B, 1 / B))
        d_n, gradients["dense"] = OUTPUT.backward(params["dense"], cache, d_logits)
        d_h, gradients["batch_normalization"] = NORM.backward(params["batch_normalization"], norm_cache, d_n)
        _, gradients["hidden"] = HIDDEN.backward(params["hidden"], hidden_cache, d_h * (1 - h * h))
        losses.append(loss.mean())
        params, slots = optimizer.apply_gradients(params, CLIPS[clip](gradients, *arguments), slots)
    return {"losses": np.array(losses), "params": params, "moving": moving, "slots": slot_variables(optimizer, slots)}


def train_tensorflow(params, moving, batches, optimizer, clip, arguments, training):
    program = Program()
    with program.graph.as_default():
        x, labels = v1.placeholder(tf.float64, [B, D]), v1.placeholder(tf.float64, [B, C])
        hidden, dense = (v1.layers.Dense(units, name=name) for units, name in ((H, "hidden"), (C, "dense")))
        norm = tf_impl.BatchNormalization(NORM).genuine(tf.float64)
        logits = dense(norm(tf.tanh(hidden(x)), training=training))
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        tf_params = program.load(params, v1.trainable_variables())
        tf_moving = program.load(moving, norm.non_trainable_variables)
        tf_optimizer = tf_impl.training.optimizers.genuine(optimizer)
        pairs = tf_optimizer.compute_gradients(loss)
        gradients = [gradient for gradient, _ in pairs]
        if clip == "clip_by_global_norm":
            gradients, _ = tf.clip_by_global_norm(gradients, *arguments)
        elif clip == "clip_by_value":
            gradients = [tf.clip_by_value(gradient, *arguments) for gradient in gradients]
        else:
            clip_norm, (skipped,) = arguments
            gradients = [
                g if variable.op.name.startswith(f"{skipped}/") else tf.clip_by_norm(g, clip_norm)
                for g, variable in pairs
            ]
        with tf.control_dependencies(v1.get_collection(v1.GraphKeys.UPDATE_OPS)):
            step = tf_optimizer.apply_gradients(
                [(gradient, variable) for gradient, (_, variable) in zip(gradients, pairs, strict=True)]
            )
        slots = {variable.op.name: variable for variable in tf_optimizer.variables()}
        program.session.run(v1.global_variables_initializer())
    program.run(())
    losses = [program.session.run((loss, step), {x: batch[0], labels: batch[1]})[0] for batch in batches]
    results = program.run({"params": tf_params, "moving": tf_moving, "slots": slots})
    return {"losses": np.array(losses), **results}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_losses_weights_statistics_and_slots_agree(run):
    params, moving, batches = draw(np.float64)
    ours = train_scratch(params, moving, batches, *run)
    assert_parity(ours, train_tensorflow(params, moving, batches, *run))
    assert ours["losses"][-20:].mean() < 0.9 * ours["losses"][:20].mean()
