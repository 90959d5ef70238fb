# mistake: The root is missing: the gradient is divided by the slot itself.

def adagrad_step(params, gradients, slots, learning_rate):
    new_params, new_slots = {}, {}
    for name, g in gradients.items():
        a = slots[name] + g**2
        new_params[name] = params[name] - learning_rate * g / a
        new_slots[name] = a
    return new_params, new_slots
