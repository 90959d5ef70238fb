"""The optimisers, compiled: one pass over all parameters, which lie one after the other in one array, in place.

Each line stands under its equation, which is that of the optimiser's own file in ``scratch/training``, and rounds as
NumPy does: the same weights to the last bit. Products that something is added to are therefore rounded by themselves.
"""

from scratch.arrays import Array
from scratch.compiling.compiler import inlined, kernel
from scratch.jit.machine.register import rounded_product, square_root
from scratch.jit.machine.vector import lanes, load, store

DESCENT, ADAGRAD, MOMENTUM, NESTEROV, RMSPROP, CENTERED, ADAM = range(7)


@inlined
def descend(numbers: Array, theta: Array, g: Array, k: int) -> None:
    # θ ← θ − η g
    store(theta, 0, k, load(theta, 0, k) - rounded_product(load(g, 0, k), numbers[0, 0]))


@inlined
def adagrad(numbers: Array, theta: Array, g: Array, slots: Array, k: int) -> None:
    gradient = load(g, 0, k)
    # a ← a + g²
    a = load(slots, 0, k) + rounded_product(gradient, gradient)
    store(slots, 0, k, a)
    # θ ← θ − η g / √a
    store(theta, 0, k, load(theta, 0, k) - gradient * numbers[0, 0] / square_root(a))


@inlined
def momentum(numbers: Array, theta: Array, g: Array, slots: Array, nesterov: bool, k: int) -> None:
    eta, mu, direction = numbers[0, 0], numbers[0, 1], load(g, 0, k)
    # a ← μ a + g
    a = rounded_product(load(slots, 0, k), mu) + direction
    store(slots, 0, k, a)
    # θ ← θ − η a          θ ← θ − η (g + μ a)
    direction = direction + rounded_product(a, mu) if nesterov else a
    store(theta, 0, k, load(theta, 0, k) - rounded_product(direction, eta))


@inlined
def rmsprop(numbers: Array, theta: Array, g: Array, slots: Array, centered: bool, k: int) -> None:
    eta, rate, mu, epsilon = numbers[0, 0], numbers[0, 1], numbers[0, 2], numbers[0, 3]
    gradient, r = load(g, 0, k), load(slots, 0, k)
    # r ← r + (1 − ρ) (g² − r)
    r = r + rounded_product(rounded_product(gradient, gradient) - r, rate)
    store(slots, 0, k, r)
    if centered:
        # q ← q + (1 − ρ) (g − q)          r − q²
        q = load(slots, 1, k)
        q = q + rounded_product(gradient - q, rate)
        store(slots, 1, k, q)
        r = r - rounded_product(q, q)
    # a ← μ a + η g / √(r + ε)
    last = 2 if centered else 1
    a = rounded_product(load(slots, last, k), mu) + gradient * eta / square_root(r + epsilon)
    store(slots, last, k, a)
    # θ ← θ − a
    store(theta, 0, k, load(theta, 0, k) - a)


@inlined
def adam(numbers: Array, theta: Array, g: Array, slots: Array, k: int) -> None:
    eta_t, rate1, rate2, epsilon = numbers[0, 0], numbers[0, 1], numbers[0, 2], numbers[0, 3]
    gradient, m, v = load(g, 0, k), load(slots, 0, k), load(slots, 1, k)
    # m ← m + (1 − β₁) (g − m)
    m = m + rounded_product(gradient - m, rate1)
    store(slots, 0, k, m)
    # v ← v + (1 − β₂) (g² − v)
    v = v + rounded_product(rounded_product(gradient, gradient) - v, rate2)
    store(slots, 1, k, v)
    # θ ← θ − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε̂)
    store(theta, 0, k, load(theta, 0, k) - m * eta_t / (square_root(v) + epsilon))


@kernel
def update(kind: int, numbers: Array, theta: Array, g: Array, slots: Array, first: int, last: int) -> None:
    """Take the step of an optimiser with the numbers ``first`` to ``last`` of theta [1, P], whole registers of them.

    ``g`` [1, P] are gradients, ``slots`` [S, P] what the optimiser remembers, ``numbers`` [1, n] its hyper-parameters.
    """
    for k in range(first, last, lanes(theta)):
        if kind == DESCENT:
            descend(numbers, theta, g, k)
        elif kind == ADAGRAD:
            adagrad(numbers, theta, g, slots, k)
        elif kind == MOMENTUM or kind == NESTEROV:
            momentum(numbers, theta, g, slots, kind == NESTEROV, k)
        elif kind == ADAM:
            adam(numbers, theta, g, slots, k)
        else:
            rmsprop(numbers, theta, g, slots, kind == CENTERED, k)
