# mistake: The momentum is not used: a holds only the new part.
# mistake: The step goes up the gradient: theta + a.

import numpy as np


def rmsprop_step(params, gradients, rms, momenta, options):
    new_params, new_rms, new_momenta = {}, {}, {}
    for name in params:
        g = gradients[name]
        new_rms[name] = options["decay"] * rms[name] + (1 - options["decay"]) * np.square(g)
        new_momenta[name] = options["learning_rate"] * g / np.sqrt(new_rms[name] + options["epsilon"])
        new_params[name] = params[name] + new_momenta[name]
    return new_params, new_rms, new_momenta
