"""Changes of a display, each of one sign, index, symbol, factor or term, made by rule."""

from typing import NamedTuple

from parity_tests.equations.reader import Reader
from parity_tests.equations.symbols import GREEK, Unreadable
from parity_tests.equations.tokens import statements, tokens

SWAPS = {"+": "-", "-": "+", r"\odot": "+", r"\cdot": "+", r"\le": "<", "<": r"\le", r"\ge": ">", ">": r"\ge"}
# No quantities of their own.
KEPT = {"L", "e"}


class Change(NamedTuple):
    """What is changed, and the display with the change in it."""

    what: str
    text: str


def changes(text, symbols):
    """Return the changes of a display's text; ``symbols`` are the tokens that its page uses as names, in order."""
    found, parts = [], tokens(text)
    # Words that stand between the statements are no part of them.
    read = {token.start for _, part, _ in statements(text) for token in part}

    def cut(first, last, new, rule):
        """Put ``new`` in the place of the tokens from ``first`` to before ``last``."""
        start, end = parts[first].start, parts[last - 1].start + len(parts[last - 1].text)
        around = " ".join(text[max(0, start - 20) : end + 20].split())
        what = f"{rule}: {text[start:end]} → {new or 'nothing'} in … {around} …"
        found.append(Change(what, text[:start] + new + text[end:]))

    for number, token in enumerate(parts):
        if token.start not in read:
            continue
        word, following = token.text, [part.text for part in parts[number + 1 : number + 3]]
        if word in SWAPS:
            cut(number, number + 1, f"{SWAPS[word]} ", "sign")
        if word in symbols and word not in KEPT:
            alike = [other for other in symbols if other.startswith(r"\text{") == word.startswith(r"\text{")]
            at = alike.index(word)
            for other in dict.fromkeys((alike[(at + 1) % len(alike)], alike[at - 1])):
                if other != word:
                    cut(number, number + 1, f"{other} ", "symbol")
        if word.isdigit() and not (number and parts[number - 1].text in {r"\frac", r"\tfrac"}):
            cut(number, number + 1, str(int(word) + 1), "number")
        if word == "'":
            cut(number, number + 1, "", "prime")
        if word == "^" and following[:1] == [r"\top"]:
            cut(number, number + 2, "", "transposition")
        if word in {"+", "-"} and following[:1] == ["1"]:
            cut(number, number + 2, "", "step")
        if word == "1" and following[:1] == ["-"]:
            cut(number, number + 2, "", "1 −")
        if word == r"\odot":
            cut(number, number + 1 + length(parts[number + 1 :], "factor"), "", "factor")
        if word == "+" and following[:1] not in (["1"], [r"\dots"]):
            cut(number, number + 1 + length(parts[number + 1 :], "product"), "", "term")
        if word == r"\sum":
            cut(number, number + 2 + length(parts[number + 2 :], "list_in_braces"), "", "sum")
    return found


def length(parts, rule):
    """Return how many tokens a rule of the reader takes."""
    reader = Reader(parts)
    try:
        getattr(reader, rule)()
    except Unreadable:
        return 1
    return reader.at


def symbols(displays):
    """Return the tokens that stand for quantities in the displays of a page."""
    words = [token.text for display in displays for _, part, _ in statements(display.text) for token in part]
    return list(dict.fromkeys(word for word in words if is_symbol(word)))


def is_symbol(word):
    return (len(word) == 1 and word.isalpha()) or word[1:] in GREEK or word.startswith(r"\text{")
