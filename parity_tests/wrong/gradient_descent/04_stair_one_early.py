# mistake: The stair falls one step early: (step + 1) // every.

def gradient_descent(params, gradients, learning_rate):
    """Take one step. The arrays that came in stay as they are.

    - ``params``, ``gradients``: dicts of arrays. ``learning_rate``: η.

    Return ``new_params``, a dict like ``params``.
    """
    return {name: theta - learning_rate * gradients[name] for name, theta in params.items()}


def staircase_rate(first_rate, rate, every, step):
    """Compute the learning rate of a step.

    - ``first_rate``: η_0. ``rate``: a number below 1. ``every``, ``step``: integers.

    Return ``learning_rate``, a number.
    """
    return first_rate * rate ** ((step + 1) // every)
