# mistake: The slot sums the gradients and not their squares.

def adagrad_step(params, gradients, slots, learning_rate):
    new_params = dict(params)
    new_slots = dict(slots)
    for key in new_params:
        new_slots[key] = new_slots[key] + abs(gradients[key])
        new_params[key] = new_params[key] - learning_rate * gradients[key] / new_slots[key] ** 0.5
    return new_params, new_slots
