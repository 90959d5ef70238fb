# mistake: The rate is multiplied by rate times the number of stairs instead of to that power.

def gradient_descent(params, gradients, learning_rate):
    new_params = {}
    for key in gradients:
        new_params[key] = params[key] - gradients[key] * learning_rate
    return new_params


def staircase_rate(first_rate, rate, every, step):
    stairs = step // every
    return first_rate * rate * stairs if stairs else first_rate
