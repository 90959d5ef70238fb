"""What a person reads off the pictures of a benchmark: a value at each bar, and axes that are numbered plainly."""

import sys
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))
matplotlib.use("Agg")
from matplotlib import pyplot as plt
from peers.pictures import draw_bars, draw_sweep


def found(seconds, limit, T=28):
    """Return what a workload's measurements look like to the pictures: ``{name: seconds}`` and a limit."""
    rows = [SimpleNamespace(name=name, median=s, seconds=[0.9 * s, s, 1.3 * s]) for name, s in seconds.items()]
    rows.sort(key=lambda row: row.median)
    return SimpleNamespace(name="rows", limit=limit, workload=SimpleNamespace(title="LSTM", T=T), timed=lambda: rows)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def texts(axis):
    return [text.get_text() for text in axis.texts]


def numbers(axis):
    """Return what is written along an axis, as far as it is seen."""
    least, most = axis.get_view_interval()
    labels = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    return [label.get_text() for at, label in labels if least <= at <= most and label.get_text()]


def test_every_bar_has_its_value():
    figure = draw_bars([found({"numba": 0.002, "numpy": 0.0061, "torch": 0.0123}, 0.001)], plt)
    (axis,) = figure.axes
    assert texts(axis) == ["12.3", "6.10", "2.00"]
    assert axis.get_xscale() == "linear"
    assert axis.get_xlim()[0] == 0
    assert axis.get_xlabel() == "ms a step; red: the limit"


def test_times_far_apart_stand_on_a_logarithmic_axis():
    """Each bar begins at the axis and can be told from none; the limit is in the picture, too."""
    far = found({"numba": 0.0005, "numpy": 0.0062, "keras": 0.31}, 0.0003)
    figure = draw_bars([far, found({"a": 1e-3}, None)], plt)
    figure.canvas.draw()
    axis, other = figure.axes[:2]
    assert axis.get_xscale() == "log"
    least, most = axis.get_xlim()
    assert least < 0.3
    assert most > 310
    assert texts(axis) == ["310", "6.20", "0.500"]
    assert axis.get_xlabel() == "ms a step; red: the limit (logarithmic)"
    assert numbers(axis.xaxis) == ["1", "10", "100", "1000"]
    assert other.get_xscale() == "linear"
    assert other.get_xlabel() == "ms a step"


def test_a_sweep_is_numbered_as_people_write_numbers():
    sizes = (5, 7, 10, 14)
    figure = draw_sweep([found({"numba": 5e-4 * T, "tf": 4e-3 * T}, 3e-4 * T, T) for T in sizes], "T", plt)
    figure.canvas.draw()
    (axis,) = figure.axes
    assert numbers(axis.xaxis) == ["5", "7", "10", "14"]
    assert numbers(axis.yaxis) == ["2", "5", "10", "20", "50"]
