"""The runs that the equations of ``docs/training`` are held to: a layer, a loss or one step of an optimiser."""

import numpy as np

from parity_tests.equations.pages import forward
from parity_tests.equations.runs import Run
from scratch import (
    AdagradOptimizer,
    AdamOptimizer,
    BatchNormalization,
    Dense,
    Embedding,
    GradientDescentOptimizer,
    MomentumOptimizer,
    RMSPropOptimizer,
    clip_by_global_norm,
    clip_by_norm,
    clip_by_value,
    mask_by_length,
    masked_loss,
    masked_loss_backward,
    sequence_loss,
    sequence_loss_backward,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_backward,
    sparse_softmax_cross_entropy_with_logits,
)
from scratch.layer import Given
from scratch.training.layers import LastOutput
from scratch.training.schedules import CosineDecay, ExponentialDecay, InverseTimeDecay, PolynomialDecay

ROWS, STEPS, CLASSES = 4, 3, 5


def losses():
    rng = np.random.default_rng(0)
    y, labels = rng.standard_normal(CLASSES), rng.dirichlet(np.ones(CLASSES))
    loss, cache = softmax_cross_entropy_with_logits(labels[None], y[None])
    d_y = softmax_cross_entropy_with_logits_backward(cache, np.ones(1))
    given = {"y": y, "labels": labels, "p": cache.p[0], "loss": loss[0], "e": np.e}
    one = Run(given, gradients={"loss/y": d_y[0]}, ranges={"k": range(CLASSES), "m": range(CLASSES)})
    return [one, *(masked_run(rng, mean) for mean in ("steps", "examples"))]


def batch(rng):
    """Return labels and logits of a padded batch, with rows of lengths 0, 1 and T."""
    return rng.integers(1, CLASSES, (ROWS, STEPS)), rng.standard_normal((ROWS, STEPS, CLASSES))


def masked_run(rng, mean):
    labels, logits = batch(rng)
    mask = mask_by_length(labels, [3, 0, 1, 2])
    ell, cross_entropy = sparse_softmax_cross_entropy_with_logits(labels, logits)
    lengths = mask.sum(axis=1)
    # A row of no steps has the share 0 whatever it is divided by.
    given = {"n": lengths.sum(), "n[]": np.maximum(lengths, 1), "B'": np.count_nonzero(lengths), "ell": ell}
    for name, option in (("over steps", "steps"), ("over examples", "examples")):
        given[name] = masked_loss(labels, logits, mask, option)[0]
    _, cache = masked_loss(labels, logits, mask, mean)
    given |= {"mask": mask.astype(float), "share": cache.share, "p": cross_entropy.p, "labels": np.eye(CLASSES)[labels]}
    gradients = {"loss/y": masked_loss_backward(cache)}
    return Run(given, gradients=gradients, ranges={"b": range(ROWS), "t": range(STEPS)})


def weighted_loss():
    rng = np.random.default_rng(0)
    targets, logits = batch(rng)
    weights = rng.uniform(0.1, 1, (ROWS, STEPS))
    ell, cross_entropy = sparse_softmax_cross_entropy_with_logits(targets, logits)
    loss, cache = sequence_loss(logits, targets, weights)
    given = {"loss": loss, "share": cache.share, "ell": ell, "w": weights, "size": weights.sum()}
    given |= {"p": cross_entropy.p, "targets": np.eye(CLASSES)[targets]}
    gradients = {"L/loss": 0.7, "L/y": sequence_loss_backward(cache, 0.7)}
    return [Run(given, gradients=gradients, ranges={"b": range(ROWS), "t": range(STEPS)})]


def dense():
    rng = np.random.default_rng(0)
    layer = Dense(CLASSES)
    params = {name: rng.standard_normal(shape) for name, shape in layer.param_shapes(STEPS).items()}
    x, d_y = rng.standard_normal((ROWS, STEPS)), rng.standard_normal((ROWS, CLASSES))
    y, cache = layer.forward(params, x)
    d_x, d_params = layer.backward(params, cache, d_y)
    given = {"x": x, "W": params["kernel"], "b": params["bias"]}
    gradients = {"L/x": d_x, "L/W": d_params["kernel"], "L/b": d_params["bias"]}
    return [Run(given, forward("training/dense"), {"y": y}, gradients, {"y": d_y}, {"n": range(ROWS)})]


