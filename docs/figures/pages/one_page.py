"""A real run of ``examples/one_page.py``: its loss, and the gates along a line of its rhyme."""

import functools
from typing import NamedTuple

import numpy as np

from examples import one_page
from figures.style import BLUE, GREY, LINES, ORANGE, axes, blank, heat, picture, write
from scratch import clip_by_global_norm


class Run(NamedTuple):
    params: dict
    losses: np.ndarray


@functools.cache
def train(cell, seed, epochs, clip_norm=None):
    """Return the weights, and the loss of each window, of the program's own loop; with clipping, if asked for."""
    rng, n = np.random.default_rng(seed), one_page.CELLS[cell][2] * one_page.H
    shapes = {"W": (one_page.D + one_page.H, n), "b": (n,), "W_y": (one_page.H, one_page.D), "b_y": (one_page.D,)}
    params = {key: rng.uniform(-1, 1, shape) / np.sqrt(one_page.H) for key, shape in shapes.items()}
    size, width = one_page.B, one_page.T
    numbers = [one_page.LETTERS.index(letter) for letter in one_page.TEXT[: len(one_page.TEXT) // size * size]]
    rows, a, losses = np.reshape(numbers, (size, -1)), {}, []
    for _ in range(epochs):
        c, h = np.zeros((2, size, one_page.H))
        for t in range(0, rows.shape[1] - width, width):
            window = rows[:, t : t + width], rows[:, t + 1 : t + width + 1]
            loss, gradients, c, h = one_page.loss_and_gradients(cell, params, *window, c, h)
            if clip_norm:
                gradients, _ = clip_by_global_norm(gradients, clip_norm)
            one_page.adagrad(params, gradients, a)
            losses.append(loss)
    return Run(params, np.array(losses))


EPOCHS, UNITS = 100, 6


@picture(
    "start",
    "Learning to write: the loss of the LSTM of the first page",
    "The loss of each window falls from 3.2, a blind guess among the letters, to below 0.1. A dashed line "
    "marks the blind guess.",
)
def one_page_loss():
    losses = train("lstm", 0, EPOCHS).losses
    figure, axis = axes(6, 2.7)
    axis.plot(losses, color=BLUE, linewidth=1.2)
    guess = np.log(one_page.D)
    axis.axhline(guess, color=ORANGE, linestyle="--", linewidth=1.2)
    axis.annotate(
        f"blind guess: ln {one_page.D} = {guess:.2f}",
        (len(losses), guess),
        (0, -14),
        ha="right",
        textcoords="offset points",
    )
    axis.set(xlabel="window", ylabel="loss", ylim=(0, None))
    return figure


def gates(text):
    """Return ``{name: [H, T]}``: gates and memory of the trained LSTM along a text."""
    params = train("lstm", 0, EPOCHS).params
    c, h = np.zeros((2, 1, one_page.H))
    found = {"i": [], "f": [], "o": [], "|c|": []}
    for letter in text:
        x = np.eye(one_page.D)[[one_page.LETTERS.index(letter)]]
        c, h, _, (_, _, (i, _, f, o, _, _)) = one_page.step("lstm", params, x, c, h)
        for name, value in (("i", i), ("f", f), ("o", o), ("|c|", np.abs(c))):
            found[name].append(value[0])
    return {name: np.array(values).T for name, values in found.items()}


@picture(
    "cells/lstm",
    "The gates of a trained LSTM along a line of text",
    "Six units of the LSTM of the first page, reading the line This is the malt that lay in. Four tables, "
    "one column a letter: the gates i, f and o between 0 and 1, and the size of the memory c. The darker, "
    "the larger.",
)
def gates_over_time():
    text = "This is the malt that lay in"
    figure, four = axes(6.4, 5.8, 4, 1)
    for axis, (name, values) in zip(four, gates(text).items(), strict=True):
        heat(blank(axis, len(text), 7.6), values[:UNITS], largest=values[:UNITS].max() if name == "|c|" else 1)
        axis.text(-0.8, UNITS / 2, name, ha="right", va="center", fontsize=12)
        for place, letter in enumerate(text):
            write(axis, place + 0.5, UNITS + 0.9, letter, fontsize=9.5)
    return figure


@picture(
    "cells/lstm",
    "How the gradient of a trained LSTM reaches back",
    "The loss at the last letter of a line, and the norm of its gradient with respect to each letter "
    "before it, as bars on a logarithmic axis under the letters.",
)
def reaches_back():
    text = "This is the dog that worried"
    params = train("lstm", 0, EPOCHS).params
    c, h = np.zeros((2, 1, one_page.H))
    tape = []
    for letter in text:
        c, h, p, (_, _, cache) = one_page.step(
            "lstm", params, np.eye(one_page.D)[[one_page.LETTERS.index(letter)]], c, h
        )
        tape.append(cache)
    d_y = p - np.eye(one_page.D)[[one_page.LETTERS.index("\n")]]
    d_c, d_h, norms = np.zeros((1, one_page.H)), d_y @ params["W_y"].T, []
    for cache in reversed(tape):
        d_z, d_c = one_page.lstm_backward(cache, d_c, d_h)
        d_xh = d_z @ params["W"].T
        d_h = d_xh[:, one_page.D :]
        norms.append(np.linalg.norm(d_xh[:, : one_page.D]))
    figure, axis = axes(6.2, 2.6)
    axis.bar(range(len(text)), norms[::-1], color=LINES[0]["color"])
    axis.set(yscale="log", ylabel="‖∂L/∂x‖")
    axis.set_xticks(range(len(text)), [letter if letter != " " else "␣" for letter in text])
    axis.set_xlabel("letter; the loss is that of the line's end, after the last one", color=GREY)
    return figure
