"""What a temperature does to probabilities."""

import numpy as np

from figures.style import LINES, axes, picture
from scratch.training.losses import softmax

LOGITS = np.array([2.0, 1.4, 0.9, 0.2, -0.3, -1.0, -1.6])


@picture(
    "tasks/char_lm",
    "The same logits at three temperatures",
    "Probabilities of seven characters, the likeliest first. At temperature 0.5 the first has most of it, at 1 it is "
    "what the network says, at 2 they come close to one another.",
)
def temperatures():
    figure, axis = axes(6.2, 3)
    for style, temperature in zip(LINES, (0.5, 1.0, 2.0), strict=False):
        axis.plot(softmax(LOGITS / temperature), label=f"temperature {temperature:g}", **style)
    axis.set(xlabel="characters, the likeliest first", ylabel="probability", ylim=(0, None))
    axis.set_xticks(range(len(LOGITS)), list("e ,aotx"))
    axis.legend()
    return figure
