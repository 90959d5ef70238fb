"""Mathematics as MathML: made when the site is built, shown by the browser itself, with no script and no network.

A displayed equation is split where a line may be broken: at wide spaces first, then at relations, at sums and at
products. Each part is a box, and a box is broken only where it is wider than the page. So the browser breaks equations
as it breaks words, on a telephone as in print.
"""

import html
import re
from xml.etree import ElementTree

from docutils.nodes import SkipNode
from math_core import LatexError, LatexToMathML
from sphinx.errors import ExtensionError

CONVERTER = LatexToMathML(fancy_error=False)
# A line may be broken before these, outside parentheses; before the first kind rather than before the second.
BREAKS = ("=≠<>≤≥≈∈:≔←→⇒⟹⟶∼", "+−±", "⊙⋅·×")
ALL_BREAKS = "".join(BREAKS)
SCRIPTS = ("msub", "msup", "msubsup", "munder", "mover", "munderover")
OPENING, CLOSING = "([{⌊⌈", ")]}⌋⌉"


def converted(latex, display):
    """Return the MathML of an equation; one that cannot be read ends the build."""
    try:
        return CONVERTER.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise ExtensionError(f"this equation cannot be read: {latex}\n{error}") from None


def sign(element):
    """Return the operator that an element is, without what stands above and below it; or an empty string."""
    while element.tag in SCRIPTS:
        element = element[0]
    return (element.text or "").strip() if element.tag == "mo" else ""


def is_operator(element, signs=ALL_BREAKS):
    return sign(element) != "" and sign(element) in signs


def is_space(element, least):
    """Tell whether an element is a space of at least so many em."""
    width = element.get("width", "")
    return element.tag == "mspace" and width.endswith("em") and float(width[:-2]) >= least


def split(elements, starts):
    """Return the elements in parts: a new one starts at each element outside parentheses that ``starts`` says it of."""
    parts, depth = [[]], 0
    for element in elements:
        # "= -1" and "+=" stay together.
        if depth == 0 and starts(element) and parts[-1] and not is_operator(parts[-1][-1]):
            parts.append([])
        depth += is_operator(element, OPENING) - is_operator(element, CLOSING)
        parts[-1].append(element)
    return parts


def as_math(elements, **attributes):
    """Return the HTML of a part of an equation that is never broken."""
    # At the start of a <math> an operator would be taken for a sign, and set without its spaces.
    if is_operator(elements[0]):
        elements[0].set("form", "infix")
    math = ElementTree.Element("math", attributes)
    math.extend(elements)
    return ElementTree.tostring(math, encoding="unicode")


def boxes(elements, levels=BREAKS):
    """Return the HTML of a part of an equation: a ``<math>``, or boxes between which a line may be broken."""
    if levels is None:
        return as_math(elements, displaystyle="true")
    if levels:
        parts = split(elements, lambda element: is_operator(element, levels[0]))
    else:
        parts = split(elements, lambda element: is_space(element, 0.25))
    seen = [part for part in parts if any(element.tag != "mspace" for element in part)]
    inner = [boxes(part, levels[1:] if levels else None) for part in seen]
    return inner[0] if len(inner) == 1 else "<wbr>".join(f"<span>{part}</span>" for part in inner)


def rows(math):
    """Return the elements of each line of an equation: several where its author has aligned them."""
    children = list(math)
    if len(children) == 1 and children[0].tag == "mtable":
        return [[element for cell in row for element in cell] for row in children[0]]
    return [children]


def parsed(mathml):
    # XML knows these three entities and no other.
    return ElementTree.fromstring(re.sub(r"&(?!(?:lt|gt|amp);)\w+;", lambda entity: html.unescape(entity[0]), mathml))


def in_a_line(mathml):
    """Return the HTML of an equation in a line of text: it may be broken before its relations."""
    parts = split(parsed(mathml), lambda element: is_operator(element, BREAKS[0]))
    return "<wbr>".join(map(as_math, parts)) if len(parts) > 1 else mathml


def as_lines(mathml):
    """Return the HTML of a displayed equation."""
    groups = []
    for row in rows(parsed(mathml)):
        for part in split(row, lambda element: is_space(element, 1)):
            part = [element for element in part if not is_space(element, 1)]
            if part:
                groups.append(f'<span class="group">{boxes(part)}</span>')
    return '<div class="equation">' + "\n".join(groups) + "</div>\n"


def visit_inline(translator, node):
    translator.body.append(in_a_line(converted(node.astext(), display=False)))
    raise SkipNode


def visit_displayed(translator, node):
    translator.body.append(as_lines(converted(node.astext(), display=True)))
    raise SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_displayed, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
