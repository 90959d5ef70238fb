"""A page of the course, or a program of ``examples``, as a Jupyter notebook: built from it, never edited.

Of a page, the text becomes cells of text, and what stands below a ``>>>`` becomes cells of code, each with the output
that the page shows. So the notebook can be read before it is run, and a run can be compared with it. Answers are
folded, and stay text.
"""

import base64
import doctest
import mimetypes
import re

import jupytext
from figures import load
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
ANSWER = re.compile(r"^<details>$.*?^</details>$", re.MULTILINE | re.DOTALL)
SESSION = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What is shown and not run: of an answer all code, elsewhere what is told to a shell.
SHOWN = re.compile(r"^```(pycon|python|sh)$", re.MULTILINE)
COMMANDS = re.compile(r"^```(python|sh)$", re.MULTILINE)
DRAWN = re.compile(r"^```\{picture\} (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r"!\[([^]]*)\]\(([^)\s]+)\)")
LINK = re.compile(r"\]\((?!\w+:)([^)\s#]+)\.md(#[^)\s]*)?\)")
TITLE = re.compile(r"^# .*$", re.MULTILINE)
MAIN = re.compile(r'^if __name__ == "__main__":\n(?: +.*\n?)+', re.MULTILINE)


def from_page(path):
    """Return the notebook of a page in Markdown."""
    outputs = []

    def as_cells(session):
        """Return the examples of a session as cells, each of which ends where there is an output."""
        cells, source = [], ""
        examples = doctest.DocTestParser().get_examples(session[1])
        for example in examples:
            source += example.source
            if example.want or example is examples[-1]:
                cells.append(f"```python\n{source}```\n")
                outputs.append(kept_output(example))
                source = ""
        return "\n".join(cells)

    text = DRAWN.sub(as_picture, path.read_text(encoding="utf-8"))
    text = ANSWER.sub(lambda answer: SHOWN.sub(r"```\1 .noeval", answer[0]), text)
    text = SESSION.sub(as_cells, COMMANDS.sub(r"```\1 .noeval", text))
    text = TITLE.sub(rf"\g<0>\n\n*Built from `{path.name}`. To run it: `pip install unrolled jupyter`.*", text, count=1)
    notebook = jupytext.reads(text, fmt="md")
    notebook.metadata = dict(KERNEL)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, kept in zip(code, outputs, strict=True):
        cell.outputs = kept
        if any(each.output_type == "error" for each in kept):
            cell.metadata["tags"] = ["raises-exception"]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            enclose_pictures(cell, path.parent)
            cell.source = LINK.sub(as_link, cell.source).replace(" .noeval", "")
    return notebook


def as_link(link):
    """Return a link as seen from the folder of the notebooks: to a meeting's notebook, to the page of a lesson."""
    path, anchor = link[1], link[2] or ""
    return f"]({path}.html{anchor})" if path.startswith("../") else f"]({path}.ipynb{anchor})"


def as_picture(directive):
    """Return the Markdown of a picture of ``docs/figures``, with its title or the caption that the page gives it."""
    shown = load()[directive[1]]
    caption = directive[2].strip() or f"{shown.title}."
    return f"![{shown.text}](../figures/drawn/{directive[1]}.svg)\n\n*{caption}*"


def kept_output(example):
    """Return the output of an example of doctest, as those of a cell."""
    if example.exc_msg:
        name, _, value = example.exc_msg.strip().partition(": ")
        return [new_output("error", ename=name, evalue=value, traceback=[f"{name}: {value}"])]
    text = example.want.replace("<BLANKLINE>", "")
    return [new_output("stream", name="stdout", text=text)] if text else []


def enclose_pictures(cell, folder):
    """Put the pictures that the text of a cell shows into the cell, so that the notebook needs no other file.

    One that is not yet drawn, because no site was built, is left as its words.
    """

    def enclose(picture):
        path = folder / picture[2]
        if not path.exists():
            return f"({picture[1]})"
        kind, _ = mimetypes.guess_type(path.name)
        attached = {kind: base64.b64encode(path.read_bytes()).decode("ascii")}
        cell.setdefault("attachments", {})[path.name] = attached
        return f"![{picture[1]}](attachment:{path.name})"

    cell.source = PICTURE.sub(enclose, cell.source)


def from_program(path, arguments=()):
    """Return the notebook of a program: its docstring as text, its functions as cells, and last a call of ``main``."""
    text = MAIN.sub("", path.read_text(encoding="utf-8"))
    notebook = jupytext.reads(text, fmt="py:light")
    notebook.metadata = dict(KERNEL)
    words = notebook.cells.pop(0).source.strip('"')
    built = f"Built from `examples/{path.name}`. To run it: `pip install unrolled jupyter`."
    if "from common import" in text:
        built += " It needs the other files of the download beside it."
    if "__file__" in text:
        notebook.cells.insert(0, new_code_cell(f'__file__ = "{path.name}"'))
    notebook.cells.insert(0, new_markdown_cell(f"# {path.stem}\n\n*{built}*\n\n{words}"))
    notebook.cells.append(new_code_cell(f"assert not main({list(arguments)})"))
    return notebook
