"""All pages with their runs: what is wrong in one, and which changes of it are not noticed.

``python -m parity_tests.equations`` prints how many changes are noticed, page by page, and those that are not.
"""

import functools

from parity_tests.equations import cells, frequency_cells, inputs, training, unroll, wrappers
from parity_tests.equations.changes import changes, symbols
from parity_tests.equations.pages import DOCS, complaints, statements_of, text_of
from parity_tests.equations.tokens import displays

RUNS = cells.RUNS | wrappers.RUNS | frequency_cells.RUNS | unroll.RUNS | training.RUNS | inputs.RUNS
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


def missed(page):
    """Return ``(how many changes there are, those that are not noticed)`` of a page."""
    text = text_of(page)
    sound = {(statement.text, statement.conditions) for statement in statements_of(text)}
    names, made, found_none = symbols(displays(text)), 0, []
    for display in displays(text):
        for change in changes(display.text, names):
            # The rest of the page is as it was: only what is new in it is looked at.
            new = text[: display.start] + change.text + text[display.start + len(display.text) :]
            made += 1
            if not found(page, new, sound):
                found_none.append(change.what)
    return made, found_none
