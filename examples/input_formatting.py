"""Follow numbers from a series to a batch: rows, steps, flattening, padding and buckets, ours beside TensorFlow's.

Every number is its own address, so a wrong order can be seen. The program ends non-zero where the two sides differ.
"""

from functools import partial

from common import Table, end, make_console, make_parser, parse, plt, save, tensorflow_side

import numpy as np

import scratch

SERIES = np.arange(12)
BOUNDARIES, BATCH_SIZE = [6, 11, 21], 8
# Of what is outside the batch, of padding, of a real step.
COLOURS = [(1, 1, 1), (0.96, 0.64, 0.35), (0.36, 0.56, 0.49)]


class Walk:
    """Prints ours beside TensorFlow's, one section after another, and remembers where they differ.

    ``witness`` is ``tf_impl``, or ``None`` where there is no TensorFlow: then ours stands alone.
    """

    def __init__(self, console, witness):
        self.console, self.witness, self.differing, self.compared = console, witness, [], 0

    def section(self, title, calls):
        """Show each ``(what, call)``, where ``call`` takes ``scratch`` or ``tf_impl`` and returns an array."""
        headings = ("what", "ours", "TensorFlow", "same")[: 4 if self.witness else 2]
        table = Table(*headings, title=title, title_justify="left", show_lines=True)
        for what, call in calls:
            ours = np.asarray(call(scratch))
            if not self.witness:
                table.add_row(what, str(ours))
                continue
            theirs = np.asarray(call(self.witness))
            same = ours.dtype == theirs.dtype and np.array_equal(ours, theirs)
            self.compared += 1
            if not same:
                self.differing.append(what)
            table.add_row(what, str(ours), str(theirs), "yes" if same else "[red]no[/red]")
        self.console.print(table)

    def say(self, text):
        self.console.print(text + "\n", highlight=False)


def neighbours_kept(rows):
    """Return how many numbers of a series have, as their left neighbour in the row, the number before them."""
    return int((np.diff(rows, axis=1) == 1).sum())


def walk_shapes(walk):
    """Walk from the series to rows, to steps, and to one tall matrix; return the rows in both orders."""
    rows = scratch.series_to_rows(SERIES, 3)
    wrong = SERIES.reshape(3, -1, order="F")
    walk.section(
        "1. A series of 12 numbers as 3 rows",
        [("rows", lambda side: side.series_to_rows(SERIES, 3))],
    )
    walk.section(
        "2. Rows as a list of steps, and time first",
        [
            ("unstack: step 0", lambda side: side.unstack(rows)[0]),
            ("unstack: step 3", lambda side: side.unstack(rows)[3]),
            ("stack them again", lambda side: side.stack(side.unstack(rows))),
            ("time first", lambda side: side.swap_time_and_batch(rows)),
        ],
    )
    walk.section(
        "3. Flattened to one column, and back",
        [
            ("row-major", lambda side: side.flatten_time(rows)),
            ("and back", lambda side: side.unflatten_time(side.flatten_time(rows), 3)),
            ("time first, flattened", lambda side: side.flatten_time(side.swap_time_and_batch(rows))),
        ],
    )
    labels, outputs = scratch.flatten_time(rows), scratch.flatten_time(scratch.swap_time_and_batch(rows))
    walk.say(
        "What goes wrong: the series reshaped in column-major order is\n"
        f"{wrong}\n"
        f"Row-major, {neighbours_kept(rows)} of 9 numbers stand right of the one before them; column-major, "
        f"{neighbours_kept(wrong)}.\n"
        f"Outputs flattened time first beside labels flattened batch first: {(labels == outputs).sum()} of "
        f"{labels.size} meet their own label.\nEvery shape fits, and no error is raised."
    )
    return rows, wrong


def walk_padding(walk, rng):
    """Pad five short rows, mask them and turn them round."""
    lengths = rng.permutation([0, 1, 3, 4, 6])
    rows = [10 * (number + 1) + np.arange(length) for number, length in enumerate(lengths)]
    inputs, sequence_length = scratch.pad_batch(rows)
    walk.section(
        f"4. Five rows of {', '.join(map(str, lengths))} steps as one batch",
        [
            ("padded with 0", lambda side: side.pad_batch(rows)[0]),
            ("their lengths", lambda side: side.pad_batch(rows)[1]),
            ("padded with -1", lambda side: side.pad_batch(rows, -1)[0]),
            ("mask", lambda side: side.sequence_mask(sequence_length, dtype=np.int32)),
            ("turned round", lambda side: side.reverse_sequence(inputs, sequence_length)),
        ],
    )
    walk.say(
        "What goes wrong: turned round with [:, ::-1], every row shorter than the longest begins with padding:\n"
        f"{inputs[:, ::-1]}"
    )


