"""Reads one symbol: its accent, its primes, and what stands at its foot and at its head."""

from parity_tests.equations.nodes import Items, Name, Number, Product, Transposed
from parity_tests.equations.tokens import Token

ACCENTS = {r"\hat": "hat", r"\tilde": "tilde"}
GREEK = "alpha beta gamma delta epsilon eta theta mu rho sigma phi varphi pi ell imath jmath".split()


class Unreadable(ValueError):
    """Not in the language above."""


class Symbols:
    """The tokens of one statement, taken one after the other, and the rules for a symbol.

    The rules for what a symbol stands in, ``relation`` and ``list``, are those of ``Reader``.
    """

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
            elif self.transposition():
                return Transposed(Name(token, below, above))
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
        self.take()
        token = self.tokens[self.at - 1]
        if token.text.isdigit() and len(token.text) > 1:
            self.at -= 1
            self.tokens = [*self.tokens]
            self.tokens[self.at] = Token(token.text[1:], token.start + 1)
            return Number(float(token.text[0]))
        if token.text.isdigit():
            return Number(float(token.text))
        return self.name_alone(token.text)

    def name_alone(self, token):
        """One token as a name, without what follows it."""
        rest, self.tokens, at = self.tokens, [*self.tokens[: self.at]], self.at
        node = self.name(token)
        self.tokens, self.at = rest, at
        return node

    def transposition(self):
        """Take \\top, if it stands here."""
        here = self.tokens[self.at : self.at + 3]
        length = {r"\top": 1, r"{\top}": 3}
        for words, count in length.items():
            if "".join(token.text for token in here[:count]) == words:
                self.at += count
                return True
        return False
