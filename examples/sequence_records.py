"""Write three labelled sequences to a file of records, read them back and pad them; or measure how fast that is read.

The program of Britz's guide: each sequence is a SequenceExample, its length in the context, its tokens and labels in
two feature lists. The file is written by hand and by TensorFlow, byte for byte the same, and parsed back by both. The
picture shows what each byte of a record is there for. With --benchmark N instead, N records of 10 to 30 tokens are read
by hand and by tf.data in every form that a reader would use, in turns. Ends non-zero where the two sides differ.
"""

import itertools
from functools import partial
from typing import NamedTuple

from common import Table, end, make_console, make_parser, parse, plt, save, tensorflow_side

import numpy as np
from sequence_readers import CONTEXT, LISTS, make_example, measure

import scratch
from scratch import TFRecordWriter
from scratch.inputs.wire.frames import FOOTER, HEADER
from scratch.inputs.wire.varint import read_short_varint

SEQUENCES = [[1, 2, 3], [4, 5, 1], [1, 2]]
LABELS = [[0, 1, 0], [1, 0, 0], [1, 1]]

# What is in the fields of each message: another message, or a name or values.
GRAMMAR = {
    "SequenceExample": {1: "Features", 2: "FeatureLists"},
    "Features": {1: "entry of Features"},
    "FeatureLists": {1: "entry of FeatureLists"},
    "entry of Features": {1: "name", 2: "Feature"},
    "entry of FeatureLists": {1: "name", 2: "FeatureList"},
    "FeatureList": {1: "Feature"},
    "Feature": {3: "Int64List"},
    "Int64List": {1: "value"},
}
COLOURS = {"frame": "0.82", "tag": "#4a7fb5", "length": "#a9c6e3", "name": "#5b8e7d", "value": "#f4a259"}
# Which of them need light letters, and which are written as hexadecimal numbers; a name is letters, the rest decimal.
DARK, HEXADECIMAL = ("tag", "name"), ("frame", "tag")


class Byte(NamedTuple):
    """A byte of a record, what it is there for, and what to write into its cell."""

    value: int
    role: str
    text: str


def roles(data, at, end, message):
    """Yield ``(start, stop, role)`` of all pieces of a message in bytes, from the front."""
    while at < end:
        tag, after_tag = read_short_varint(data, at, end, 2**32 - 1)
        length, start = read_short_varint(data, after_tag, end, 2**31 - 1)
        yield at, after_tag, "tag"
        yield after_tag, start, "length"
        at, inside = start + length, GRAMMAR[message][tag >> 3]
        if inside in GRAMMAR:
            yield from roles(data, start, at, inside)
        else:
            yield start, at, inside


def explain(framed):
    """Return the bytes of a record with its frame, each a ``Byte``."""
    record = np.frombuffer(framed[HEADER:-FOOTER], np.uint8)
    found = [Byte(value, "frame", f"{value:02x}") for value in framed]
    for start, stop, role in roles(record, 0, len(record), "SequenceExample"):
        for at in range(start, stop):
            value = record[at]
            text = chr(value) if role == "name" else f"{value:02x}" if role == "tag" else str(value)
            found[HEADER + at] = Byte(value, role, text)
    return found


def draw(explained, title):
    """Return a picture of a record, a cell for each byte."""
    columns = 16
    rows = -(-len(explained) // columns)
    figure, axis = plt.subplots(figsize=(11, 0.5 * rows + 1.6), layout="constrained")
    figure.suptitle(title)
    for number, byte in enumerate(explained):
        row, column = divmod(number, columns)
        axis.add_patch(plt.Rectangle((column, row), 0.94, 0.9, color=COLOURS[byte.role]))
        colour = "white" if byte.role in DARK else "black"
        style = {"ha": "center", "va": "center", "fontsize": 9, "family": "monospace", "color": colour}
        axis.text(column + 0.47, row + 0.45, byte.text, **style)
    axis.set(xlim=(0, columns), ylim=(rows, 0), xticks=[], yticks=np.arange(rows) + 0.45)
    axis.set_yticklabels(np.arange(rows) * columns)
    axis.set_ylabel("first byte of the line")
    axis.tick_params(left=False)
    for spine in axis.spines.values():
        spine.set_visible(False)
    counts = {role: sum(byte.role == role for byte in explained) for role in COLOURS}
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in COLOURS.values()]
    texts = [f"{role}: {counts[role]} bytes{', hexadecimal' if role in HEXADECIMAL else ''}" for role in COLOURS]
    axis.legend(handles, texts, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=len(COLOURS), frameon=False)
    return figure


