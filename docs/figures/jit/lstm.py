"""The row of a token, [h, 1, x], and the one product that it goes through."""

from figures.style import picture, sheet, tile, write


@picture(
    "jit/lstm",
    "One product for everything: [h, 1, x] times the packed weights",
    "A row with four numbers of h, a 1 and two of x, times a matrix whose upper rows are W_h, one row b "
    "and lower rows W_x, in columns for the gates i, j, f and o. The 1 meets the bias, so no sum is left.",
)
def one_product():
    figure, axis = sheet(23, 9.6)
    parts = (("h", 4, "soft blue"), ("1", 1, "soft orange"), ("x", 2, "soft green"))
    x = 0.6
    for name, size, fill in parts:
        for _ in range(size):
            tile(axis, x, 4, name, fill)
            x += 1
    write(axis, 8.3, 4.5, "×", fontsize=14)
    y = 1.2
    for name, size, fill in (("W_h", 4, "soft blue"), ("b", 1, "soft orange"), ("W_x", 2, "soft green")):
        for gate in range(4):
            tile(axis, 9.2 + 2.2 * gate, y, "", fill, width=2.2, height=size)
        write(axis, 18.3, y + size / 2, name, ha="left")
        y += size
    for gate in range(4):
        write(axis, 10.3 + 2.2 * gate, 0.6, f"z_{'ijfo'[gate]}", fontsize=9.5)
    write(axis, 4.1, 3.3, "a token: one row at one step", fontsize=9.5)
    write(axis, 13.6, 8.9, "4H columns, each gate padded to whole vectors", fontsize=9.5)
    return figure
