"""What goes into a conformance vector, what has to come out, and who agreed before it was written."""

from matplotlib.patches import FancyBboxPatch

from figures.style import BLUE, GREEN, INK, ORANGE, axes, picture


def box(axis, x, y, colour, title, words):
    frame = FancyBboxPatch((x, y), 2.5, 1.5, boxstyle="round,pad=0.08", fill=False, edgecolor=colour, linewidth=1.6)
    axis.add_patch(frame)
    axis.text(x + 0.1, y + 1.4, title, va="top", color=colour, fontweight="bold")
    axis.text(x + 0.1, y + 1.05, words, va="top", color=INK, fontsize=9)


@picture(
    "vectors",
    "What a conformance vector holds",
    "Three boxes from left to right. Given: inputs, lengths, weights, initial state and the two gradients that come "
    "from above. Computed: in 50 digits, held to both engines, TensorFlow and complex steps. Expected: outputs, final "
    "state and every gradient, each with a tolerance.",
)
def what_a_vector_holds():
    figure, axis = axes(7.2, 2)
    axis.set(xlim=(0, 9.4), ylim=(0, 2))
    axis.set_axis_off()
    box(axis, 0.2, 0.2, BLUE, "given", "inputs, lengths, masks\nparams, initial_state\nd_outputs, d_final_state")
    box(axis, 3.4, 0.2, ORANGE, "computed", "in 50 digits; both engines,\nTensorFlow and complex\nsteps agree")
    box(axis, 6.6, 0.2, GREEN, "expected", "outputs, final_state\nd_inputs, d_initial_state\nd_params, with tolerances")
    for x in (2.85, 6.05):
        axis.annotate("", (x + 0.42, 0.95), (x, 0.95), arrowprops={"arrowstyle": "->", "color": INK})
    return figure
