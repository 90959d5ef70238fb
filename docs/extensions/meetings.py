"""What the site has of each meeting of the course beside its page: a notebook, and slides; and a link to both."""

import shutil
from pathlib import Path

import nbformat
from notebooks import from_page, from_program
from slides import slides_of

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
# The programs that teach, and the files that they need beside them.
PROGRAMS = ("one_page", "echo", "input_formatting", "state_copying", "masked_loss", "sequence_records")
BESIDE = ("common.py", "plain.py", "sequence_readers.py")
LINKS = (
    '<p class="meeting-links"><a href="../notebooks/{name}.ipynb" download>Notebook</a> · '
    '<a href="{name}.slides.html">Slides</a></p>'
)


def is_meeting(docname):
    """Tell whether a page is one of the twelve: ``course/01_vanilla_rnn``."""
    folder, _, name = docname.rpartition("/")
    return folder == "course" and name[:2].isdigit()


def add_links(app, docname, template, context, doctree):
    """Put the links under the title of a meeting."""
    if app.builder.name == "html" and is_meeting(docname):
        links = LINKS.format(name=Path(docname).name)
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{links}", 1)


def write(app, error):
    """Write the notebooks, the slides, and one archive of all notebooks, when the pages are there."""
    if error or app.builder.name != "html":
        return
    folder = Path(app.outdir) / "notebooks"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for docname in filter(is_meeting, sorted(app.env.found_docs)):
        page = Path(app.outdir) / f"{docname}.html"
        nbformat.write(from_page(Path(app.srcdir) / f"{docname}.md"), folder / f"{page.stem}.ipynb")
        slides = slides_of(page.read_text(encoding="utf-8"), page.name)
        page.with_suffix(".slides.html").write_text(slides, encoding="utf-8")
    for program in PROGRAMS:
        nbformat.write(from_program(EXAMPLES / f"{program}.py"), folder / f"{program}.ipynb")
    for name in BESIDE:
        shutil.copy(EXAMPLES / name, folder)
    shutil.make_archive(str(folder), "zip", folder)


def setup(app):
    app.connect("html-page-context", add_links)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
