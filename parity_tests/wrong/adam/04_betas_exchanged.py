# mistake: The two betas are exchanged.

def adam_step(params, gradients, m, v, t, options):
    lr, eps = options["learning_rate"], options["epsilon"]
    b2, b1 = options["beta1"], options["beta2"]

    def one(theta, g, first, second):
        first = first + (1 - b1) * (g - first)
        second = second + (1 - b2) * (g * g - second)
        rate = lr * (1 - b2**t) ** 0.5 / (1 - b1**t)
        return theta - rate * first / (second**0.5 + eps), first, second

    results = {key: one(params[key], gradients[key], m[key], v[key]) for key in params}
    new_params, new_m, new_v = ({key: value[place] for key, value in results.items()} for place in range(3))
    return new_params, new_m, new_v
