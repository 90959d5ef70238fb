"""The error of a float32 sum in three orders, beside the bound that holds for any."""

import numpy as np

from figures.style import LINES, axes, picture


@picture(
    "rounding",
    "One bound for every order of adding",
    "The error of a sum of float32 numbers against how many there are, both logarithmic: added one after the other, in "
    "eight lanes, and in pairs. All three stay below the bound (n − 1) u Σ|a|, those in lanes and pairs further.",
)
def rounding_of_a_sum():
    counts = 2 ** np.arange(3, 13)
    rng = np.random.default_rng(0)
    errors = {"one after the other": [], "in eight lanes": [], "in pairs": []}
    bounds = []
    for n in counts:
        terms = rng.standard_normal((40, n)).astype(np.float32)
        exact = terms.astype(np.float64).sum(axis=1)
        pairs = terms
        while pairs.shape[1] > 1:
            pairs = pairs[:, ::2] + pairs[:, 1::2]
        lanes = np.cumsum(terms.reshape(40, -1, 8), axis=1)[:, -1]
        found = np.cumsum(terms, axis=1)[:, -1], np.cumsum(lanes, axis=1)[:, -1], pairs[:, 0]
        for values, sums in zip(errors.values(), found, strict=True):
            values.append(np.abs(sums - exact).max())
        bounds.append(((n - 1) * 2.0**-24 * np.abs(terms).sum(axis=1)).max())
    figure, axis = axes(6, 3)
    for style, (name, values) in zip(LINES, {"bound": bounds, **errors}.items(), strict=True):
        axis.loglog(counts, np.maximum(values, 1e-9), label=name, **style)
    axis.set(xlabel="numbers in the sum", ylabel="largest error of 40 sums")
    axis.legend(fontsize=9)
    return figure
