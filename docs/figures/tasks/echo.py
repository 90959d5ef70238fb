"""The echo task: what it asks for, how it is learnt, and its training as an animation."""

import functools
from xml.etree import ElementTree

import numpy as np

from figures.style import BLUE, GREY, INK, ORANGE, RED, SVG, axes, picture, sheet, tile, write
from scratch.tasks.echo import PARTS, EchoTrainer, generate_data, init_params, train

WINDOWS, FRAMES, SECONDS = 400, 12, 1.5


@picture(
    "tasks/echo",
    "The echo task: each bit is said again three steps later",
    "A row of bits, and below it the labels: the same bits moved three places to the right, with three "
    "zeros in front. Arrows lead from each bit to its label.",
)
def echo_labels():
    x, labels = generate_data(np.random.default_rng(1), 14, 3, 1)
    figure, axis = sheet(20, 6.2)
    for name, values, y in (("x", x[0], 1), ("label", labels[0], 4)):
        write(axis, 2.2, y + 0.5, name)
        for step, bit in enumerate(values):
            made_up = name == "label" and step < 3
            tile(axis, 4 + step, y, bit, "soft grey" if made_up else "soft blue" if bit else "none")
    for step in range(11):
        axis.annotate(
            "", (7.5 + step, 4), (4.5 + step, 2), arrowprops={"arrowstyle": "-|>", "color": RED, "linewidth": 0.9}
        )
    write(axis, 11, 5.7, "time →", fontsize=9, color=GREY)
    return figure


@functools.cache
def run(part=3):
    """Return the first windows of a training run of the tutorial's part 3, one LSTM layer of 4 units."""
    rng = np.random.default_rng(2)
    trainer = EchoTrainer(PARTS[part], init_params(PARTS[part], rng))
    length = (WINDOWS * 15 + 10) * 5
    return list(train(trainer, rng, 1, length))


@picture(
    "tasks/echo",
    "Learning the echo task: the loss of each window",
    "The loss stays at 0.69, a guess, until the LSTM finds the echo; then it falls to near 0 within some "
    "hundred windows.",
)
def echo_loss():
    losses = [window.loss for window in run()]
    figure, axis = axes(6, 2.6)
    axis.plot(losses, color=BLUE, linewidth=1.1)
    axis.axhline(np.log(2), color=ORANGE, linestyle="--", linewidth=1.2)
    axis.annotate("guess: ln 2 = 0.69", (WINDOWS, np.log(2)), (0, 5), ha="right", textcoords="offset points")
    axis.set(xlabel="window", ylabel="loss", ylim=(0, 0.9))
    return figure


def animate(root: ElementTree.Element) -> None:
    """Show the frames one after another, for ever; where motion is not wanted, the last one alone."""
    for element in root.iter():
        frame = element.get("id", "")
        if frame.startswith("frame-"):
            number = int(frame.split("-")[1])
            element.set("class", f"frame frame{number}")
            if number < FRAMES - 1:
                element.set("visibility", "hidden")
    rules = [
        "@keyframes shown { 0% { visibility: visible } %.3f%% { visibility: hidden } 100%% { visibility: hidden } }"
    ]
    rules[0] = rules[0].replace("0% {", "0%% {", 1) % (100 / FRAMES)
    rules.append(f".frame {{ animation: shown {FRAMES * SECONDS}s steps(1, end) infinite }}")
    for number in range(FRAMES):
        rules.append(f".frame{number} {{ animation-delay: {(number - FRAMES) * SECONDS}s }}")
    style = ElementTree.Element(f"{{{SVG}}}style")
    style.text = "\n@media (prefers-reduced-motion: no-preference) {\n" + "\n".join(rules) + "\n}\n"
    root.insert(3, style)


@picture(
    "tasks/echo",
    "Echo training as an animation",
    "Twelve moments of a run. Above, one row of a window: bits, their echo, and the probability that the "
    "network gives to a 1 as a bar. Below, the loss with a dot at the moment. The bars are near one half "
    "at first and stand at the labels at the end.",
    finish=animate,
)
def echo_animation():
    windows = run()
    moments = np.linspace(0, len(windows) - 1, FRAMES).astype(int)
    figure, (top, bottom) = axes(6.2, 4.6, 2, 1, height_ratios=[3, 2])
    top.set(
        xlim=(-0.6, 14.6), ylim=(-0.9, 3.3), yticks=[2.7, 1.7, 0.5], xticks=range(0, 15, 2), xlabel="step of the window"
    )
    top.set_yticklabels(["x", "label", "p(1)"])
    top.grid(visible=False)
    bottom.plot([window.loss for window in windows], color=BLUE, linewidth=1)
    bottom.set(xlabel="window", ylabel="loss", ylim=(0, 0.9))
    for number, moment in enumerate(moments):
        window, names = windows[moment], iter(range(1000))

        def named(artist, number=number, names=names):
            artist.set_gid(f"frame-{number}-{next(names)}")
            artist.set_in_layout(False)

        for step in range(15):
            for y, bit in ((2.7, window.x[0, step]), (1.7, window.labels[0, step])):
                named(top.text(step, y, str(bit), ha="center", va="center"))
            (bar,) = top.bar([step], [window.probabilities[0, step, 1]], 0.7, color=BLUE)
            named(bar)
        named(top.text(14.5, -0.75, f"window {moment}: loss {window.loss:.2f}", ha="right", fontsize=9, color=INK))
        named(bottom.plot([moment], [window.loss], marker="o", markersize=8, color=RED)[0])
    return figure
