"""Faults in the optimisers, in clipping and in batch normalisation."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "training/optimizers.py",
        "training/test_optimizers.py",
        (
            "uphill",
            "theta - eta * g, params",
            "theta + eta * g, params",
        ),
        (
            "learning rate not rounded as in TensorFlow",
            "return dtype.type(np.float32(value))",
            "return dtype.type(value)",
        ),
        (
            "accumulator read before it is added to",
            "g / np.sqrt(a), params, gradients, accumulator)",
            'g / np.sqrt(a), params, gradients, slots["accumulator"])',
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
        (
            "a slot called after its optimiser first",
            'f"{variable}/{optimizer.slot_names[slot]}" if',
            'f"{optimizer.slot_names[slot]}/{variable}" if',
        ),
        (
            "slots of another precision taken",
            '        check_slot_dtype(f"variables/{name}", found, like)\n',
            "",
        ),
    ),
    *faults_in(
        "training/momentum.py",
        "training/test_momentum.py",
        (
            "momentum times the gradient as well",
            "lambda a, g: mu * a + g, slots",
            "lambda a, g: mu * (a + g), slots",
        ),
        (
            "Nesterov looks from the old place",
            "lambda a, g: g + mu * a, a, gradients)",
            'lambda a, g: g + mu * a, slots["momentum"], gradients)',
        ),
        (
            "Nesterov whatever is asked",
            "if self.use_nesterov else a",
            "if True else a",
        ),
        (
            "learning rate in what is remembered",
            '{"momentum": a}\n',
            '{"momentum": map_tree(lambda a: eta * a, a)}\n',
        ),
        (
            "momentum not rounded",
            "rounded(self.momentum, dtype)",
            "dtype.type(self.momentum)",
        ),
    ),
    *faults_in(
        "training/rmsprop.py",
        "training/test_rmsprop.py",
        (
            "mean square starts at 0",
            '"rms": np.ones_like',
            '"rms": np.zeros_like',
        ),
        (
            "epsilon beside the root",
            "np.sqrt(r + epsilon)",
            "(np.sqrt(r) + epsilon)",
        ),
        (
            "decay and its rest exchanged",
            "lambda r, g: r + (1 - rho) * (g * g - r)",
            "lambda r, g: r + rho * (g * g - r)",
        ),
        (
            "mean square read before it is moved",
            'spread = new["rms"]\n',
            'spread = slots["rms"]\n',
        ),
        (
            "mean not squared",
            "lambda r, q: r - q * q",
            "lambda r, q: r - q",
        ),
        (
            "mean of the last step",
            'new["rms"], new["mg"])',
            'new["rms"], slots["mg"])',
        ),
        (
            "learning rate outside the momentum",
            "mu * a + eta * g / np.sqrt",
            "eta * (mu * a + g) / np.sqrt",
        ),
        (
            "slots counted in another order",
            '("rms", "mg", "momentum") if',
            '("rms", "momentum", "mg") if',
        ),
        (
            "epsilon not rounded",
            "rounded(self.epsilon, dtype)",
            "dtype.type(self.epsilon)",
        ),
        (
            "decay not rounded",
            "(rounded(value, dtype) for value",
            "(dtype.type(value) for value",
        ),
    ),
    *faults_in(
        "training/adam.py",
        "training/test_adam.py",
        (
            "bias left uncorrected",
            "eta_t = eta * np.sqrt(1 - power2) / (1 - power1)",
            "eta_t = eta",
        ),
        (
            "correction of v without its root",
            "np.sqrt(1 - power2)",
            "(1 - power2)",
        ),
        (
            "powers of the next step",
            "for power in POWERS)",
            "* slots[power].astype(dtype) for power in POWERS)",
        ),
        (
            "powers kept in float64",
            "product = np.float32(power) * np.float32(beta)",
            "product = np.float32(np.float64(power) * beta)",
        ),
        (
            "powers below float32's normal numbers kept",
            "if product >= TINY else",
            "if product > 0 else",
        ),
        (
            "epsilon below the root",
            "(np.sqrt(v) + epsilon)",
            "np.sqrt(v + epsilon * epsilon)",
        ),
        (
            "epsilon of the paper's Algorithm 1",
            "(np.sqrt(v) + epsilon)",
            "(np.sqrt(v) + epsilon * np.sqrt(1 - power2))",
        ),
        (
            "second moment of the mean",
            "(1 - beta2) * (g * g - v)",
            "(1 - beta2) * (g - v)",
        ),
        (
            "the two decays exchanged",
            "m + (1 - beta1) * (g - m)",
            "m + (1 - beta2) * (g - m)",
        ),
        (
            "m and v under each other's name",
            '{"m": "Adam", "v": "Adam_1"}',
            '{"m": "Adam_1", "v": "Adam"}',
        ),
        (
            "powers start at 1",
            "np.array(self.beta1, np.float32)",
            "np.array(1, np.float32)",
        ),
    ),
    *faults_in(
        "training/clipping.py",
        "training/test_clipping.py",
        (
            "root of the norm forgotten",
            "np.sqrt((g * g).sum()), clip_norm)",
            "(g * g).sum(), clip_norm)",
        ),
        (
            "short gradients made longer",
            "np.maximum(np.sqrt((g * g).sum()), clip_norm)",
            "np.sqrt((g * g).sum())",
        ),
        (
            "nothing left out",
            "if path in skipped else",
            "if False else",
        ),
        (
            "what is left out is handed on, not copied",
            "g.copy() if path",
            "g if path",
        ),
        (
            "a scope named by its first letters",
            'f"{path}/".startswith(f"{name}/")',
            "path.startswith(name)",
        ),
        (
            "together, yet short gradients made longer",
            "np.minimum(1 / norm, 1 / clip_norm)",
            "(1 / norm)",
        ),
        (
            "an infinite norm goes unnoticed",
            " + (norm - norm)",
            "",
        ),
        (
            "the norm of the norms' sum",
            "np.sqrt(sum((g * g).sum() for",
            "(sum(np.sqrt((g * g).sum()) for",
        ),
        (
            "no lowest value",
            "np.maximum(np.minimum(g, highest), lowest)",
            "np.minimum(g, highest)",
        ),
        (
            "NaN moved into the range",
            "np.maximum(np.minimum(g, highest), lowest)",
            "np.fmax(np.fmin(g, highest), lowest)",
        ),
        (
            "norm returned as it is afterwards",
            "gradients), norm\n",
            "gradients), norm * scale\n",
        ),
    ),
    *faults_in(
        "training/batch_norm.py",
        "training/test_batch_norm.py",
        (
            "variance over N − 1",
            "((x - mean) ** 2).mean(axis=batch_axes)",
            "((x - mean) ** 2).mean(axis=batch_axes) * x[..., 0].size / (x[..., 0].size - 1)",
        ),
        (
            "variance about 0",
            "((x - mean) ** 2)",
            "(x**2)",
        ),
        (
            "momentum is what is new",
            "np.float32(1 - self.momentum)",
            "np.float32(self.momentum)",
        ),
        (
            "momentum rounded before it is taken from 1",
            "np.float32(1 - self.momentum)",
            "1 - np.float64(np.float32(self.momentum))",
        ),
        (
            "epsilon beside the root",
            'np.sqrt(batch["moving_variance"] + self.epsilon)',
            '(np.sqrt(batch["moving_variance"]) + self.epsilon)',
        ),
        (
            "normalised by the moving statistics in training",
            "new_moving = map_tree(lambda old, new: old - rate * (old - new), moving, batch)",
            "batch = new_moving = map_tree(lambda old, new: old - rate * (old - new), moving, batch)",
        ),
        (
            "statistics moved in inference too",
            'if check_flag("training", training):\n            batch',
            'if check_flag("training", training) or True:\n            batch',
        ),
        (
            "gradient does not go through the mean",
            " - through_mean - ",
            " - ",
        ),
        (
            "gradient does not go through the variance",
            " - through_variance\n",
            "\n",
        ),
        (
            "gradient through the batch in inference",
            "        if training:\n",
            "        if True:\n",
        ),
        (
            "γ left out on the way back",
            'd_x_hat = d_y * params.get("gamma", 1)',
            "d_x_hat = d_y",
        ),
        (
            "gradient of γ without x̂",
            "(d_y * x_hat).sum(axis=batch_axes)\n",
            "d_y.sum(axis=batch_axes)\n",
        ),
        (
            "gradient of β averaged",
            "d_y.sum(axis=batch_axes), (",
            "d_y.mean(axis=batch_axes), (",
        ),
        (
            "over the rows only",
            "batch_axes = tuple(range(x.ndim - 1))",
            "batch_axes = (0,)",
        ),
    ),
]
