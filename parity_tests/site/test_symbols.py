"""``docs/symbols.md`` keeps its word: every letter of every equation stands in one of its tables."""

import re
import unicodedata
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from math_core import LatexToMathML

from parity_tests.test_examples import ROOT

DOCS = ROOT / "docs"
SYMBOLS = DOCS / "symbols.md"
CONVERTER = LatexToMathML(fancy_error=False)
WINGS = "cells", "unroll", "inputs", "training", "tasks", "jit", "conversions"
# The wings: the course uses the symbols of the pages that a meeting stands on.
PAGES = [
    page for wing in WINGS for page in (DOCS / wing).glob("*.md")
]
PAGES += [DOCS / f"{name}.md" for name in ("start", "complex_step", "parity", "rounding", "vectors")]


def equations(text):
    """Return the LaTeX of all equations of a page."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"`[^`\n]*`", "", text)
    return [displayed or inline for displayed, inline in re.findall(r"\$\$(.*?)\$\$|\$([^$]+?)\$", text, re.DOTALL)]


def letters(latex):
    """Return the letters that an equation uses as symbols; those of words and of functions' names are none."""
    mathml = re.sub(r"&(?!(?:lt|gt|amp);)\w+;", "", CONVERTER.convert_with_local_state(latex, displaystyle=False))
    names = {element.text or "" for element in ElementTree.fromstring(mathml).iter("mi")}
    # Under a hat i and j have no dots.
    names = {unicodedata.normalize("NFKC", name).translate(str.maketrans("ıȷ", "ij")) for name in names}
    return {name for name in names if len(name) == 1 and name.isalpha()}


def told(cell):
    return set().union(*map(letters, equations(cell)))


def tables():
    """Return the letters of the first table, and those of the second one page by page."""
    first, second = SYMBOLS.read_text(encoding="utf-8").split("## On a page of its own")
    everywhere = set().union(*(told(row.split("|")[1]) for row in first.splitlines() if row.startswith("|")))
    alone = {}
    for page, cell in re.findall(r"^\| \[.*?\]\((.*?)\) \|(.*?)\|", second, flags=re.MULTILINE):
        alone.setdefault(page, set()).update(told(cell))
    return everywhere, alone


EVERYWHERE, ALONE = tables()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_letter_of_a_page_is_told(page):
    used = set().union(*map(letters, equations(page.read_text(encoding="utf-8"))))
    own = ALONE.get(str(page.relative_to(DOCS)), set())
    assert used - EVERYWHERE - own == set()
    assert own - EVERYWHERE - used == set(), "is told, but not used"


def test_every_page_of_the_second_table_is_there():
    assert ALONE.keys() <= {str(page.relative_to(DOCS)) for page in PAGES}


def test_no_symbol_of_the_first_table_is_told_twice():
    first = SYMBOLS.read_text(encoding="utf-8").split("## On a page of its own")[0]
    symbols = sorted(
        symbol for row in first.splitlines() for symbol in equations(row.split("|")[1:2][0] if "|" in row else "")
    )
    assert [one for one, next_one in pairwise(symbols) if one == next_one] == []
