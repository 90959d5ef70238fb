# mistake: The exponent is s / every, so the rate falls smoothly and not in stairs.

def gradient_descent(params, gradients, learning_rate):
    # θ ← θ − η g
    return {name: theta - learning_rate * gradients[name] for name, theta in params.items()}


def staircase_rate(first_rate, rate, every, step):
    # η_s = η_0 · rate^(s // every)
    return first_rate * rate ** (step / every)
