"""An LSTM that walks up the frequencies of a frame, at each time step."""

from figures.flow import Flow
from figures.style import BLUE, GREY, ORANGE, picture


def frequencies(grid):
    """Return the drawing: windows over three frames, a cell for each window, and two ways up if ``grid``."""
    flow = Flow(15, 10)
    for step, x in enumerate((3.0, 7.4, 11.8)):
        for place in range(8):
            flow.box(x - 1.2, 1.6 + 0.9 * place, "", "soft grey", width=0.5, height=0.9)
        flow.text(x - 1.2, 0.7, f"frame {step}", size=9.5)
        for window, y in enumerate((2.5, 4.3, 6.1)):
            flow.line(
                (x - 0.9, y - 0.8),
                (x - 0.75, y - 0.8),
                (x - 0.75, y + 0.8),
                (x - 0.9, y + 0.8),
                arrow=False,
                color=GREY,
            )
            flow.line((x - 0.75, y), (x + 0.1, y))
            flow.box(x + 1.0, y, f"k = {window}", width=1.8, height=1)
            flow.line((x + 1.9, y + 0.25), (x + (4.5 if step < 2 else 2.8), y + 0.25), color=BLUE)
            flow.line((x + 1.0, y + 0.5), (x + 1.0, y + 1.3), color=ORANGE, style="--")
            if grid:
                flow.line((x + 0.7, y + 0.5), (x + 0.7, y + 1.3), color=ORANGE, style="--")
    flow.text(7.5, 9.4, "time →   state of each window, to the same window of the next frame", size=9.5, color=BLUE)
    up = "c and h of an LSTM along the frequencies" if grid else "h of the window below"
    flow.text(7.5, 8.7, f"dashed, up: {up}", size=9.5, color=ORANGE)
    return flow.figure


@picture(
    "cells/time_freq_lstm",
    "The time-frequency LSTM: windows over frequencies",
    "Three frames of 8 frequencies. Windows of neighbouring frequencies overlap; one cell reads each "
    "window, the state of its own place from the frame before, and the output of the window below.",
)
def time_frequency():
    return frequencies(False)


@picture(
    "cells/grid_lstm",
    "The grid LSTM: one memory along time, one along frequency",
    "Three frames of 8 frequencies and their windows. At each place two LSTMs meet: one carries c and h "
    "along time, the other carries its own c and h up the frequencies, drawn as two dashed lines.",
)
def grid_cell():
    return frequencies(True)
