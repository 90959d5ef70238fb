"""Reads the LaTeX of this project's own pages: from a page to its displays, statements and trees.

    page       $$ … $$ and ```{math} blocks are its displays
    display    statements, with \\quad, \\qquad, \\\\ "for" or "at" between them
    statement  sum {relation sum}                       c' = f \\odot c + i \\odot j
    sum        [sign] product {sign product}
    product    factor {[\\odot | \\cdot | /] factor}        no sign: a product of matrices or with a number
    factor     atom {_ index | ^ power}                  \\sum takes the whole product behind it

A name with ``(`` close behind it is a function; with a space between, it is a factor. With ``[`` it has an index.
"""

import re
from dataclasses import dataclass

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

DISPLAY = re.compile(r"\$\$(.*?)\$\$|^```\{math\}\n(.*?)^```", re.DOTALL | re.MULTILINE)
TOKEN = re.compile(r"\s+|\\(?:text|mathrm)\{[^{}]*\}|\\mathrel\{\+\}=|:=|\\(?:begin|end)\{[a-z]+\}|\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|\S")
# Says how large or how far apart: not read.
SPACING = {r"\,", r"\;", r"\:", r"\!", r"\ ", r"\displaystyle", r"\limits"}
SIZES = re.compile(r"\\(left|right|[bB]igg?[lrm]?)$")
BREAKS = {r"\quad", r"\qquad", r"\\", r"\Rightarrow"}
RELATIONS = {"=", r"\leftarrow", ":=", r"\mathrel{+}=", r"\le", "<", r"\ge", ">"}
SIGNS = {"+": 1, "-": -1}
ACCENTS = {r"\hat": "hat", r"\tilde": "tilde"}
GREEK = r"alpha beta gamma delta epsilon varepsilon eta theta mu rho sigma phi varphi pi ell imath jmath".split()
FUNCTIONS = {r"\log": "log", r"\max": "max", r"\min": "min", r"\tanh": "tanh", r"\exp": "exp"}
CLOSING = {"(": ")", "[": "]", "{": "}"}


class Unreadable(ValueError):
    """Not in the language above."""


@dataclass(frozen=True)
class Token:
    text: str
    start: int
    spaced: bool = False


@dataclass(frozen=True)
class Display:
    """One displayed equation: its text, and where in the page it begins."""

    text: str
    start: int


def displays(page):
    """Return the displays of a page's text."""
    found = []
    for match in DISPLAY.finditer(page):
        group = 1 if match.group(1) is not None else 2
        found.append(Display(match.group(group), match.start(group)))
    return found


def tokens(text):
    """Return the tokens of a display, without those that only say how it looks."""
    found, spaced, size = [], False, False
    for match in TOKEN.finditer(text):
        word = match.group()
        if word.isspace() or word in SPACING:
            spaced = spaced or word != r"\!"
        elif SIZES.match(word):
            size = True
        else:
            # \left. is a bracket that is not there; \right| is the bar behind a derivative.
            if not (size and word == "."):
                found.append(Token("bar" if size and word == "|" else word, match.start(), spaced))
            spaced = size = False
    return found


def statements(text):
    """Return the statements of a display, those of words alone left out: triples of text, tokens, and what it is.

    The last is true where it may say for which indices the statement before it holds: behind "for", or in brackets.
    """
    parts, limits, depth, cases = [[]], [], 0, 0
    found = tokens(text)
    for token, following in zip(found, [*found[1:], None], strict=True):
        depth += (token.text == "{") - (token.text == "}")
        cases += (token.text == r"\begin{cases}") - (token.text == r"\end{cases}")
        if depth or cases:
            parts[-1].append(token)
        elif token.text in BREAKS:
            # A line that begins with a sign goes on.
            if not (following and following.text in {*RELATIONS, *SIGNS, r"\odot", r"\cdot"}):
                parts.append([])
        elif re.fullmatch(r"\\text\{ *(for|at) *\}", token.text):
            parts.append([])
            limits.append(len(parts) - 1)
        elif token.text not in {"&", r"\begin{aligned}", r"\end{aligned}"}:
            parts[-1].append(token)
    read = []
    for number, part in enumerate(parts):
        while part and part[-1].text in {".", ","}:
            part.pop()
        if part and not all(word(token) for token in part):
            source = text[part[0].start : part[-1].start + len(part[-1].text)]
            read.append((source, part, number in limits or part[0].text == "("))
    return read


def word(token):
    """Return the words of a ``\\text``, else ``None``."""
    return token.text[6:-1].replace("\\_", "_").strip() if token.text.startswith(r"\text{") else None


def parse(part):
    """Return the tree of the tokens of one statement: a ``Relation``."""
    reader = Reader(part)
    tree = reader.relation()
    if reader.peek() is not None:
        raise Unreadable(f"not read from {reader.peek()} on")
    if not isinstance(tree, Relation):
        raise Unreadable("it says nothing: there is no = in it")
    return tree


