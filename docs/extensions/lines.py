"""Each line of a code block in an element of its own, so that a long line can be broken and its rest set further in."""

from pygments.formatters import HtmlFormatter
from sphinx.highlighting import PygmentsBridge


def as_line(text):
    # Pygments may have put the first spaces into an element of their own.
    bare = text.removeprefix('<span class="w">').removeprefix("<span></span>")
    indent = len(bare) - len(bare.lstrip(" "))
    return f'<span class="line" style="--indent: {indent + 4}ch">{text}</span>'


class LineFormatter(HtmlFormatter):
    def wrap(self, source):
        return super().wrap((code, as_line(text) if code else text) for code, text in source)


def setup(app):
    PygmentsBridge.html_formatter = LineFormatter
    return {"parallel_read_safe": True, "parallel_write_safe": True}
