"""The pictures of ``docs/figures``: drawn before the pages are read, and put into a page by their name.

    ```{picture} lstm_cell
    ```

The words for a reader who does not see a picture stand beside the code that draws it. Its title is the caption, unless
the directive has one.
"""

from docutils import nodes
from figures import draw_all, load
from sphinx.util.docutils import SphinxDirective


class Picture(SphinxDirective):
    required_arguments = 1
    has_content = True

    def run(self):
        (name,) = self.arguments
        pictures = load()
        if name not in pictures:
            raise self.error(f"there is no picture {name!r} in docs/figures")
        image = nodes.image(uri=f"/figures/drawn/{name}.svg", alt=pictures[name].text)
        caption, messages = self.parse_inline("\n".join(self.content) or f"{pictures[name].title}.")
        return [nodes.figure("", image, nodes.caption("", "", *caption)), *messages]


class Gallery(SphinxDirective):
    """All pictures of the pages whose names begin so, each with its file and a link to its page."""

    required_arguments = 1

    def run(self):
        entries = []
        for name, shown in sorted(load().items(), key=lambda entry: (entry[1].page, entry[0])):
            if shown.page.startswith(self.arguments[0]):
                moves = " It moves; in print it shows its last moment." if shown.finish else ""
                words = f"`{name}.svg`, of the page [](/{shown.page}.md).{moves}"
                entries.append(f"```{{picture}} {name}\n```\n\n{words}\n")
        return self.parse_text_to_nodes("\n".join(entries))


def setup(app):
    app.add_directive("picture", Picture)
    app.add_directive("gallery", Gallery)
    app.connect("builder-inited", lambda app: draw_all())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
