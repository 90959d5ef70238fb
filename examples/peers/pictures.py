"""What was found, drawn: bars for each workload, and lines over the lengths and the widths."""

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
        axis.barh(
            [row.name for row in rows],
            medians,
            xerr=spread,
            color=[COLOURS.get(row.name, OTHERS) for row in rows],
            ecolor="0.4",
        )
        if found.limit:
            axis.axvline(1e3 * found.limit, color="#c8443d", linewidth=1)
        axis.set(title=f"{found.name}: {found.workload.title}", xlabel="ms a step; red: the limit")
        axis.title.set_fontsize(9)
    return figure


def draw_sweep(all_found, letter, plt):
    """Return a picture of a sweep over T or H: for each implementation its medians and their spread."""
    figure, axis = plt.subplots(figsize=(7, 5), layout="constrained")
    names = sorted({row.name for found in all_found for row in found.timed()})
    for name in names:
        points = [
            (getattr(found.workload, letter), row) for found in all_found for row in found.timed() if row.name == name
        ]
        sizes, rows = zip(*points, strict=True)
        (line,) = axis.plot(
            sizes, [1e3 * row.median for row in rows], marker=".", linewidth=2.5 if name == "numba" else 1, label=name
        )
        axis.fill_between(
            sizes,
            *([1e3 * pick(row.seconds) for row in rows] for pick in (min, max)),
            alpha=0.15,
            color=line.get_color(),
        )
    limits = [(getattr(found.workload, letter), 1e3 * found.limit) for found in all_found if found.limit]
    if limits:
        axis.plot(*zip(*limits, strict=True), color="#c8443d", linestyle="--", linewidth=1, label="limit")
    axis.set(xscale="log", yscale="log", xlabel=letter, ylabel="ms a step", title=all_found[0].workload.title)
    axis.legend(frameon=False, fontsize=8)
    return figure