class Reader:
    """The rules of the language, a method each, over the tokens of one statement."""

    def __init__(self, part):
        self.tokens = part
        self.at = 0

    def peek(self):
        return self.tokens[self.at].text if self.at < len(self.tokens) else None

    def close(self):
        """Tell whether the next token has no space before it."""
        return self.at < len(self.tokens) and not self.tokens[self.at].spaced

    def take(self, *expected):
        if self.peek() is None or (expected and self.peek() not in expected):
            raise Unreadable(f"{' or '.join(expected) or 'more'} expected, but there is {self.peek()}")
        self.at += 1
        return self.tokens[self.at - 1].text

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
        while self.peek() is not None and self.peek() not in {*RELATIONS, *SIGNS, *",.)]}&", r"\\", r"\dots", "bar", "|"}:
            if self.peek() in {r"\rVert", r"\rfloor", r"\end{cases}"}:
                break
            sign = self.take() if self.peek() in {r"\odot", r"\cdot", "/"} else ""
            factors.append((sign, self.factor()))
        return factors[0][1] if len(factors) == 1 else Product(tuple(factors))

    def factor(self):
        node = self.atom()
        while self.peek() in {"^", "_", "(", "[", "bar"}:
            if self.peek() == "[":
                if not (self.close() and isinstance(node, Name)):
                    break
                node = Indexed(node, self.bracketed().items)
            elif self.peek() == "(":
                if not (self.close() and isinstance(node, Name | Power)):
                    break
                node = Call(node, self.bracketed().items)
            elif self.peek() == "bar":
                if not isinstance(node, Derivative):
                    break
                self.take()
                self.take("_")
                node = Derivative(node.top, node.bottom, self.list_in_braces())
            elif self.take() == "_":
                node = Indexed(node, self.indices())
            elif self.peek() == r"\top" or (self.peek() == "{" and self.tokens[self.at + 1].text == r"\top"):
                self.argument()
                node = Transposed(node)
            else:
                node = Power(node, self.argument())
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
        if token in {"|", r"\lVert"}:
            inside = self.sum()
            self.take({"|": "|", r"\lVert": r"\rVert"}[token])
            return Call(Name("abs" if token == "|" else "norm"), (inside,))
        if token == r"\lfloor":
            inside = self.sum()
            self.take(r"\rfloor")
            return Call(Name("floor"), (inside,))
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
        items = (first.items if isinstance(first, Items) and first.kind == "(" else (first,))
        self.take(CLOSING[kind])
        return Items(kind, items)

    def fraction(self):
        if self.peek() == "{" and self.tokens[self.at + 1].text == r"\partial":
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

    def name(self, token):
        if token in ACCENTS:
            braces = self.peek() == "{"
            if braces:
                self.take()
            inner = self.take().removeprefix("\\")
            token = f"{ACCENTS[token]} {inner.removesuffix('math')}"
            if braces:
                self.take("}")
        elif token.startswith(r"\text{"):
            token = token[6:-1].replace("\\_", "_").strip()
        elif token.startswith("\\"):
            if token[1:] not in GREEK:
                raise Unreadable(f"{token} is not a name")
            token = token[1:]
        elif not token.isalpha():
            raise Unreadable(f"{token} is not a name")
        below = above = ()
        while self.peek() in {"'", "_", "^"}:
            sign = self.take()
            if sign == "'":
                token += "'"
            elif sign == "_":
                below = below + self.indices()
            elif self.peek() == r"\top" or (self.peek() == "{" and self.tokens[self.at + 1].text == r"\top"):
                self.at -= 1
                break
            else:
                above = above + self.indices()
        return Name(token, below, above)

    def indices(self):
        """What stands at the foot of a symbol; letters side by side are an index each."""
        found = self.list_in_braces()
        split = []
        for item in found.items if isinstance(found, Items) else (found,):
            letters = item.factors if isinstance(item, Product) else ()
            if letters and all(sign == "" and isinstance(node, Name) for sign, node in letters):
                split += [node for _, node in letters]
            else:
                split.append(item)
        return tuple(split)

    def list_in_braces(self):
        if self.peek() != "{":
            return self.argument()
        self.take()
        node = self.relation()
        self.take("}")
        return node

    def argument(self):
        """{…}, or the next token alone: of a number, its next digit."""
        if self.peek() == "{":
            self.take()
            node = self.list()
            self.take("}")
            return node
        token = self.tokens[self.at]
        if token.text.isdigit() and len(token.text) > 1:
            self.tokens = [*self.tokens]
            self.tokens[self.at] = Token(token.text[1:], token.start + 1)
            return Number(float(token.text[0]))
        self.take()
        if token.text.isdigit():
            return Number(float(token.text))
        return Name(r"\top") if token.text == r"\top" else self.name_alone(token.text)

    def name_alone(self, token):
        """One token as a name, without what follows it."""
        rest, self.tokens, at = self.tokens, [*self.tokens[: self.at]], self.at
        node = self.name(token)
        self.tokens, self.at = rest, at
        return node
