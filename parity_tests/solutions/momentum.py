"""Gradient descent with momentum (TensorFlow: MomentumOptimizer).

    a ← μ a + g
    θ ← θ − η a                    plain
    θ ← θ − η (g + μ a)            with Nesterov's look ahead; a is the new one

    params θ, gradients g, slots a: dicts of arrays with the same names and shapes   η, μ: numbers

The new a is used in the same step. The arrays that came in stay as they are.
"""


def momentum_step(params, gradients, slots, learning_rate, momentum):
    """Take one plain step.

    - ``params``, ``gradients``, ``slots``: dicts of arrays. ``learning_rate``: η. ``momentum``: μ.

    Return ``(new_params, new_slots)``: two dicts like ``params``.
    """
    # a ← μ a + g
    new_slots = {name: momentum * slots[name] + g for name, g in gradients.items()}
    # θ ← θ − η a
    new_params = {name: theta - learning_rate * new_slots[name] for name, theta in params.items()}
    return new_params, new_slots


def nesterov_step(params, gradients, slots, learning_rate, momentum):
    """Take one step with Nesterov's look ahead.

    - ``params``, ``gradients``, ``slots``: dicts of arrays. ``learning_rate``: η. ``momentum``: μ.

    Return ``(new_params, new_slots)``: two dicts like ``params``.
    """
    # a ← μ a + g
    new_slots = {name: momentum * slots[name] + g for name, g in gradients.items()}
    # θ ← θ − η (g + μ a)
    new_params = {
        name: theta - learning_rate * (gradients[name] + momentum * new_slots[name]) for name, theta in params.items()
    }
    return new_params, new_slots
