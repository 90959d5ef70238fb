# mistake: The gradient is weighed with 1 - momentum, as in a moving average.

def momentum_step(params, gradients, slots, learning_rate, momentum):
    # a ← μ a + g
    new_slots = {name: momentum * slots[name] + (1 - momentum) * g for name, g in gradients.items()}
    # θ ← θ − η a
    new_params = {name: theta - learning_rate * new_slots[name] for name, theta in params.items()}
    return new_params, new_slots


def nesterov_step(params, gradients, slots, learning_rate, momentum):
    # a ← μ a + g
    new_slots = {name: momentum * slots[name] + g for name, g in gradients.items()}
    # θ ← θ − η (g + μ a)
    new_params = {
        name: theta - learning_rate * (gradients[name] + momentum * new_slots[name]) for name, theta in params.items()
    }
    return new_params, new_slots