def walk_buckets(walk, rng):
    """Batch many rows in order and in buckets; return both lists of batches."""
    lengths = np.clip(np.rint(rng.lognormal(2.1, 0.6, size=96)).astype(int), 1, 40)
    rows = [np.full(length, number + 1) for number, length in enumerate(lengths)]
    sizes = [BATCH_SIZE] * (len(BOUNDARIES) + 1)

    def plain(side):
        return side.padded_batches(rows, BATCH_SIZE)

    def bucketed(side):
        return side.bucket_by_length(rows, BOUNDARIES, sizes)

    in_order, in_buckets = plain(scratch), bucketed(scratch)
    walk.section(
        f"5. {len(rows)} rows of {lengths.min()} to {lengths.max()} steps, {BATCH_SIZE} a batch: steps of each batch",
        [
            ("in order", lambda side: [batch.inputs.shape[1] for batch in plain(side)]),
            ("in buckets", lambda side: [batch.inputs.shape[1] for batch in bucketed(side)]),
            ("all numbers in order", lambda side: flat(plain(side))),
            ("all numbers in buckets", lambda side: flat(bucketed(side))),
        ],
    )
    walk.say(
        f"in order:    {scratch.padding_cost(in_order)}\n"
        f"in buckets:  {scratch.padding_cost(in_buckets)}\n"
        f"{scratch.padding_saved(in_order, in_buckets)}"
    )
    return in_order, in_buckets


def flat(batches):
    """Return all that is in the batches as one row of numbers; NumPy prints its two ends."""
    return np.concatenate([part.ravel() for batch in batches for part in batch])


def draw(orders, batchings):
    """Return the figure: both orders of a reshape above, the time steps of both ways to batch below."""
    figure, axes = plt.subplots(2, 2, figsize=(12, 8), layout="constrained", height_ratios=(1, 2))
    figure.suptitle("Where each number goes, and what padding costs")
    for axis, (title, rows) in zip(axes[0], orders.items(), strict=True):
        axis.imshow(rows, cmap="viridis", aspect="auto")
        for (row, step), number in np.ndenumerate(rows):
            axis.text(step, row, number, ha="center", va="center", color="white" if number < 8 else "black")
        axis.set(title=title, xlabel="time step", ylabel="row", xticks=range(4), yticks=range(3))
    longest = max(batch.inputs.shape[1] for batches in batchings.values() for batch in batches)
    for axis, (title, batches) in zip(axes[1], batchings.items(), strict=True):
        # The numbers of COLOURS.
        masks = [1 + scratch.sequence_mask(batch.sequence_length, batch.inputs.shape[1], int) for batch in batches]
        picture = np.concatenate([np.pad(mask, ((0, 0), (0, longest - mask.shape[1]))) for mask in masks])
        axis.imshow(np.array(COLOURS)[picture], aspect="auto", interpolation="nearest")
        for edge in np.cumsum([len(batch.rows) for batch in batches])[:-1]:
            axis.axhline(edge - 0.5, linewidth=0.6, color="0.3")
        axis.set_title(f"{title}: {scratch.padding_cost(batches)}", fontsize="medium")
        axis.set(xlabel="time step (green: real, orange: padding)", ylabel="row, batch by batch")
    return figure


def main(argv=None):
    arguments = parse(make_parser(__doc__, "input_formatting", 3, "the lengths of the rows"), argv)
    console = make_console()
    walk, rng = Walk(console, tensorflow_side(console)), np.random.default_rng(arguments.seed)
    rows, wrong = walk_shapes(walk)
    walk_padding(walk, rng)
    in_order, in_buckets = walk_buckets(walk, rng)
    figure = partial(
        draw,
        {"row-major: rows": rows, "column-major: dealt out like cards": wrong},
        {"in order": in_order, "in buckets": in_buckets},
    )
    save(figure, arguments.out / "input_formatting.png", console)
    if walk.differing:
        console.print(f"[red]Ours and TensorFlow's differ[/red]: {', '.join(walk.differing)}.")
        return 1
    if walk.witness:
        console.print(f"[green]Ours and TensorFlow's are one[/green]: {walk.compared} results, to the last bit.")
    return 0


if __name__ == "__main__":
    end(main)
