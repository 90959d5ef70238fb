"""What was found, drawn: bars for each workload, and lines over the lengths and the widths."""

from peers.report import milliseconds

# From here on a bar of the fastest is too short to be compared with that of the slowest.
FAR = 20
# Behind a number, lest the line of a limit runs through it.
WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1}
COLOURS, OTHERS = {"numba": "#8c2f7a", "numpy": "#5b8e7d"}, "#f4a259"


def draw_bars(all_found, plt):
    """Return a picture with a panel for each workload: medians, from least to most, and the limit."""
    tallest = max(len(found.timed()) for found in all_found)
    columns = min(3, len(all_found))
    lines = -(-len(all_found) // columns)
    size = (4.8 * columns, (0.6 + 0.3 * tallest) * lines + 0.5)
    figure, axes = plt.subplots(lines, columns, figsize=size, layout="constrained", squeeze=False)
    for axis in axes.flat[len(all_found) :]:
        axis.set_axis_off()
    for axis, found in zip(axes.flat, all_found, strict=False):
        rows = found.timed()[::-1]
        medians = [1e3 * row.median for row in rows]
        spread = [
            [1e3 * (row.median - min(row.seconds)) for row in rows],
            [1e3 * (max(row.seconds) - row.median) for row in rows],
        ]
        bars = axis.barh(
            [row.name for row in rows],
            medians,
            xerr=spread,
            color=[COLOURS.get(row.name, OTHERS) for row in rows],
            ecolor="0.4",
        )
        axis.bar_label(bars, [milliseconds(row.median) for row in rows], padding=3, fontsize=8, bbox=WHITE)
        if found.limit:
            axis.axvline(1e3 * found.limit, color="#c8443d", linewidth=1)
            medians.append(1e3 * found.limit)
        label = "ms a step; red: the limit" if found.limit else "ms a step"
        if max(medians) > FAR * min(medians):
            # On a linear axis the fastest would be lines that nobody can tell apart.
            axis.set(xscale="log", xlim=(min(medians) / 2, 4 * max(medians)))
            plain_log(axis.xaxis, plt)
            label += " (logarithmic)"
        else:
            axis.margins(x=0.15)
        axis.set(title=f"{found.name}: {found.workload.title}", xlabel=label)
        axis.title.set_fontsize(9)
    return figure


def plain_log(axis, plt):
    """Number a logarithmic axis as people write numbers: 0.5, 1, 2, 5, 10, and in powers of 10 where it is long."""
    least, most = axis.get_view_interval()
    axis.set_major_locator(plt.LogLocator(subs=(1, 2, 5) if most < 1000 * least else (1,)))
    axis.set_major_formatter(plt.FuncFormatter(lambda value, place: f"{value:g}"))
    axis.set_minor_formatter(plt.NullFormatter())


def draw_sweep(all_found, letter, plt):
    """Return a picture of a sweep over T or H: for each implementation its medians and their spread."""
    figure, axis = plt.subplots(figsize=(7, 5), layout="constrained")
    sizes = [getattr(found.workload, letter) for found in all_found]
    for name in sorted({row.name for found in all_found for row in found.timed()}):
        points = [
            (size, row)
            for size, found in zip(sizes, all_found, strict=True)
            for row in found.timed()
            if row.name == name
        ]
        at, rows = zip(*points, strict=True)
        medians = [1e3 * row.median for row in rows]
        width = 2.5 if name in COLOURS else 1
        (line,) = axis.plot(at, medians, marker=".", linewidth=width, color=COLOURS.get(name), label=name)
        least, most = ([1e3 * pick(row.seconds) for row in rows] for pick in (min, max))
        axis.fill_between(at, least, most, alpha=0.15, color=line.get_color())
    limits = [(size, 1e3 * found.limit) for size, found in zip(sizes, all_found, strict=True) if found.limit]
    if limits:
        axis.plot(*zip(*limits, strict=True), color="#c8443d", linestyle="--", marker="_", linewidth=1, label="limit")
    axis.set(xscale="log", yscale="log", xlabel=letter, ylabel="ms a step", title=all_found[0].workload.title)
    axis.set_xticks(sizes, [str(size) for size in sizes], minor=False)
    axis.set_xticks([], minor=True)
    plain_log(axis.yaxis, plt)
    axis.legend(frameon=False, fontsize=8)
    return figure
