"""Each cell of a table knows the heading of its column, so that a narrow screen can show a row as a list."""

import html

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator


def headings(table):
    """Return the texts of a table's head, one a column."""
    heads = [row for head in table.findall(nodes.thead) for row in head.findall(nodes.row)]
    return [entry.astext() for entry in heads[0]] if heads else []


class Translator(HTML5Translator):
    def visit_table(self, node):
        self.headings = headings(node)
        super().visit_table(node)

    def visit_entry(self, node):
        super().visit_entry(node)
        column = node.parent.index(node)
        if column < len(self.headings) and not isinstance(node.parent.parent, nodes.thead):
            label = html.escape(self.headings[column])
            self.body[-1] = self.body[-1].replace("<td", f'<td data-label="{label}"', 1)


def setup(app):
    app.set_translator("html", Translator)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
