"""Cuts a page into its displays, a display into its statements, and a statement into tokens.

    page       $$ … $$ and ```{math} blocks are its displays
    display    statements, with \\quad, \\qquad, \\\\, "for" or "at" between them
    statement  tokens: \\frac  c  '  =  \\text{output}  _  { …

Nothing is left out but what says how large or how far apart.
"""

import re
from dataclasses import dataclass

DISPLAY = re.compile(r"\$\$(.*?)\$\$|^```\{math\}\n(.*?)^```", re.DOTALL | re.MULTILINE)
TOKEN = re.compile(
    r"""\s+ | \\(?:text|mathrm)\{[^{}]*\} | \\mathrel\{\+\}= | := | \\(?:begin|end)\{[a-z]+\}
    | \\[a-zA-Z]+ | \\. | \d+(?:\.\d+)? | \S""",
    re.VERBOSE,
)
# Says how large or how far apart: not read.
SPACING = {r"\,", r"\;", r"\:", r"\!", r"\ ", r"\displaystyle", r"\limits"}
SIZES = re.compile(r"\\(left|right|[bB]igg?[lrm]?)$")
BREAKS = {r"\quad", r"\qquad", r"\\", r"\Rightarrow"}
LAYOUT = {"&", r"\begin{aligned}", r"\end{aligned}"}
RELATIONS = {"=", r"\leftarrow", ":=", r"\mathrel{+}=", r"\le", "<", r"\ge", ">"}
SIGNS = {"+": 1, "-": -1}
PRODUCTS = {r"\odot", r"\cdot", "/"}


@dataclass(frozen=True)
class Token:
    """A piece of a display, where it begins, and whether there is space before it."""

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
    """Return the statements of a display, those of words alone left out, as triples of text, tokens and a truth value.

    It is true where a statement may say for which indices the one before it holds: behind "for", or in brackets.
    """
    parts, limits, depth, cases = [[]], [], 0, 0
    found = tokens(text)
    for number, token in enumerate(found):
        depth += (token.text == "{") - (token.text == "}")
        cases += (token.text == r"\begin{cases}") - (token.text == r"\end{cases}")
        if depth or cases:
            parts[-1].append(token)
        elif token.text in BREAKS:
            # A line that begins with a sign goes on.
            behind = (following.text for following in found[number + 1 :] if following.text not in {*BREAKS, *LAYOUT})
            if next(behind, None) not in {*RELATIONS, *SIGNS, *PRODUCTS}:
                parts.append([])
        elif re.fullmatch(r"\\text\{ *(for|at) *\}", token.text):
            parts.append([])
            limits.append(len(parts) - 1)
        elif token.text not in LAYOUT:
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
