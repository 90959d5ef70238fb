"""A lookup, and its gradient: rows picked out, and gradients added up where a word comes twice."""

import numpy as np

from figures.style import RED, picture, sheet, tile, write
from scratch import Embedding

NUMBERS = [2, 0, 2]


@picture(
    "training/embedding",
    "A lookup picks rows, and its gradient adds up rows",
    "A table of four rows. The sentence 2, 0, 2 picks rows 2, 0 and 2. On the way back the gradients of "
    "the two places of word 2 are added in row 2; rows 1 and 3 get exactly 0.",
)
def lookup():
    layer = Embedding(4, 2)
    params = {"embeddings": np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6], [0.7, 0.8]])}
    vectors, cache = layer.forward(params, np.array(NUMBERS))
    d_vectors = np.array([[1.0, 2.0], [10.0, 20.0], [3.0, 4.0]])
    d_table = layer.backward(params, cache, d_vectors)["embeddings"]
    figure, axis = sheet(23, 14.2)
    tables = ((1.6, 1.2, "E", params["embeddings"], range(4)), (12.4, 1.2, "x = E[n]", vectors, NUMBERS))
    tables += ((1.6, 8.4, "∂L/∂E", d_table, range(4)), (12.4, 8.4, "∂L/∂x", d_vectors, NUMBERS))
    for left, top, name, values, rows in tables:
        write(axis, left + 3, top - 0.6, name)
        for row, number in enumerate(rows):
            fill = ("soft green", "soft grey", "soft blue", "soft grey")[number]
            write(axis, left - 0.7, top + 1.2 * row + 0.6, str(number), fontsize=9.5)
            for column, value in enumerate(values[row]):
                tile(axis, left + 3 * column, top + 1.2 * row, f"{value:g}", fill, width=3, height=1.2)
    arrows = {"arrowstyle": "-|>", "color": RED, "linewidth": 1.2}
    for place, number in enumerate(NUMBERS):
        axis.annotate("", (11.2, 1.8 + 1.2 * place), (7.7, 1.8 + 1.2 * number), arrowprops=arrows)
        axis.annotate(
            "", (7.7, 9.0 + 1.2 * number), (11.2, 9.0 + 1.2 * place), arrowprops={**arrows, "linestyle": "--"}
        )
    return figure
