# mistake: The parameters that came in are changed in place by -= in the plain step.

def momentum_step(params, gradients, slots, learning_rate, momentum):
    new_slots = {}
    for k in params:
        new_slots[k] = slots[k] * momentum + gradients[k]
        params[k] -= learning_rate * new_slots[k]
    return params, new_slots


def nesterov_step(params, gradients, slots, learning_rate, momentum):
    new_params, new_slots = {}, {}
    for k in params:
        new_slots[k] = slots[k] * momentum + gradients[k]
        new_params[k] = params[k] - learning_rate * (gradients[k] + momentum * new_slots[k])
    return new_params, new_slots
