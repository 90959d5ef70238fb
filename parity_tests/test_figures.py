"""The pictures of the course: every page of an idea has one, each is a sound SVG, and shows what scratch computes."""

import re
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

from parity_tests.harness import assert_parity
from parity_tests.test_examples import ROOT
from scratch import (
    AdagradOptimizer,
    BasicRNNCell,
    MomentumOptimizer,
    dynamic_rnn,
)
from scratch.gradient_check import to_complex

sys.path.insert(0, str(ROOT / "docs"))

import figures
from figures import draw_all, load
from figures.cells import dropout, rnn
from figures.style import DARK, LIGHT, SVG, to_svg
from figures.training import adam, losses, sequence_loss, valley
from figures.unroll import checkpointed, dynamic, streaming, truncated

WINGS = ("cells", "unroll", "inputs", "training", "tasks", "jit")
# A list of pages, and a part of the page that includes it.
NO_PAGES = {"index", "benchmark_results"}
PICTURES = load()


def shown_on(page):
    return re.findall(r"^```\{picture\} (\w+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_every_page_of_an_idea_has_a_picture_and_every_picture_its_page():
    pages = [path for wing in WINGS for path in (ROOT / "docs" / wing).glob("*.md")]
    bare = [path for path in pages if path.stem not in NO_PAGES and not shown_on(path)]
    assert bare == []
    assert shown_on(ROOT / "docs/jit/index.md")
    for name, picture in PICTURES.items():
        assert name in shown_on(ROOT / "docs" / f"{picture.page}.md"), f"{picture.page} does not show {name}"
    assert len(PICTURES) >= 45


def test_every_picture_is_in_the_gallery():
    parts = re.findall(r"^```\{gallery\} (\S+)$", (ROOT / "docs/gallery.md").read_text(encoding="utf-8"), re.MULTILINE)
    for name, picture in PICTURES.items():
        assert sum(picture.page.startswith(part) for part in parts) == 1, name


def test_each_is_sound_and_has_words_for_those_who_do_not_see_it(tmp_path):
    draw_all(tmp_path / "drawn")
    assert {path.stem for path in (tmp_path / "drawn").iterdir()} == PICTURES.keys()
    for name, picture in PICTURES.items():
        assert len(picture.title) >= 10, name
        assert len(picture.text) >= 60, name
        assert picture.text.endswith("."), name
        check_svg(name, (tmp_path / "drawn" / f"{name}.svg").read_text(encoding="utf-8"))


def check_svg(name, text):
    root = ElementTree.fromstring(text)
    assert root.tag == f"{{{SVG}}}svg"
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title desc")
    title, desc = (root.find(f"{{{SVG}}}{tag}") for tag in ("title", "desc"))
    assert (title.get("id"), title.text) == ("title", PICTURES[name].title)
    assert (desc.get("id"), desc.text) == ("desc", PICTURES[name].text)
    # Nothing is fetched from outside, and no pixels are hidden inside.
    for element in root.iter():
        assert element.tag.split("}")[1] not in ("image", "script", "foreignObject"), name
        for key, value in element.items():
            assert not key.endswith("href") or value.startswith("#"), f"{name} refers to {value}"
    assert not re.search(r"<!DOCTYPE|@import|url\((?!#)", text), name
    # Words are text, and of every colour it is known what it is on a dark page.
    assert root.find(f".//{{{SVG}}}text") is not None, name
    colours = set(re.findall(r"(?:fill|stroke): (#\w+)(?=[;\"])", text))
    assert colours <= set(LIGHT.values()), f"{name}: {colours - set(LIGHT.values())} have no dark colour"


def test_the_dark_colours_can_be_told_from_a_dark_page():
    assert DARK.keys() == LIGHT.keys()

    def luminance(colour):
        parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        return np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    def contrast(one, other):
        low, high = sorted((luminance(one), luminance(other)))
        return (high + 0.05) / (low + 0.05)

    for colours, paper in ((LIGHT, "#ffffff"), (DARK, "#131416")):
        for name, colour in colours.items():
            # Text in ink stands on the soft colours, and all others but the lines of a grid stand on the page.
            if name.startswith("soft"):
                assert contrast(colours["ink"], colour) >= 7, name
            elif name != "faint":
                assert contrast(colour, paper) >= 4.5, name


def test_the_same_bytes_each_time_and_what_is_the_same_is_not_written_again(tmp_path, monkeypatch):
    some = {name: PICTURES[name] for name in ("lstm_cell", "state_copied", "valley_adam")}
    monkeypatch.setattr(figures, "load", lambda: some)
    draw_all(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert {path.stem for path in before} == some.keys()
    (tmp_path / "lstm_cell.svg").write_text("another", encoding="utf-8")
    draw_all(tmp_path)
    assert {path.stem for path in before if path.stat().st_mtime_ns != before[path]} == {"lstm_cell"}
    assert (tmp_path / "lstm_cell.svg").read_text(encoding="utf-8") == to_svg(some["lstm_cell"])


def test_the_animation_shows_every_frame_once_and_stands_still_for_who_wants_that():
    text = to_svg(PICTURES["echo_animation"])
    frames = [element for element in ElementTree.fromstring(text).iter() if "frame " in element.get("class", "")]
    seen = {element.get("class") for element in frames if element.get("visibility") != "hidden"}
    assert {element.get("class") for element in frames} == {f"frame frame{number}" for number in range(12)}
    assert seen == {"frame frame11"}
    assert "prefers-reduced-motion: no-preference" in text


def test_the_fading_norms_are_those_of_complex_steps():
    """Of a vanilla network over six steps, by its forward pass alone."""
    cell, steps = BasicRNNCell(32), 6
    norms = rnn.norms(cell, steps, np.random.default_rng(0))
    # The same draws in the same order.
    rng = np.random.default_rng(0)
    params = to_complex(cell.init_params(rng, 8, np.float64))
    inputs = rng.standard_normal((20, steps + 1, 8)).astype(complex)
    weights = rng.standard_normal((20, 32))
    d_inputs = np.zeros(inputs.shape)
    for step, column in np.ndindex(steps + 1, 8):
        # The rows do not meet, so all take their step at once.
        inputs[:, step, column] += 1e-100j
        outputs = dynamic_rnn(cell, params, inputs)[0]
        d_inputs[:, step, column] = (outputs[:, -1] * weights).sum(axis=1).imag / 1e-100
        inputs[:, step, column] = inputs[:, step, column].real
    assert_parity({"norms": norms}, {"norms": np.linalg.norm(d_inputs, axis=2).mean(axis=0)[::-1]})


def test_the_gradient_fades_fastest_in_the_vanilla_network():
    relative = {name: values[20] for name, values in rnn.fading(20).items()}
    assert relative["RNN"] < relative["GRU"] < 1
    assert relative["RNN"] < relative["LSTM"] < 1


def test_the_copied_state_is_the_last_real_one_and_its_gradient_is_handed_back():
    run = dynamic.run()
    for row, length in enumerate(dynamic.LENGTHS):
        assert (run["outputs"][row, length:] == 0).all()
        assert (run["d_inputs"][row, length:] == 0).all()
        assert (run["states"][row, length:] == (run["states"][row, length - 1] if length else 0.5)).all()
        # L has the final state once, so its gradient is 1 from the last real step on.
        assert (run["d_states"][row, max(length - 1, 0) :] == 1).all()
        assert (run["outputs"][row, :length] == run["states"][row, :length]).all()
    # h' is an output and the next state: what a real step is given back is 1 and what the next step hands on.
    assert (run["d_states"][0, :-1] != 1).all()


def test_the_window_cut_is_where_the_windows_end():
    whole, cut, longer = (truncated.influence(*arguments) for arguments in ((12, 1), (4, 1), (4, 2)))
    row, column = np.indices(whole.shape)
    assert ((whole > 0) == (column <= row)).all()
    assert ((cut > 0) == ((column <= row) & (row // 4 == column // 4))).all()
    assert ((longer > 0) == ((column <= row) & (row // 4 - column // 4 <= 1))).all()
    assert_parity({"within": np.where(cut > 0, whole, 0)}, {"within": cut})


def test_the_tables_say_what_scratch_says():
    found, labels = losses.gradients("steps")
    real = np.arange(8) < losses.LENGTHS[:, None]
    assert (found["by length"] > 0).tolist() == real.tolist()
    assert (found["by sign"] > 0).tolist() == (labels > 0).tolist()
    assert (real & (labels == 0)).sum() == 2
    assert (found["no mask"] > 0).all()
    both, timesteps, batch = (
        sequence_loss.shares(*options) for options in ((True, True), (True, False), (False, True))
    )
    assert both.sum() == pytest.approx(1)
    np.testing.assert_allclose(timesteps.sum(axis=1), 1)
    np.testing.assert_allclose(batch.sum(axis=0), 1)
    fixed, fresh = dropout.masks(True), dropout.masks(False)
    assert (fixed == fixed[0]).all()
    assert not (fresh == fresh[0]).all()
    whole, streamed = streaming.both()
    np.testing.assert_array_equal(whole, streamed)


def test_the_paths_are_those_of_the_optimisers():
    theta, a = np.array(valley.START), np.full(2, 0.1)
    places = valley.path(AdagradOptimizer(0.5), 4)
    for step in range(4):
        g = theta * [1, valley.STEEP]
        a = a + g * g
        theta = theta - 0.5 * g / np.sqrt(a)
        np.testing.assert_allclose(places[step + 1], theta, rtol=1e-14)
    assert valley.path(MomentumOptimizer(0.03, 0.8), 30)[:, 0].max() > 0
    assert adam.first_steps(True)[:3] == pytest.approx([1, 1, 1], rel=1e-4)
    assert adam.first_steps(False)[0] == pytest.approx(0.1 / np.sqrt(0.001), rel=1e-4)


def test_the_measured_bytes_are_those_of_a_tape():
    """A cache of an LSTM: [x, h], four gates, the old c and φ(c'), in float64; a state: c and h."""
    B, D, H = checkpointed.B, checkpointed.D, checkpointed.H
    assert checkpointed.sizes() == (8 * B * (D + H + 6 * H), 8 * B * 2 * H)
