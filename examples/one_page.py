"""A recurrent network learns to write, letter by letter: all of it on one page, with NumPy alone.
x [B, D] is a letter of each of B rows, one-hot; c, h [B, H] are the state; L is the loss; d_v is ∂L/∂v."""

import argparse

import numpy as np

# A nursery rhyme, printed in 1755. Each verse is the verse before with one more line in front.
LINES = "the house that Jack built.|the malt that lay in|the rat that ate|the cat that killed|the dog that worried"
LINES = [*LINES.split("|"), "the cow with the crumpled horn that tossed", "the maiden all forlorn that milked"]
TEXT = "".join("This is " + "\n".join(LINES[n::-1]) + "\n\n" for n in range(len(LINES)))
LETTERS = sorted(set(TEXT))
B, T, D, H, ETA = 4, 25, len(LETTERS), 64, 0.25  # rows, steps of a window, letters, units, learning rate


def rnn(z, c):
    return c, (h := np.tanh(z)), h  # h' = tanh(z)


def rnn_backward(h, d_c, d_h):
    return d_h * (1 - h * h), d_c  # tanh' = 1 − tanh²


def lstm(z, c):
    z_i, z_j, z_f, z_o = np.split(z, 4, axis=1)
    # i = σ(z_i)    f = σ(z_f + 1)    o = σ(z_o)    j = tanh(z_j)
    i, f, o = (1 / (1 + np.exp(-z)) for z in (z_i, z_f + 1, z_o))
    j = np.tanh(z_j)
    new_c = f * c + i * j  # c' = f ⊙ c + i ⊙ j
    phi_c = np.tanh(new_c)  # h' = o ⊙ tanh(c')
    return new_c, o * phi_c, (i, j, f, o, c, phi_c)


def lstm_backward(cache, d_c, d_h):
    i, j, f, o, c, phi_c = cache
    # h' = o ⊙ tanh(c')      c' is used here and by the next step: its two gradients add.
    d_o, d_c = d_h * phi_c, d_c + d_h * o * (1 - phi_c * phi_c)
    # c' = f ⊙ c + i ⊙ j
    d_i, d_j, d_f = d_c * j, d_c * i, d_c * c
    # i = σ(z_i)    j = tanh(z_j)    f = σ(z_f + 1)    o = σ(z_o)    σ' = σ (1 − σ)
    d_z = [d_i * i * (1 - i), d_j * (1 - j * j), d_f * f * (1 - f), d_o * o * (1 - o)]
    return np.concatenate(d_z, axis=1), d_c * f


CELLS = {"lstm": (lstm, lstm_backward, 4), "rnn": (rnn, rnn_backward, 1)}  # z is [B, 4H], or [B, H]


def step(cell, params, x, c, h):
    """Return c', h', the probabilities p [B, D] of the next letter, and what the way back needs."""
    # z = [x, h] W + b       y = h' W_y + b_y       p = softmax(y)
    xh = np.concatenate([x, h], axis=1)
    c, h, cache = CELLS[cell][0](xh @ params["W"] + params["b"], c)
    e = np.exp(h @ params["W_y"] + params["b_y"])
    return c, h, e / e.sum(axis=1, keepdims=True), (xh, h, cache)


def loss_and_gradients(cell, params, letters, labels, c, h):
    """Return L, ∂L/∂θ of all θ in params, and the last c and h; letters and labels are numbers [B, T]."""
    loss, tape, gradients, d_c, d_h = 0, [], dict.fromkeys(params, 0), 0 * c, 0 * h
    for x, label in zip(np.eye(D)[letters.T], np.eye(D)[labels.T], strict=True):
        c, h, p, kept = step(cell, params, x, c, h)
        loss -= (label * np.log(p)).sum() / labels.size  # L = − the mean of log p at the label
        tape.append((*kept, (p - label) / labels.size))  # ∂L/∂y = (p − label) / BT
    for xh, new_h, cache, d_y in reversed(tape):
        # h' is used by the output layer and by the next step: its two gradients add.
        d_z, d_c = CELLS[cell][1](cache, d_c, d_h + d_y @ params["W_y"].T)
        d_h = (d_z @ params["W"].T)[:, D:]
        for key, g in {"W": xh.T @ d_z, "b": d_z.sum(0), "W_y": new_h.T @ d_y, "b_y": d_y.sum(0)}.items():
            gradients[key] = gradients[key] + g  # All steps use the same weights: their gradients add.
    return loss, gradients, c, h


def gradient_error(cell, params, v, *batch):
    """Return the relative error of g·v for a direction v: L(θ + iεv) = L(θ) + iε g·v, and nothing is subtracted."""
    g = loss_and_gradients(cell, params, *batch)[1]
    moved = {key: theta + 1e-100j * v[key] for key, theta in params.items()}
    slope = loss_and_gradients(cell, moved, *batch)[0].imag / 1e-100
    return abs(sum((g[key] * v[key]).sum() for key in g) / slope - 1)


def adagrad(params, gradients, a):
    for key, g in gradients.items():
        a[key] = a.get(key, 0.1) + g * g  # a ← a + g²
        params[key] = params[key] - ETA * g / np.sqrt(a[key])  # θ ← θ − η g / √a


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cell", choices=CELLS, default="lstm")
    parser.add_argument("--seed", type=int, default=0, help="of the first weights and of the letters drawn")
    arguments = parser.parse_args(argv)
    if arguments.seed < 0:
        parser.error(f"--seed must be at least 0, but is {arguments.seed}")
    cell, rng, n = arguments.cell, np.random.default_rng(arguments.seed), CELLS[arguments.cell][2] * H
    shapes = {"W": (D + H, n), "b": (n,), "W_y": (H, D), "b_y": (D,)}
    params, v = ({key: rng.uniform(-1, 1, shape) / np.sqrt(H) for key, shape in shapes.items()} for _ in range(2))
    rows = np.reshape([LETTERS.index(letter) for letter in TEXT[: len(TEXT) // B * B]], (B, -1))
    windows = [(rows[:, t : t + T], rows[:, t + 1 : t + T + 1]) for t in range(0, rows.shape[1] - T, T)]
    error, a = gradient_error(cell, params, v, *windows[0], *rng.normal(size=(2, B, H))), {}
    print(f"The gradients agree with complex steps: they are off by {error:.0e} of their size.")
    for epoch in range(251):
        c, h = np.zeros((2, B, H))
        for letters, labels in windows:
            loss, gradients, c, h = loss_and_gradients(cell, params, letters, labels, c, h)
            adagrad(params, gradients, a)
        if epoch % 50 == 0:
            print(f"epoch {epoch:3}: loss {loss:.3f}")
    text, (c, h) = "T", np.zeros((2, 1, H))
    while len(text) < 400:
        c, h, p, _ = step(cell, params, np.eye(D)[[LETTERS.index(text[-1])]], c, h)
        text += LETTERS[rng.choice(D, p=p[0])]
    print(f"\n{text}\n\n{np.mean([word in TEXT.split() for word in text.split()]):.0%} are words of the rhyme.")
    return int(not error < 1e-12)


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except (KeyboardInterrupt, OSError) as error:  # Ctrl-C, or an output that has no room
        raise SystemExit(f"stopped before the end: {error!r}") from None
