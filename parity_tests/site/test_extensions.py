"""What ``docs/extensions`` makes of equations, code and words, without building a site."""

import sys
from xml.etree import ElementTree

import pytest
from pygments import highlight
from pygments.lexers import PythonLexer

from parity_tests.test_examples import ROOT

sys.path.insert(0, str(ROOT / "docs/extensions"))

import lines
import mathml
import terms


def parts(latex):
    """Return the text of each ``<math>`` that a displayed equation is split into."""
    html = mathml.as_lines(mathml.converted(latex, display=True)).replace("<wbr>", "")
    return ["".join(math.itertext()) for math in ElementTree.fromstring(html).iter("math")]


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"a = b + c", ["a", "=b", "+c"]),
        (r"a = b \qquad c \le d", ["a", "=b", "c", "≤d"]),
        (r"x = -1", ["x", "=−1"]),
        (r"h' = o \odot \varphi(c' + 1)", ["h′", "=o", "⊙φ(c′+1)"]),
        (r"[x, h]^\top (a + b) = 0", ["[x,h]⊤(a+b)", "=0"]),
        (r"\left( a + b \right) = c", ["(a+b)", "=c"]),
        (r"\frac{a + b}{c = d}", ["a+bc=d"]),
        (r"a \mathrel{+}= b", ["a", "+=b"]),
        (r"a \;\; b", ["a", "b"]),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", ["a", "=b", "=c"]),
    ],
)
def test_an_equation_is_broken_before_relations_sums_and_products_outside_parentheses(latex, expected):
    assert parts(latex) == expected


def test_an_equation_in_a_line_is_broken_before_its_relations_alone():
    html = mathml.in_a_line(mathml.converted("y = a + b = c", display=False))
    assert [part.count("<math") for part in html.split("<wbr>")] == [1, 1, 1]
    assert "<wbr>" not in mathml.in_a_line(mathml.converted("a + b", display=False))


def test_a_sum_is_broken_before_a_product_only_where_it_must():
    """The boxes of a product are inside that of its term, and those of terms inside that of their side."""
    html = mathml.as_lines(mathml.converted(r"y = a \cdot b + c", display=True)).replace("<wbr>", "")
    (group,) = ElementTree.fromstring(html)
    left, right = group
    first, second = right
    assert ["".join(box.itertext()) for box in (left, right, first, second, *first)] == [
        "y",
        "=a⋅b+c",
        "=a⋅b",
        "+c",
        "=a",
        "⋅b",
    ]


def test_an_operator_at_the_start_of_a_part_keeps_its_spaces():
    html = mathml.as_lines(mathml.converted("a = b", display=True)).replace("<wbr>", "")
    (sign,) = ElementTree.fromstring(html).iter("mo")
    assert sign.get("form") == "infix"


def test_an_equation_that_cannot_be_read_ends_the_build():
    with pytest.raises(mathml.ExtensionError, match=r"this equation cannot be read: \\none"):
        mathml.converted(r"\none", display=False)


def test_the_rest_of_a_long_line_stands_further_in_than_its_start():
    html = highlight("def f():\n    return 1\n", PythonLexer(), lines.LineFormatter())
    assert html.count('<span class="line"') == 2
    assert 'style="--indent: 4ch"' in html.splitlines()[0]
    assert 'style="--indent: 8ch"' in html.splitlines()[1]


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("gate", "two gates", "gates"),
        ("gate", "Gates open", "Gates"),
        ("gate", "gate-wise", None),
        ("gate", "to aggregate", None),
        ("forget gate", "the forget\ngate", "forget\ngate"),
        ("Adagrad", "adagrad", None),
    ],
)
def test_a_word_is_found_with_its_plural_and_not_inside_another(word, text, found):
    match = terms.re.search(terms.pattern(word), text)
    assert (match and match[0]) == found
