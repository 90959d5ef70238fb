"""Gradient descent and Adagrad in a valley."""

from figures.style import picture
from figures.training.valley import draw_paths
from scratch import AdagradOptimizer, GradientDescentOptimizer


@picture(
    "training/optimizers",
    "Gradient descent and Adagrad in a valley",
    "Thirty steps of each. Gradient descent jumps from wall to wall across the steep direction and is "
    "slow along the flat one. Adagrad divides each direction by its own past gradients and goes straight "
    "down the diagonal.",
)
def valley_adagrad():
    return draw_paths({"gradient descent": GradientDescentOptimizer(0.09), "Adagrad": AdagradOptimizer(0.6)})
