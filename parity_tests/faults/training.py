"""Faults in the output layer, the losses and the optimisers."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "training/dense.py",
        "training/test_dense.py",
        (
            "bias dropped",
            ' + params["bias"], inputs',
            ", inputs",
        ),
        (
            "kernel gradient of the first row only",
            "x.T @ d_y",
            "x[:1].T @ d_y[:1]",
        ),
        (
            "bias gradient averaged",
            "d_y.sum(axis=0)",
            "d_y.mean(axis=0)",
        ),
    ),
    *faults_in(
        "training/losses.py",
        "training/test_losses.py",
        (
            "labels not taken off the probabilities",
            "(cache.p - cache.labels)",
            "cache.p",
        ),
        (
            "gradient of the loss ignored",
            "d_loss[..., None] * (cache.p",
            "1.0 * (cache.p",
        ),
        (
            "exponentials overflow",
            "logits - logits.max(axis=-1, keepdims=True)",
            "logits - 0.0",
        ),
        (
            "averaged over the classes",
            "-(labels * log_p).sum(axis=-1)",
            "-(labels * log_p).mean(axis=-1)",
        ),
        (
            "classes counted from 1",
            "return -pick(log_p, labels)",
            "return -pick(log_p, labels - 1)",
        ),
        (
            "class number not taken off the probabilities",
            "pick(cache.p, cache.labels) - 1",
            "pick(cache.p, cache.labels)",
        ),
    ),
    *faults_in(
        "training/losses.py",
        "training/test_losses.py",
        (
            "padding labelled -1 counts as a class by sign",
            "if (labels < 0).any():",
            "if (labels < -1).any():",
        ),
        (
            "one step too many by length",
            "np.arange(labels.shape[1]) < lengths",
            "np.arange(labels.shape[1]) <= lengths",
        ),
        (
            "mean over the padding as well",
            "lengths = mask.sum(axis=1, keepdims=True)",
            "lengths = np.ones_like(mask).sum(axis=1, keepdims=True)",
        ),
        (
            "an example of no steps counted in the batch",
            "lengths * np.count_nonzero(lengths)",
            "lengths * len(lengths)",
        ),
        (
            "the two means are one",
            'if mean == "steps" else',
            "if mean else",
        ),
        (
            "a mask of nothing divides by 0",
            "1 / np.maximum(count, 1)",
            "1 / np.maximum(count, 0)",
        ),
        (
            "the padding is looked at",
            "np.where(mask[..., None], logits, 0)",
            "logits",
        ),
        (
            "the gradient goes to the padding too",
            "d_loss * cache.share)",
            "d_loss * cache.share.max(axis=1, keepdims=True) + 0 * cache.share)",
        ),
        (
            "the gradient of the masked loss ignored",
            "d_loss * cache.share)",
            "cache.share)",
        ),
    ),
    *faults_in(
        "training/sequence_loss.py",
        "training/test_sequence_loss.py",
        (
            "averages divide by the count of the weights",
            "counted = weights if any(averages)",
            "counted = (weights != 0).astype(weights.dtype) if any(averages)",
        ),
        (
            "sums do not divide",
            "keepdims=True) if axes else np.ones_like(weights)",
            "keepdims=True) if any(averages) else np.ones_like(weights)",
        ),
        (
            "axes the wrong way round",
            "(average_across_batch, average_across_timesteps), (",
            "(average_across_timesteps, average_across_batch), (",
        ),
        (
            "nothing over nothing",
            "where=size != 0)",
            "where=size >= 0)",
        ),
        (
            "the 1e-12 of the elder losses left out",
            "weights.sum(axis=1, keepdims=True) + 1e-12)",
            "np.maximum(weights.sum(axis=1, keepdims=True), 1e-300))",
        ),
        (
            "each example divided by the weights of the batch",
            "weights.sum(axis=1, keepdims=True) + 1e-12)",
            "weights.sum() + 1e-12)",
        ),
        (
            "the batch averaged whatever is asked",
            "    if average_across_batch:\n",
            "    if True:\n",
        ),
        (
            "an example of no steps not counted",
            "share / max(len(share), 1)",
            "share / max(np.count_nonzero(share.any(axis=1)), 1)",
        ),
        (
            "gradient of each example given to each step",
            "np.expand_dims(d_loss, cache.axes)",
            "np.resize(d_loss, share.shape)",
        ),
        (
            "rows and steps of a list exchanged on the way back",
            "list(d_logits.swapaxes(0, 1))",
            "list(d_logits)",
        ),
        (
            "a weight may be negative",
            " | (weights.real < 0)",
            "",
        ),
        (
            "the padding is looked at",
            "np.where(weights[..., None] != 0, logits, 0)",
            "logits",
        ),
    ),
    *faults_in(
        "training/optimizers.py",
        "training/test_optimizers.py",
        (
            "uphill",
            "theta - theta.dtype.type(eta) * g, params",
            "theta + theta.dtype.type(eta) * g, params",
        ),
        (
            "learning rate not rounded as in TensorFlow",
            "eta = np.float32(self.learning_rate)\n        # θ ← θ − η g\n",
            "eta = self.learning_rate\n",
        ),
        (
            "accumulator read before it is added to",
            "params, gradients, accumulator\n",
            'params, gradients, slots["accumulator"]\n',
        ),
        (
            "root forgotten",
            "g / np.sqrt(a)",
            "g / a",
        ),
        (
            "accumulator starts at 0.1 whatever is asked",
            "np.full_like(theta, self.initial_accumulator_value)",
            "np.full_like(theta, 0.1)",
        ),
    ),
]
