"""Gradient descent with momentum (TensorFlow: MomentumOptimizer).

    a ← μ a + g
    θ ← θ − η a                    plain
    θ ← θ − η (g + μ a)            with Nesterov's look ahead; a is the new one

    params θ, gradients g, slots a: dicts of arrays with the same names and shapes   η, μ: numbers

The new a is used in the same step. The arrays that came in stay as they are.

Exercise 34 of 38; the lesson is docs/training/momentum.md. Write the code where it says NotImplementedError, then:

    python -m parity_tests.grade examples/exercises/momentum.py

Results may be a tuple in the order given, or a dict with the names given. Do not change an array that came in.
Every function is called with the results of a correct forward pass, so the parts can be written in any order.
"""


def momentum_step(params, gradients, slots, learning_rate, momentum):
    """Take one plain step.

    - ``params``, ``gradients``, ``slots``: dicts of arrays. ``learning_rate``: η. ``momentum``: μ.

    Return ``(new_params, new_slots)``: two dicts like ``params``.
    """
    # a ← μ a + g
    # θ ← θ − η a
    raise NotImplementedError


def nesterov_step(params, gradients, slots, learning_rate, momentum):
    """Take one step with Nesterov's look ahead.

    - ``params``, ``gradients``, ``slots``: dicts of arrays. ``learning_rate``: η. ``momentum``: μ.

    Return ``(new_params, new_slots)``: two dicts like ``params``.
    """
    # a ← μ a + g
    # θ ← θ − η (g + μ a)
    raise NotImplementedError