def embedding():
    rng = np.random.default_rng(0)
    words, width = 6, 2
    table = rng.standard_normal((words, width))
    # Word 5 does not come, 2 comes three times.
    numbers = np.array([[2, 0, 2], [1, 3, 2], [4, 4, 1], [0, 1, 3]])
    layer = Embedding(words, width)
    vectors, cache = layer.forward({"embeddings": table}, numbers)
    d_x = rng.standard_normal(vectors.shape)
    d_table = layer.backward({"embeddings": table}, cache, d_x)["embeddings"]
    one = Run({"E": table, "n": 3, "x": vectors[1, 1]})
    ranges = {"b": range(ROWS), "t": range(STEPS), "m": range(words)}
    return [one, Run({"n": numbers}, gradients={"L/E": d_table, "L/x": d_x}, ranges=ranges)]


def layers():
    rng = np.random.default_rng(0)
    h, lengths, d_y = rng.standard_normal((ROWS, STEPS, 2)), np.array([3, 0, 2, 1]), rng.standard_normal((ROWS, 2))
    layer = LastOutput()
    y, kept = layer.forward({}, h, Given(sequence_length=lengths))
    d_h, _ = layer.backward({}, kept, d_y)
    ranges = {"b": range(ROWS), "t": range(STEPS)}
    return [Run({"h": h, "T[]": lengths, "y": y}, gradients={"L/h": d_h, "L/y": d_y}, ranges=ranges)]


def taken(optimizer, names, numbers, steps=1):
    """Return the run of a step of an optimiser; ``names`` are those of its slots, ``numbers`` those of its options."""
    rng = np.random.default_rng(0)
    params, slots = {"w": rng.standard_normal((2, 3))}, None
    slots = optimizer.init_slots(params)
    for _ in range(steps):
        gradients = {"w": rng.standard_normal((2, 3))}
        old, old_slots = params, slots
        params, slots = optimizer.apply_gradients(params, gradients, slots)
    given = {"theta": old["w"], "theta←": params["w"], "g": gradients["w"]}
    for name, slot in names.items():
        given |= {name: old_slots[slot]["w"], f"{name}←": slots[slot]["w"]}
    return Run(given | {name: rounded(value) for name, value in numbers.items()}, entrywise=True)


def rounded(value):
    """Return a number as the optimisers use it."""
    return float(np.float32(value)) if isinstance(value, float) else value


def optimizers():
    descent = taken(GradientDescentOptimizer(0.3), {}, {"eta": 0.3})
    return [descent, taken(AdagradOptimizer(0.3), {"a": "accumulator"}, {"eta": 0.3}, steps=2)]


def momentum():
    numbers = {"eta": 0.3, "mu": 0.6}
    heavy = taken(MomentumOptimizer(0.3, 0.6), {"a": "momentum"}, numbers, steps=3)
    ahead = taken(MomentumOptimizer(0.3, 0.6, use_nesterov=True), {"a": "momentum"}, numbers, steps=3)
    # The variable is φ, and θ is where Nesterov's own form stands.
    given = ahead.given
    eta, mu, phi, new_phi, a, new_a = (given[name] for name in ("eta", "mu", "theta", "theta←", "a", "a←"))
    ahead.given = {"eta": eta, "mu": mu, "a": a, "a'": new_a, "phi": phi, "phi'": new_phi, "g": given["g"]}
    ahead.given |= {"theta": phi + eta * mu * a, "theta'": new_phi + eta * mu * new_a}
    gradient_at = Run({**ahead.given, "g": {"at": given["g"]}}, entrywise=True)
    gradient_at.given["g"] = lambda place: np.where(place == phi, given["g"], np.nan)
    return [heavy, ahead, gradient_at]


def rmsprop():
    numbers = {"eta": 0.3, "rho": 0.7, "mu": 0.6, "epsilon": 0.01}
    options = {"decay": 0.7, "momentum": 0.6, "epsilon": 0.01}
    names = {"r": "rms", "a": "momentum"}
    plain = taken(RMSPropOptimizer(0.3, **options), names, numbers, steps=3)
    centred = taken(RMSPropOptimizer(0.3, centered=True, **options), names | {"q": "mg"}, numbers, steps=3)
    return [plain, centred]


