"""The order of the gates in each library's weights."""

from figures.style import picture, sheet, tile, write

FILLS = {
    "i": "soft blue",
    "j": "soft green",
    "f": "soft orange",
    "o": "soft purple",
    "r": "soft blue",
    "u": "soft orange",
    "n": "soft green",
}
ORDERS = {
    "TF1, and here": ("ijfo", "ru|n"),
    "Keras": ("ifjo", "urn"),
    "PyTorch": ("ifjo", "run"),
    "ONNX": ("iofj", "urn"),
}


@picture(
    "conversions/index",
    "The order of the gates in four libraries",
    "The columns of the LSTM's and the GRU's weights. TF1: i, j, f, o and r, u with n apart. Keras: i, f, "
    "j, o and u, r, n. PyTorch: i, f, j, o and r, u, n. ONNX: i, o, f, j and u, r, n.",
)
def gate_orders():
    figure, axis = sheet(22, 8.4)
    write(axis, 9.2, 0.8, "LSTM")
    write(axis, 17, 0.8, "GRU")
    for row, (library, orders) in enumerate(ORDERS.items()):
        write(axis, 5.6, 2.2 + 1.7 * row, library, ha="right")
        for left, order in zip((6.2, 14.2), orders, strict=True):
            for gate in order:
                if gate == "|":
                    left += 0.5
                    continue
                tile(axis, left, 1.6 + 1.7 * row, gate, FILLS[gate], width=1.5, height=1.2)
                left += 1.5
    return figure
