# mistake: The root is taken of the old average r instead of the new one.

def rmsprop_step(params, gradients, rms, momenta, options):
    lr, decay = options["learning_rate"], options["decay"]
    mu, eps = options["momentum"], options["epsilon"]
    new_rms = {k: decay * rms[k] + (1 - decay) * gradients[k] ** 2 for k in rms}
    new_momenta = {k: mu * momenta[k] + lr * gradients[k] / (rms[k] + eps) ** 0.5 for k in rms}
    new_params = {k: params[k] - new_momenta[k] for k in rms}
    return new_params, new_rms, new_momenta
