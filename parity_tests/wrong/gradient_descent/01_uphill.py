# mistake: The step goes up the gradient: plus instead of minus.

def gradient_descent(params, gradients, learning_rate):
    return {name: theta + learning_rate * gradients[name] for name, theta in params.items()}


def staircase_rate(first_rate, rate, every, step):
    return first_rate * rate ** (step // every)
