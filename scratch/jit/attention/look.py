"""The look at a window: softmax and weighted sum of each row at one step, and their adjoint.

The equations are those of ``scratch/cells/attention.py``. What has come out is kept once, a row for each step, and S is
the K rows before this step. S W_a is kept beside it, so each output is multiplied by W_a once, not K times.
"""

from typing import NamedTuple

from scratch.arrays import Array, Float
from scratch.compiling.compiler import kernel
from scratch.jit.machine.activations import exp, tanh
from scratch.jit.machine.vector import lanes, load, store, total


class Look(NamedTuple):
    """What a step looks at, and what it sees; going back, the gradients of each.

    - ``window``, ``projected``: S and S W_a, the rows of a step behind those of the step before.
    - ``ranks``: how many rows lie between S_k and S_{k+1} of one row of the batch.
    - ``q``: q W_q + b_q. ``v``: one row. ``alpha``: K columns or more. ``u``: u'.
    """

    window: Float[Array, "K*ranks A"]
    projected: Float[Array, "K*ranks V"]
    q: Float[Array, "live V"]
    v: Float[Array, "1 V"]
    alpha: Float[Array, "live K"]
    u: Float[Array, "live A"]


@kernel
def attend(look: Look, length: int, ranks: int) -> None:
    """Compute α and u' of all rows of a step, given the other parts of ``look``."""
    alpha = look.alpha
    for r in range(look.q.shape[0]):
        for k in range(length):
            # e_k = v · tanh(S_k W_a + q W_q + b_q)
            e = load(look.v, 0, 0) * tanh(load(look.projected, k * ranks + r, 0) + load(look.q, r, 0))
            for n in range(lanes(alpha), look.q.shape[1], lanes(alpha)):
                e = e + load(look.v, 0, n) * tanh(load(look.projected, k * ranks + r, n) + load(look.q, r, n))
            alpha[r, k] = total(e)
        # α = softmax(e)     the largest score taken off first: no exp can overflow, and α stays the same
        largest = alpha[r, 0]
        for k in range(1, length):
            if alpha[r, k] > largest:
                largest = alpha[r, k]
        for n in range(0, alpha.shape[1], lanes(alpha)):
            store(alpha, r, n, exp(load(alpha, r, n) - largest))
        all_of_it = alpha[r, 0]
        for k in range(1, length):
            all_of_it += alpha[r, k]
        for k in range(length):
            alpha[r, k] /= all_of_it
        # u' = Σ_k α_k S_k
        for n in range(0, look.u.shape[1], lanes(alpha)):
            u = load(look.window, r, n) * alpha[r, 0]
            for k in range(1, length):
                u = u + load(look.window, k * ranks + r, n) * alpha[r, k]
            store(look.u, r, n, u)


@kernel
def attend_back(look: Look, d: Look, length: int, ranks: int) -> None:
    """The adjoint: from ∂L/∂u' to ∂L/∂(q W_q + b_q); and what it adds to those of S, S W_a and v."""
    alpha, d_alpha = look.alpha, d.alpha
    for r in range(look.q.shape[0]):
        # u' = Σ_k α_k S_k
        for k in range(length):
            row = k * ranks + r
            products = load(d.u, r, 0) * load(look.window, row, 0)
            for n in range(lanes(alpha), d.u.shape[1], lanes(alpha)):
                products = products + load(d.u, r, n) * load(look.window, row, n)
            d_alpha[r, k] = total(products)
            for n in range(0, d.u.shape[1], lanes(alpha)):
                store(d.window, row, n, load(d.window, row, n) + load(d.u, r, n) * alpha[r, k])
        # α = softmax(e)     ∂α_k/∂e_l = α_k (δ_kl − α_l)
        mean = alpha[r, 0] * d_alpha[r, 0]
        for k in range(1, length):
            mean += alpha[r, k] * d_alpha[r, k]
        for n in range(0, look.q.shape[1], lanes(alpha)):
            v, d_v = load(look.v, 0, n), load(d.v, 0, n)
            d_q = v * 0
            for k in range(length):
                row, d_e = k * ranks + r, alpha[r, k] * (d_alpha[r, k] - mean)
                # e_k = v · t_k     t_k = tanh(S_k W_a + q W_q + b_q)
                t = tanh(load(look.projected, row, n) + load(look.q, r, n))
                d_v = d_v + t * d_e
                d_z = v * d_e * (1 - t * t)
                store(d.projected, row, n, load(d.projected, row, n) + d_z)
                # One q and one b_q serve all k: their gradients add.
                d_q = d_q + d_z
            store(d.q, r, n, d_q)
            store(d.v, 0, n, d_v)
