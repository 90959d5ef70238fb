"""Every displayed equation of the pages holds for the numbers of scratch, and a mistake in one of them is noticed."""

import functools

import numpy as np
import pytest

from parity_tests.equations import cells, frequency_cells, inputs, training, unroll
from parity_tests.equations import pages as pages_module
from parity_tests.equations.changes import changes, symbols
from parity_tests.equations.check import unequal
from parity_tests.equations.pages import DOCS, complaints, statements_of, text_of
from parity_tests.equations.planted import PLANTED
from parity_tests.equations.tokens import displays

RUNS = cells.RUNS | frequency_cells.RUNS | unroll.RUNS | training.RUNS | inputs.RUNS
WINGS = ("cells", "unroll", "training", "inputs")
# What is displayed and is no equation between numbers, with the reason.
NO_NUMBERS = {
    ("training/batches", r"\pi_0(0) \dots \pi_0(N-1)"): "the order of the examples, which is random",
    ("training/summaries", r"\underbrace{\text{length}}_{8 \text{ bytes}}"): "the layout of a record, in bytes",
    ("training/summaries", r"\pm 10^{-12} \cdot 1.1^k"): "a list of limits; the page computes it below a >>>",
    ("training/summaries", r"k = 0, 1, 2, \dots"): "what k counts in that list",
    ("training/summaries", r"\text{up to } 10^{20}"): "where that list ends",
}


@functools.cache
def runs_of(page):
    return RUNS[page]() if page in RUNS else []


def found(page, text, sound=frozenset(), runs=None):
    """Return what is wrong in a page's text, without what the table above excuses."""
    runs = runs_of(page) if runs is None else runs
    excused = tuple(start for excused_page, start in NO_NUMBERS if excused_page == page)
    return [wrong for wrong in complaints(runs, text, sound) if not wrong.text.startswith(excused)]


def pages():
    """Return every page of the wings that displays anything."""
    paths = [path for wing in WINGS for path in sorted((DOCS / wing).glob("*.md"))]
    names = [f"{path.parent.name}/{path.stem}" for path in paths]
    return [name for name in names if displays(text_of(name))]


@pytest.mark.parametrize("page", pages())
def test_every_displayed_equation_holds(page):
    wrongs = found(page, text_of(page))
    assert not wrongs, "\n" + "\n".join(f"docs/{page}.md:{line}: {reason}\n    {text}" for line, text, reason in wrongs)


def test_the_pages_are_all_there():
    assert set(RUNS) <= set(pages())
    assert len(pages()) >= 30
    assert sum(len(statements_of(text_of(page))) for page in pages()) >= 200


def test_what_is_excused_is_displayed():
    for page, start in NO_NUMBERS:
        texts = [statement.text for statement in statements_of(text_of(page))]
        assert sum(text.startswith(start) for text in texts) == 1, f"docs/{page}.md does not display {start} …"


@pytest.mark.parametrize("page", [page for page in RUNS if any(run.loss for run in RUNS[page]())])
def test_scratchs_gradients_are_those_of_the_forward_equations(page):
    compared, rng = 0, np.random.default_rng(0)
    for run in (run for run in runs_of(page) if run.loss):
        for key, gradient in run.gradients.items():
            name = key.removeprefix("L/")
            places = list(gradient) if isinstance(gradient, dict) else [None]
            for place in places if name in run.given else ():
                ours = gradient if place is None else gradient[place]
                # Along a drawn direction: any entry that is wrong shows in it.
                direction = rng.standard_normal(np.shape(ours))
                slope = run.slope(name, () if place is None else (place,), direction)
                assert unequal(np.sum(ours * direction), slope) is None, f"{key} {place}"
                compared += 1
    assert compared


@pytest.mark.parametrize("page", RUNS)
def test_changes_made_by_rule_are_noticed(page):
    text = text_of(page)
    sound = {(statement.text, statement.conditions) for statement in statements_of(text)}
    names, made, missed = symbols(displays(text)), 0, []
    for display in displays(text):
        for change in changes(display.text, names):
            # The rest of the page is as it was: only what is new in it is looked at.
            new = text[: display.start] + change.text + text[display.start + len(display.text) :]
            made += 1
            if not found(page, new, sound):
                missed.append(change.what)
    assert len(missed) <= 0.1 * made, f"{len(missed)} of {made} changes:\n" + "\n".join(missed)


@pytest.mark.parametrize(("page", "right", "planted"), PLANTED)
def test_planted_mistakes_are_noticed(page, right, planted, monkeypatch):
    text = text_of(page)
    assert text.count(right) == 1, f"docs/{page}.md says {right} {text.count(right)} times"
    assert not found(page, text)
    # As if it stood in the file: the forward equations, by which names are defined, are the planted ones.
    wrong = text.replace(right, planted)
    monkeypatch.setattr(pages_module, "text_of", lambda page: wrong)
    assert found(page, wrong, runs=RUNS[page]())


def test_enough_is_planted():
    assert len(set(PLANTED)) >= 60
    assert {page for page, _, _ in PLANTED} >= {page for page in RUNS if page.startswith(("cells", "unroll"))}
    assert "training/losses" in {page for page, _, _ in PLANTED}
