"""Reads the LaTeX of this project's own pages: from the tokens of a statement to its tree.

    statement  sum {relation sum}                       c' = f \\odot c + i \\odot j
    sum        [sign] product {sign product}
    product    factor {[\\odot | \\cdot | /] factor}        no sign: a product of matrices or with a number
    factor     atom {_ index | ^ power}                  \\sum takes the whole product behind it

A name with ``(`` close behind it is a function; with a space between, it is a factor. With ``[`` it has an index.
"""

from parity_tests.equations.nodes import (
    Call,
    Cases,
    Derivative,
    Dots,
    Fraction,
    Indexed,
    Items,
    Name,
    Number,
    Over,
    Power,
    Product,
    Relation,
    Span,
    Sum,
    Transposed,
)
from parity_tests.equations.symbols import Symbols, Unreadable
from parity_tests.equations.tokens import PRODUCTS, RELATIONS, SIGNS

FUNCTIONS = {r"\log": "log", r"\max": "max", r"\min": "min", r"\tanh": "tanh", r"\exp": "exp", r"\cos": "cos"}
CLOSING = {"(": ")", "[": "]", "|": "|", r"\lVert": r"\rVert", r"\lfloor": r"\rfloor"}
AROUND = {"|": "abs", r"\lVert": "norm", r"\lfloor": "floor"}
# What a product ends at.
ENDS = {*RELATIONS, *SIGNS, *CLOSING.values(), ",", ".", "}", "&", "bar", r"\\", r"\dots", r"\end{cases}"}


def parse(part):
    """Return the tree of the tokens of one statement: a ``Relation``."""
    reader = Reader(part)
    tree = reader.relation()
    if reader.peek() is not None:
        raise Unreadable(f"not read from {reader.peek()} on")
    if not isinstance(tree, Relation):
        raise Unreadable("it says nothing: there is no = in it")
    return tree


class Reader(Symbols):
    """The rules of the language, a method each."""

    def relation(self):
        sides, signs = [self.list()], []
        while self.peek() in RELATIONS:
            signs.append(self.take())
            sides.append(self.list())
        return Relation(tuple(sides), tuple(signs)) if signs else sides[0]

    def list(self):
        """Items with commas between: two or more are a tuple."""
        items = self.items()
        return items[0] if len(items) == 1 else Items("(", items)

    def items(self):
        found = [self.span()]
        while self.peek() == ",":
            self.take()
            found.append(self.span())
        return tuple(found)

    def span(self):
        first = self.sum()
        if self.peek() != r"\dots" or isinstance(first, Dots):
            return first
        self.take()
        return Span(first, self.sum())

    def sum(self):
        sign = SIGNS[self.take()] if self.peek() in SIGNS else 1
        terms = [(sign, self.product())]
        while self.peek() in SIGNS:
            sign = SIGNS[self.take()]
            terms.append((sign, self.product()))
        return terms[0][1] if len(terms) == 1 and terms[0][0] == 1 else Sum(tuple(terms))

    def product(self):
        if self.peek() == r"\dots":
            self.take()
            return Dots()
        factors = [("", self.factor())]
        while self.peek() is not None and self.peek() not in ENDS:
            sign = self.take() if self.peek() in PRODUCTS else ""
            factors.append((sign, self.factor()))
        return factors[0][1] if len(factors) == 1 else Product(tuple(factors))

    def factor(self):
        node = self.atom()
        while True:
            following, named = self.peek(), isinstance(node, Name | Power) and self.close()
            if following == "(" and named:
                node = Call(node, self.bracketed().items)
            elif following == "[" and named:
                node = Indexed(node, self.bracketed().items)
            elif following == "bar" and isinstance(node, Derivative):
                self.take()
                self.take("_")
                node = Derivative(node.top, node.bottom, self.list_in_braces())
            elif following == "_":
                self.take()
                node = Indexed(node, self.indices())
            elif following == "^":
                self.take()
                node = Transposed(node) if self.transposition() else Power(node, self.argument())
            else:
                return node

    def atom(self):
        if self.peek() in {"(", "["}:
            found = self.bracketed()
            return found.items[0] if found.kind == "(" and len(found.items) == 1 else found
        if self.peek() == "{":
            return self.argument()
        token = self.take()
        if token[0].isdigit():
            return Number(float(token))
        if token in AROUND:
            inside = self.sum()
            self.take(CLOSING[token])
            return Call(Name(AROUND[token]), (inside,))
        if token in {r"\frac", r"\tfrac"}:
            return self.fraction()
        if token == r"\sqrt":
            return Power(self.argument(), Fraction(Number(1), Number(2)))
        if token == r"\begin{cases}":
            return self.cases()
        if token == r"\sum" or (token == r"\max" and self.peek() == "_"):
            return self.over(token[1:])
        if token in FUNCTIONS:
            return self.function(Name(FUNCTIONS[token]))
        if token == r"\text{the columns }":
            return Call(Name("the columns"), (self.span(),))
        if token.startswith(r"\mathrm{"):
            # E[g], a mean.
            return Call(Name(token[8:-1]), self.bracketed().items)
        return self.name(token)

    def function(self, name):
        """A function whose argument needs no brackets: \\log p_k."""
        if self.peek() == "^":
            self.take()
            name = Power(name, self.argument())
        if self.peek() == "(" and self.close():
            return Call(name, self.bracketed().items)
        return Call(name, (self.factor(),))

    def bracketed(self):
        kind = self.take("(", "[")
        first = self.relation()
        items = first.items if isinstance(first, Items) and first.kind == "(" else (first,)
        self.take(CLOSING[kind])
        return Items(kind, items)

    def fraction(self):
        if [token.text for token in self.tokens[self.at : self.at + 2]] == ["{", r"\partial"]:
            return Derivative(self.variable(), self.variable())
        return Fraction(self.argument(), self.argument())

    def variable(self):
        """{\\partial v}"""
        self.take("{")
        self.take(r"\partial")
        node = self.sum()
        self.take("}")
        return node

    def over(self, function):
        self.take("_")
        found = self.list_in_braces()
        first = last = None
        if isinstance(found, Relation) and found.signs == ("=",):
            found, first = found.sides
            if self.peek() == "^":
                self.take()
                last = self.argument()
        items = found.items if isinstance(found, Items) else (found,)
        if not all(isinstance(item, Name) and not item.below for item in items):
            raise Unreadable("a sum over something that is not an index")
        body = self.product() if function == "sum" else self.factor()
        return Over(function, tuple(item.name for item in items), first, last, body)

    def cases(self):
        branches = []
        while self.peek() != r"\end{cases}":
            value = self.sum()
            self.take("&")
            branches.append((value, self.relation()))
            if self.peek() == r"\\":
                self.take()
        self.take()
        return Cases(tuple(branches))
