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
