# mistake: Nesterov's look ahead uses the old slot instead of the new one.

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
        name: theta - learning_rate * (gradients[name] + momentum * slots[name]) for name, theta in params.items()
    }
    return new_params, new_slots