def adam():
    count, beta1, beta2, hat = 4, 0.75, 0.875, 0.0625
    optimizer = AdamOptimizer(0.3, beta1=beta1, beta2=beta2, epsilon=hat)
    numbers = {"eta": 0.3, "beta_1": beta1, "beta_2": beta2, "hat epsilon": hat, "t": count}
    step = taken(optimizer, {"m": "m", "v": "v"}, numbers, steps=count)
    # The paper's own ε, of which TensorFlow's is made.
    paper = {name: step.given[name] for name in ("m", "v", "beta_1", "beta_2", "t", "hat epsilon")}
    paper["epsilon"] = hat / np.sqrt(1 - beta2**count)
    rng, gradients, means = np.random.default_rng(1), {}, {}
    params = {"w": rng.standard_normal(3)}
    slots = optimizer.init_slots(params)
    for t in range(1, count + 1):
        gradients[t] = rng.standard_normal(3)
        params, slots = optimizer.apply_gradients(params, {"w": gradients[t]}, slots)
        means[t] = slots["m"]["w"]
    given = {"m": means, "g": gradients, "beta_1": beta1}
    means = Run(given, ranges={"t": range(1, count + 1)}, entrywise=True)
    # Where the gradients are all their own mean, so is what is made of them.
    params, slots, constant = {"w": np.ones(1)}, optimizer.init_slots({"w": np.ones(1)}), {}
    for t in range(1, count + 1):
        params, slots = optimizer.apply_gradients(params, {"w": np.full(1, 0.3)}, slots)
        constant[t] = slots["m"]["w"][0]
    given = {"m": constant, "g": 0.3, "E": lambda value: value, "beta_1": beta1}
    return [step, Run(paper, entrywise=True), means, Run(given, ranges={"t": range(1, count + 1)}, entrywise=True)]


def clipping():
    rng = np.random.default_rng(0)
    runs = []
    for length, sizes in ((0.5, (2, 3)), (30.0, (2, 3))):
        gradients = {"w": rng.standard_normal(sizes), "v": rng.standard_normal(4)}
        given = {"g": gradients["w"], "c": length, "lowest": -0.3, "highest": 0.2}
        together, norm = clip_by_global_norm(gradients, length)
        clipped = [clip_by_value(gradients, -0.3, 0.2), clip_by_norm(gradients, length), together]
        given["N"] = float(norm)
        # Each must hold for gradients that are too long and for such as are not.
        runs += [Run({**given, "g←": new["w"]}, entrywise=True, group=way) for way, new in enumerate(clipped)]
    return runs


def batch_norm():
    rng = np.random.default_rng(0)
    rows, feature, rate = 5, 1, 0.75
    layer = BatchNormalization(momentum=rate, epsilon=0.01)
    params = {name: rng.standard_normal(shape) for name, shape in layer.param_shapes(2).items()}
    moving = {"moving_mean": rng.standard_normal(2), "moving_variance": rng.uniform(1, 2, 2)}
    x, d_y = rng.standard_normal((rows, 2)), rng.standard_normal((rows, 2))
    y, new_moving, cache = layer.forward(params, moving, x, training=True)
    d_x, d_params = layer.backward(params, cache, d_y)

    def by_row(array):
        return {n: array[n, feature] for n in range(rows)}

    given = {"x": by_row(x), "gamma": params["gamma"][feature], "beta": params["beta"][feature]}
    given |= {"epsilon": 0.01, "N": rows}
    known = {"y": by_row(y), "hat x": by_row(cache.x_hat), "s": cache.inverse[feature]}
    gradients = {f"L/{name}": value[feature] for name, value in d_params.items()} | {"L/x": by_row(d_x)}
    also = (r"s = 1 / \sqrt{\sigma^2 + \epsilon}", r"\hat x_n = (x_n - \mu)\, s")
    ranges = {"n": range(rows), "m": range(rows)}
    equations = forward("training/batch_norm", also)
    run = Run(given, equations, known, gradients, {"y": d_y[:, feature]}, ranges, entrywise=True)
    run.given["g"] = {n: run.step("hat x", (n,)) for n in range(rows)}
    statistics = layer.statistics(x)
    averages = [
        Run({"moving": moving[name], "moving←": new_moving[name], "batch": statistics[name], "momentum": rate})
        for name in moving
    ]
    return [run, *averages]


def schedules():
    found = []
    for n in (3, 5):
        given = {"eta_0": 0.3, "n": n, "N": 7, "rho": 0.6, "eta_end": 0.05, "p": 2.0, "alpha": 0.2, "pi": np.pi}
        for schedule in (
            ExponentialDecay(0.3, 7, 0.6),
            InverseTimeDecay(0.3, 7, 0.6),
            PolynomialDecay(0.3, 7, 0.05, 2.0),
            CosineDecay(0.3, 7, 0.2),
        ):
            found.append(Run(given | {"eta": schedule(n)}))
    return found


RUNS = {
    "training/losses": losses,
    "training/sequence_loss": weighted_loss,
    "training/dense": dense,
    "training/embedding": embedding,
    "training/layers": layers,
    "training/optimizers": optimizers,
    "training/momentum": momentum,
    "training/rmsprop": rmsprop,
    "training/adam": adam,
    "training/clipping": clipping,
    "training/batch_norm": batch_norm,
    "training/schedules": schedules,
}
