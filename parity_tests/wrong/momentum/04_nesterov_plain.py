# mistake: The Nesterov step is the plain step; the look ahead is missing.

def momentum_step(params, gradients, slots, learning_rate, momentum):
    new_params, new_slots = {}, {}
    for k, theta in params.items():
        a = slots[k] * momentum + gradients[k]
        new_slots[k] = a
        new_params[k] = theta - learning_rate * a
    return new_params, new_slots


def nesterov_step(params, gradients, slots, learning_rate, momentum):
    return momentum_step(params, gradients, slots, learning_rate, momentum)