def write(writer, examples, path):
    with writer(str(path)) as opened:
        for example in examples:
            opened.write(example.serialize())


def as_lists(results):
    """Return what a parser returned with lists in the place of arrays."""
    if isinstance(results, dict):
        return {name: as_lists(value) for name, value in results.items()}
    return np.asarray(results).tolist()


def show(arguments, witness, console):
    """Write, read back and pad the three sequences; return whether both sides agree, or ours with itself."""
    ours, theirs = arguments.out / "sequences.tfrecord", arguments.out / "sequences_tensorflow.tfrecord"
    examples = [make_example(*pair) for pair in zip(SEQUENCES, LABELS, strict=True)]
    write(TFRecordWriter, examples, ours)
    said, same, other = "", True, scratch
    if witness:
        other = witness
        write(witness.TFRecordWriter, [witness.SequenceExample(x.context, x.feature_lists) for x in examples], theirs)
        same = ours.read_bytes() == theirs.read_bytes()
        said = f", TensorFlow's {'are the same' if same else 'differ'}"
    console.print(f"{ours}: {ours.stat().st_size} bytes{said}")

    found = list(scratch.read_sequence_examples(theirs if witness else ours, CONTEXT, LISTS))
    expected = list(other.read_sequence_examples(ours, CONTEXT, LISTS))
    table = Table("length", "tokens", "labels", title="parsed back")
    for context, lists in found:
        table.add_row(str(context["length"]), str(lists["tokens"]), str(lists["labels"]))
    console.print(table)

    records = list(scratch.read_tfrecord(ours))
    _, padded, lengths = scratch.parse_sequence_example(records, CONTEXT, LISTS)
    _, their_padded, _ = other.parse_sequence_example(records, CONTEXT, LISTS)
    console.print("padded to the longest, tokens and labels side by side; lengths", lengths["tokens"], highlight=False)
    console.print(str(np.concatenate([padded["tokens"], padded["labels"]], axis=1)), markup=False, highlight=False)
    same = same and as_lists(padded) == as_lists(their_padded)
    for pair in zip(itertools.chain(*found), itertools.chain(*expected), strict=True):
        same = same and as_lists(pair[0]) == as_lists(pair[1])

    explained = explain(ours.read_bytes()[: HEADER + len(records[0]) + FOOTER])
    values = sum(byte.role == "value" for byte in explained)
    console.print(f"The first record is {len(explained)} bytes, {values} of them values.")
    title = f"{SEQUENCES[0]} with the labels {LABELS[0]} as a record: {len(explained)} bytes, {values} of them values"
    save(partial(draw, explained, title), arguments.out / "record.png", console)
    return same and [as_lists(lists["tokens"]) for _, lists in found] == SEQUENCES


def main(argv=None):
    parser = make_parser(__doc__, "sequence_records", 0, "the records of --benchmark")
    parser.add_argument("--benchmark", type=int, metavar="N", help="measure the reading of N records instead")
    arguments, console = parse(parser, argv), make_console()
    witness = tensorflow_side(console)
    if arguments.benchmark is not None:
        measure(arguments, witness, console)
        return 0
    same, whose = show(arguments, witness, console), "TensorFlow's" if witness else "what was written"
    if same:
        console.print(f"[green]Ours is {whose}[/green]: the same {'bytes, and the same ' if witness else ''}arrays.")
        return 0
    console.print(f"[red]Ours differs[/red] from {whose}.")
    return 1


if __name__ == "__main__":
    end(main)
