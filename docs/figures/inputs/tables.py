"""Bytes as tiles: what the pictures of file formats are made of."""

from figures.style import sheet, tile, write


def bytes_sheet(groups, width=16):
    """Return a figure of bytes in hexadecimal.

    ``groups``: a list of ``(name, bytes, colour)``; each starts on a line of its own.
    """
    lines = sum(-(-len(data) // width) for _, data, _ in groups)
    figure, axis = sheet(width * 1.25 + 9.4, lines * 1.5 + 0.6)
    y = 0.3
    for name, data, fill in groups:
        write(axis, 9.0, y + 0.6, name, ha="right", fontsize=9.5)
        for place, byte in enumerate(data):
            x = 9.2 + 1.25 * (place % width)
            tile(axis, x, y + 1.5 * (place // width), f"{byte:02x}", fill, width=1.25, height=1.2, size=9)
        y += 1.5 * -(-len(data) // width)
    return figure
