# mistake: The plain step is taken with the old slot.

def momentum_step(params, gradients, slots, learning_rate, momentum):
    new_slots = {name: momentum * slots[name] + g for name, g in gradients.items()}
    new_params = {name: theta - learning_rate * slots[name] for name, theta in params.items()}
    return new_params, new_slots


def nesterov_step(params, gradients, slots, learning_rate, momentum):
    new_slots = {name: momentum * slots[name] + g for name, g in gradients.items()}
    new_params = {
        name: theta - learning_rate * (gradients[name] + momentum * new_slots[name]) for name, theta in params.items()
    }
    return new_params, new_slots
