"""What a reader finds on the built site: every public name, the answer in three clicks, and each word introduced."""

import ast
import html
import re

import pytest

import scratch
from parity_tests.site.links import clicks, pages
from parity_tests.test_examples import ROOT

ANSWER = "why-the-state-is-copied-and-the-output-zeroed"


def names_of_tf_impl():
    tree = ast.parse((ROOT / "tf_impl/__init__.py").read_text(encoding="utf-8"))
    return {alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}


@pytest.fixture(scope="session")
def pages_of_site(site):
    return pages(site)


def test_every_public_name_is_in_the_reference(site, pages_of_site):
    names = {f"scratch.{name}" for name in (*scratch.__all__, *scratch.FROM_JIT)}
    names |= {f"tf_impl.{name}" for name in names_of_tf_impl()}
    there = set().union(*(page.anchors for path, page in pages_of_site.items() if path.parent.name == "api"))
    assert names - there == set()


def test_types_stand_in_the_reference_as_in_the_source(site):
    page = re.sub("<[^>]*>", "", (site / "reference/api/unroll.html").read_text(encoding="utf-8"))
    assert 'inputs: Float[Array, "_ _ D"]' in html.unescape(page).replace("'", '"')


def test_the_answer_is_three_clicks_from_the_front_page(site, pages_of_site):
    answer = site / "unroll/static.html"
    assert ANSWER in pages_of_site[answer].anchors
    assert clicks(pages_of_site, site / "index.html", answer) <= 3


def test_a_network_trains_on_the_second_page(site, pages_of_site):
    second = re.search(r'<a class="next-page" href="([^"]*)"', (site / "index.html").read_text(encoding="utf-8"))[1]
    assert second == "start.html"
    assert "examples/one_page.py" in (site / second).read_text(encoding="utf-8")


def in_reading_order(site):
    """Yield the pages as the links to the next page lead from one to the other."""
    path = site / "index.html"
    while path:
        yield path
        link = re.search(r'<a class="next-page" href="([^"]*)"', path.read_text(encoding="utf-8"))
        path = (path.parent / link[1]).resolve() if link else None


def entries(site):
    """Return ``{word: (anchor, the page that introduces it)}`` from the built glossary."""
    text = (site / "glossary.html").read_text(encoding="utf-8")
    found = {}
    for anchor, term, told in re.findall(
        r'<dt id="(term-[^"]*)">(.*?)<a class="headerlink.*?</dt><dd>(.*?)</dd>', text, re.S
    ):
        links = [link for link in re.findall(r'href="([^"#]*)(?:#[^"]*)?"', told) if link]
        found[html.unescape(re.sub("<[^>]*>", "", term))] = anchor, (site / links[-1]).resolve()
    return found


def running_text(path):
    """Return the text of a page without code, equations, headings and links."""
    article = re.search(r'<article role="main".*?</article>', path.read_text(encoding="utf-8"), re.S)[0]
    for tag in ("pre", "code", "math", "h1", "h2", "h3", "h4", "a", "style", "script", "title", "dl"):
        article = re.sub(rf"<{tag}\b.*?</{tag}>", " · ", article, flags=re.S)
    return html.unescape(re.sub("<[^>]*>", "", article))


def test_every_word_is_introduced_before_it_is_used_or_is_a_link(site):
    words = entries(site)
    assert len(words) > 60
    order = list(in_reading_order(site))
    place = {path: number for number, path in enumerate(order)}
    missing = []
    for path in order:
        text, page = running_text(path), path.read_text(encoding="utf-8")
        for word, (anchor, introduced) in words.items():
            used = re.search(rf"(?<![\w-]){re.escape(word)}s?(?![\w-])", text)
            if used and place[path] < place[introduced] and f"glossary.html#{anchor}" not in page:
                missing.append((path.name, word))
    assert missing == []
