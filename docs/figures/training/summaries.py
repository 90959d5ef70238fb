"""TensorBoard's histogram of a gradient: the buckets grow by a tenth, so they are equal on a logarithmic axis."""

import numpy as np

from figures.flow import Flow
from figures.style import BLUE, GREY, axes, picture
from scratch import histogram
from scratch.tasks.echo import PARTS, init_params
from scratch.training.summaries import network_graph


@picture(
    "training/summaries",
    "A histogram as TensorBoard keeps it",
    "The buckets of 2,000 normally distributed numbers of spread 0.01, on a logarithmic axis for the "
    "positive ones. Each bucket ends a tenth higher than the one before, so all are equally wide here.",
)
def histogram_buckets():
    counted = histogram(np.random.default_rng(0).normal(0, 0.01, 2000))
    limits, counts = np.array(counted.bucket_limit), np.array(counted.bucket)
    positive = (limits > 1e-5) & (limits < 1)
    figure, axis = axes(5.8, 2.7)
    axis.bar(limits[positive] / 1.1, counts[positive], limits[positive] / 11, align="edge", color=BLUE, linewidth=0)
    axis.set(xscale="log", xlabel="value (those above 0)", ylabel="how many in the bucket")
    return figure


def layers_of_part_5():
    """Return ``[(scope, names of its variables)]`` of the layers of the echo task's part 5, the lowest first."""
    nodes = network_graph(PARTS[5].cell, init_params(PARTS[5], np.random.default_rng(0)), "Adagrad")
    layers = [node for node in nodes if node.operation == "Layer"]
    return [(node.name.rpartition("/")[0], [name.rpartition("/")[2] for name in node.inputs[1:]]) for node in layers]


@picture(
    "training/summaries",
    "The graph of the echo task's part 5, grouped by scope",
    "Boxes within boxes, as TensorBoard draws them: inputs, then rnn with the three layers cell_0, cell_1 and cell_2,"
    " each with its kernel and its bias, then dense, loss and train. Arrows lead from each to the next.",
)
def graph_of_part_5():
    flow = Flow(17, 8.2)
    *cells, dense = layers_of_part_5()
    flow.box(6.2, 4.2, "", "soft grey", width=4.6, height=7.4, zorder=1)
    flow.text(6.2, 7.5, cells[0][0].split("/")[0] + "/" + cells[0][0].split("/")[1], size=9.5)
    flow.box(1.6, 1.5, "inputs", "soft green", width=2.2)
    flow.line((2.7, 1.5), (4.1, 1.5))
    for layer, (scope, variables) in enumerate(cells):
        y = 1.5 + 2.3 * layer
        flow.box(6.2, y, f"{scope.split('/')[2]}\n{' · '.join(variables)}", width=4.2, height=1.5)
        if layer:
            flow.line((6.2, y - 1.55), (6.2, y - 0.75))
    flow.line((8.3, 6.1), (9.6, 6.1))
    flow.box(11, 6.1, f"{dense[0]}\n{' · '.join(dense[1])}", width=2.8, height=1.5)
    flow.line((11, 5.35), (11, 4.25))
    flow.box(11, 3.8, "loss", "soft orange", width=2.2)
    flow.line((12.1, 3.8), (13.7, 3.8))
    flow.box(14.8, 3.8, "train", "soft purple", width=2.2)
    flow.text(14.8, 2.9, "Adagrad", size=9, color=GREY)
    flow.line((1.6, 1.05), (1.6, 0.25), (11, 0.25), (11, 3.35))
    flow.text(9.9, 0.6, "labels", size=9, color=GREY)
    return flow.figure
