"""The built site is whole: offline, in view at three widths, in light and dark, and every link leads somewhere."""

import pytest

from parity_tests.browser import is_required, missing
from parity_tests.site import links, view

needs_browser = pytest.mark.skipif(bool(missing()) and not is_required(), reason=missing() or "Chromium is there")
DOT = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>"
SOUND = (
    f'<article><p id="here">Text, <math><mi>x</mi></math>, <a href="#here">a link</a> <img src="{DOT}" alt="A dot"></p>'
)
# What is wrong with a page, and the page.
WRONG = {
    "failed: https://example.org/a.js": '<script src="https://example.org/a.js"></script>',
    "failed: file:///": '<link rel="stylesheet" href="none.css">',
    "script: ": "<script>none.such</script>",
    "no picture: none.png": '<article><img src="none.png" alt="A picture"></article>',
    "no text alternative": f'<article><img src="{DOT}" alt=" "></article>',
    "no mathematics: ": "<article><math></math></article>",
    "1280 pixels: out of view: pre": (
        "<article><details><pre style='overflow: auto'>" + "word " * 400 + "</pre></details></article>"
    ),
    "raw LaTeX: \\frac": "<article><p>\\frac12</p></article>",
    "390 pixels: out of view: pre": "<article><pre style='overflow: auto'>" + "word " * 60 + "</pre></article>",
    "768 pixels: out of view: math": "<article><math><mspace width='800px'/><mi>x</mi></math></article>",
    "1280 pixels: the page is wider": "<article></article><hr style='width: 1400px'>",
    "dark: contrast 1.0": (
        "<style>@media (prefers-color-scheme: dark) { p { color: white } }</style><article><p>a</p></article>"
    ),
}


@needs_browser
def test_what_is_wrong_with_a_page_is_found(tmp_path):
    for number, page in enumerate([SOUND, *WRONG.values()]):
        (tmp_path / f"{number:02}.html").write_text(f'<!doctype html><meta charset="utf-8">{page}', encoding="utf-8")
    found = list(view.complaints(tmp_path))
    assert not [line for line in found if line.startswith("00.html")]
    for number, what in enumerate(WRONG, start=1):
        assert any(line.startswith(f"{number:02}.html: {what}") for line in found), (what, found)


@needs_browser
def test_every_page_is_shown_whole_without_a_network(site):
    assert list(view.complaints(site)) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html#there"></a><a href="https://example.org/c.html">', encoding="utf-8"
    )
    (tmp_path / "b.html").write_text('<p id="there"></p><a href="#here"></a><a href="c.html"></a>', encoding="utf-8")
    assert list(links.broken(links.pages(tmp_path))) == [
        "b.html: #here leads to no place on its page",
        "b.html: c.html leads to no file",
    ]


def test_clicks_are_counted_along_the_links_in_the_text(tmp_path):
    pages = {
        "a": "<a href='c.html'></a><article><a href='b.html'>",
        "b": "<article><a href='c.html'>",
        "c": "<article>",
    }
    for name, page in pages.items():
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
    site = links.pages(tmp_path)
    first, _, last = site
    assert links.clicks(site, first, last) == 2
    assert links.clicks(site, last, first) is None


def test_every_link_leads_somewhere(site):
    assert list(links.broken(links.pages(site))) == []
