"""The reader itself: what it makes of an equation, what it refuses, and what the evaluation refuses."""

import numpy as np
import pytest

from parity_tests.equations.check import wrong
from parity_tests.equations.nodes import Call, Derivative, Fraction, Indexed, Name, Number, Product, Sum
from parity_tests.equations.pages import statements_of
from parity_tests.equations.reader import parse
from parity_tests.equations.runs import Run
from parity_tests.equations.symbols import Unreadable
from parity_tests.equations.tokens import displays, statements, tokens


def right_side(text):
    """Return the tree behind the = of an equation."""
    return parse(tokens(text)).sides[1]


def test_a_tree_says_what_the_equation_says():
    c, f = Name("c"), Name("f")
    assert right_side(r"c' = f \odot c - 1") == Sum(((1, Product((("", f), (r"\odot", c)))), (-1, Number(1.0))))
    assert right_side(r"a = \frac1N") == Fraction(Number(1.0), Name("N"))
    assert right_side(r"a = \sigma(z_{f,b})") == Call(Name("sigma"), (Name("z", (f, Name("b"))),))
    assert right_side(r"a = f (c)") == Product((("", f), ("", c)))
    assert right_side(r"a = R(x)_{b,t}") == Indexed(Call(Name("R"), (Name("x"),)), (Name("b"), Name("t")))
    by_c = r"\left.\frac{\partial L}{\partial \hat c'}\right|_{k}"
    assert right_side(f"a = {by_c}") == Derivative(Name("L"), Name("hat c'"), Name("k"))
    # How it looks changes nothing.
    assert right_side(r"a = \Bigl( f \,+\, c \Bigr) .\!"[:-3]) == right_side("a = f + c")


def test_a_display_is_cut_into_its_statements():
    text = r"""a = b \qquad \text{so} \quad c = d
        + e, \\ \begin{aligned} g &= h \\ &\quad + i \end{aligned} \text{ for } k > 0 ."""
    found = [(source.split("\n")[0], limits) for source, _, limits in statements(text)]
    assert found == [("a = b", False), ("c = d", False), (r"g &= h \\ &\quad + i", False), ("k > 0", True)]
    (statement,) = statements_of("$$\na = b\n\\quad (k \\ge 1)\n$$")
    assert len(statement.conditions) == 1
    page = "$$x = 1$$\n\n```{math}\ny = 2\n```\n"
    assert [display.text.strip() for display in displays(page)] == ["x = 1", "y = 2"]


@pytest.mark.parametrize(
    "text", ["z", "z = ", r"z = \foo x", r"z = [x, h", r"z = \frac{a}", r"z = \sum_{b + 1} x", r"z = \begin{cases} x"]
)
def test_what_the_reader_does_not_know_is_refused(text):
    with pytest.raises(Unreadable):
        parse(tokens(text))


@pytest.mark.parametrize(
    ("equation", "reason"),
    [
        ("z = x W", None),
        ("z = W x", "make no product"),
        (r"z = x \odot W", "make no product"),
        ("z = x V", "V is not known"),
        ("z = x W + b", "the sides differ"),
        ("z = z", "by itself"),
        (r"z_b = x_b W", None),
        (r"z_b = x_{b-1} W", "has no index"),
        (r"z_b = x_{1-b} W", "the sides differ"),
        (r"y = \sum_b z_b", None),
        (r"y = \sum_b z_b + 1", "the sides differ"),
        ("y = 0", "the sides differ"),
        ("n = n - 0 x", "by itself"),
        ("n = 0 y", "proves nothing"),
        (r"y_k < y_k + 1", None),
        (r"y_k < y_k", "the other way round"),
    ],
)
def test_an_equation_holds_or_does_not(equation, reason):
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((2, 3)), rng.standard_normal((3, 4))
    z = x @ w
    given = {"x": x, "W": w, "z": z, "y": z.sum(axis=0), "b": np.ones(4), "n": np.zeros(4)}
    (statement,) = statements_of(f"$${equation}$$")
    found = wrong([Run(given, ranges={"b": range(2), "k": range(4)})], statement)
    assert found is None if reason is None else reason in found
