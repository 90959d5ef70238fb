"""Every word of the glossary is introduced before it is used, or is a link to the glossary.

An entry of the glossary names the page that introduces its word, by a link. On pages that come before it in the reading
order, the first use of the word becomes a link to the entry. A word whose entry names no page, or a page that does not
use it, is a warning, and so ends the build.
"""

import re
from functools import cache

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

GLOSSARY = "glossary"
# Words in these are no running text, or are links already.
PASSED_OVER = (nodes.reference, nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.title)
PASSED_OVER += (nodes.raw, nodes.image, nodes.comment, nodes.system_message)
PASSED_OVER += (addnodes.pending_xref, addnodes.desc, addnodes.desc_signature)
LOG = logging.getLogger(__name__)


def reading_order(env, docname):
    """Yield the pages in the order of the tables of contents."""
    yield docname
    for child in env.toctree_includes.get(docname, ()):
        yield from reading_order(env, child)


def words(entry):
    return [term.astext() for term in entry.findall(nodes.term)]


def introduced_in(entry):
    """Return the page that an entry's last link to a page names, or None."""
    pages = [link["reftarget"].strip("/") for link in entry.findall(addnodes.pending_xref) if link["reftype"] == "doc"]
    return pages[-1] if pages else None


def pattern(word):
    """Return what finds a word and its plural; one in lower case also at the start of a sentence."""
    first = f"[{word[0]}{word[0].upper()}]" if word[0].islower() else re.escape(word[0])
    rest = r"\s+".join(map(re.escape, word[1:].split(" ")))
    return rf"(?<![\w-]){first}{rest}(?:e?s)?(?![\w-])"


def texts(doctree):
    """Return the texts of a page in which words are looked for."""

    def is_passed_over(node):
        return node is not None and (isinstance(node, PASSED_OVER) or is_passed_over(node.parent))

    return [text for text in doctree.findall(nodes.Text) if not is_passed_over(text.parent)]


def read_glossary(app, env):
    """Find out, when all pages are read, which word is introduced where."""
    order = {page: number for number, page in reversed(list(enumerate(reading_order(env, env.config.root_doc))))}
    found, text_of = {}, cache(lambda page: env.get_doctree(page).astext())
    for entry in env.get_doctree(GLOSSARY).findall(nodes.definition_list_item):
        page = introduced_in(entry)
        for word in words(entry):
            if page not in order:
                LOG.warning("%s: the entry links to no page that introduces it", word, location=GLOSSARY)
            elif not re.search(pattern(word), text_of(page)):
                LOG.warning("%s: is not used on %s, which should introduce it", word, page, location=GLOSSARY)
            else:
                (term,) = (term for term in entry.findall(nodes.term) if term.astext() == word)
                found[word] = page, term["ids"][0]
    env.introduced, env.order = found, order


def link(app, doctree, docname):
    """Make the first use of each word that is not yet introduced a link to the glossary."""
    env = app.builder.env
    here = env.order.get(docname, len(env.order))
    unknown = {word: at for word, (page, at) in env.introduced.items() if here < env.order[page]}
    if docname == GLOSSARY or not unknown:
        return
    # The longest first: "forget gate" before "gate".
    longest = sorted(unknown, key=len, reverse=True)
    either = re.compile("|".join(f"({pattern(word)})" for word in longest))
    for text in texts(doctree):
        parts, end = [], 0
        for match in either.finditer(text):
            word = longest[match.lastindex - 1]
            if word in unknown:
                inner = nodes.inline("", match[0], classes=["std", "std-term"])
                node = make_refnode(app.builder, docname, GLOSSARY, unknown.pop(word), inner, word)
                parts += [nodes.Text(text[end : match.start()]), node]
                end = match.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(text[end:])])


def setup(app):
    app.connect("env-updated", read_glossary)
    app.connect("doctree-resolved", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
