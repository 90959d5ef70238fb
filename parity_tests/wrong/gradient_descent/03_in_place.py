# mistake: The parameters that came in are changed in place.

def gradient_descent(params, gradients, learning_rate):
    for key in params:
        params[key] -= learning_rate * gradients[key]
    return params


def staircase_rate(first_rate, rate, every, step):
    learning_rate = first_rate
    for _ in range(step // every):
        learning_rate *= rate
    return learning_rate
