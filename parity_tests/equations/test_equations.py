"""Every displayed equation of the pages holds for the numbers of scratch, and a mistake in one of them is noticed."""

import numpy as np
import pytest

from parity_tests.equations import pages as pages_module
from parity_tests.equations.book import NO_NUMBERS, RUNS, found, missed, pages, runs_of
from parity_tests.equations.check import unequal
from parity_tests.equations.pages import statements_of, text_of
from parity_tests.equations.planted import PLANTED

# The pages whose own forward equations are differentiated.
DIFFERENTIATED = (
    *(f"cells/{name}" for name in ("rnn", "lstm", "full_lstm", "coupled_lstm", "gru", "residual", "attention")),
    *("cells/time_freq_lstm", "cells/grid_lstm", "unroll/bidirectional", "training/dense", "training/batch_norm"),
)


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


@pytest.mark.parametrize("page", DIFFERENTIATED)
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
    made, missing = missed(page)
    assert len(missing) <= 0.1 * made, f"{len(missing)} of {made} changes:\n" + "\n".join(missing)


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
