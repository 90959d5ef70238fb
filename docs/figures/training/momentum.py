"""Momentum in a valley."""

from figures.style import picture
from figures.training.valley import draw_paths
from scratch import GradientDescentOptimizer, MomentumOptimizer


@picture(
    "training/momentum",
    "Momentum in a valley, plain and Nesterov",
    "Thirty steps of gradient descent, of momentum 0.8 and of its Nesterov form, with one learning rate. "
    "Momentum gathers speed along the flat direction and swings past the lowest point; Nesterov's form "
    "swings less.",
)
def valley_momentum():
    return draw_paths(
        {
            "gradient descent": GradientDescentOptimizer(0.03),
            "momentum 0.8": MomentumOptimizer(0.03, 0.8),
            "Nesterov": MomentumOptimizer(0.03, 0.8, use_nesterov=True),
        }
    )
