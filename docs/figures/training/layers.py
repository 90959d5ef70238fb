"""What each layer does to the axes of a batch."""

from figures.style import INK, picture, sheet, tile, write

ROWS = (
    ("Embedding", "B  T", "B  T  D", "soft blue"),
    ("RNN", "B  T  D", "B  T  H", "soft green"),
    ("Bidirectional", "B  T  D", "B  T  2H", "soft green"),
    ("Dropout", "any", "the same", "soft orange"),
    ("LastOutput", "B  T  H", "B  H", "soft orange"),
    ("BatchNormalization", "any", "the same", "soft blue"),
    ("Dense", "…  D", "…  units", "soft blue"),
)


@picture(
    "training/layers",
    "What each layer does to the axes of a batch",
    "Seven layers, each with the axes of what goes in and of what comes out. Blue ones have weights of their own, "
    "green ones those of a cell, orange ones none.",
)
def shapes():
    figure, axis = sheet(26, 1 + 1.9 * len(ROWS))
    for number, (name, before, after, fill) in enumerate(ROWS):
        top = 0.6 + 1.9 * number
        tile(axis, 9, top, name, fill, width=8, height=1.4)
        write(axis, 4.5, top + 0.7, before)
        write(axis, 21.5, top + 0.7, after)
        for start, end in ((7, 8.9), (17.1, 19)):
            axis.annotate("", (end, top + 0.7), (start, top + 0.7), arrowprops={"arrowstyle": "-|>", "color": INK})
    return figure
