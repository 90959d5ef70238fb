"""How a SequenceExample is written: the varint, and the messages within messages of a real example."""

from figures.style import RED, picture, sheet, tile, write
from scratch import SequenceExample


@picture(
    "inputs/sequence_example",
    "A varint: 300 in two bytes",
    "300 in binary is 100101100. It is cut into groups of seven bits, the lowest first. Each group "
    "becomes a byte; its top bit is 1 where another byte follows, so the bytes are 10101100 and 00000010.",
)
def varint():
    figure, axis = sheet(22, 9.4)
    write(axis, 11, 0.8, "300 = 256 + 32 + 8 + 4, in groups of seven bits")
    bits = f"{300:014b}"
    for place, bit in enumerate(bits):
        tile(axis, 4 + place, 1.6, bit, "soft green" if place < 7 else "soft blue")
    write(axis, 7.5, 3.2, "second group", fontsize=9)
    write(axis, 14.5, 3.2, "first group", fontsize=9)
    for left, head, part, fill in ((1.5, "1", bits[7:], "soft blue"), (12.5, "0", bits[:7], "soft green")):
        for place, bit in enumerate(head + part):
            tile(axis, left + place, 5.2, bit, fill if place else "soft orange")
        write(axis, left + 4, 7.0, f"byte {int(head + part, 2):02x}")
        words = "1: another byte follows" if head == "1" else "0: this is the last"
        write(axis, left + 4, 8.2, words, fontsize=9, color=RED)
    return figure


@picture(
    "inputs/sequence_example",
    "Messages within messages: the bytes of a SequenceExample",
    "A context with the feature length, and feature lists with tokens of three steps, drawn as nested "
    "frames. Each frame is a message and says how many bytes it is long.",
)
def nested_messages():
    example = SequenceExample({"length": 3}, {"tokens": [4, 5, 1]})
    whole = len(example.serialize())
    context = len(SequenceExample({"length": 3}, {}).serialize())
    step = len(SequenceExample({"length": 3}, {"tokens": [4, 5, 1, 1]}).serialize()) - whole
    figure, axis = sheet(22, 11)
    frames = [
        (0.5, 0.5, 21, 10, f"SequenceExample: {whole} bytes", "none"),
        (1.2, 2.0, 19.6, 3.0, f"context: {context} bytes", "soft grey"),
        (8.2, 3.2, 12.0, 1.4, "“length” → 3", "soft green"),
        (1.2, 5.6, 19.6, 4.4, f"feature_lists: {whole - context} bytes", "soft grey"),
        (8.2, 6.4, 12.0, 3.2, "“tokens”", "soft blue"),
    ]
    for x, y, width, height, words, fill in frames:
        tile(axis, x, y, "", fill, width=width, height=height)
        write(axis, x + 0.4, y + 0.75, words, ha="left", fontsize=9.5)
    for place, value in enumerate((4, 5, 1)):
        tile(axis, 8.6 + 3.8 * place, 7.8, f"{value}: {step} bytes", "soft orange", width=3.6, height=1.4, size=9)
    return figure
