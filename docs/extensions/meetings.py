"""What the site has of each meeting of the course beside its page: a notebook, and slides; and a link to both."""

import shutil
from pathlib import Path

import nbformat
from notebooks import from_page, from_program
from slides import slides_of

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
# The programs, and arguments that make the long ones short. run_model and char_lm have no notebook: what they are about
# is a file of the reader's.
TRAINED = ("--engine", "numpy", "--units", "8", "--batch-size", "16", "--steps", "20", "--every", "10")
TIMED = ("--rounds", "1", "--patience", "0", "--threads", "1")
PROGRAMS = {
    "one_page": (),
    "echo": (),
    "input_formatting": (),
    "state_copying": (),
    "masked_loss": (),
    "sequence_records": (),
    "text_tagging": ("--engine", "numpy", "--sentences", "300", "--epochs", "12"),
    "mnist_rows": TRAINED,
    "mnist_pixels": TRAINED,
    "to_the_limit": ("--batch-size", "16", "--num-steps", "7", "--input-size", "8", "--num-units", "16", *TIMED),
    "lstm_race": ("--batch", "3", "--steps", "7", "--inputs", "2", "--units", "4", "--peers", "numpy", "numba", *TIMED),
    "benchmark": ("--workload", "W1", "--peers", "numpy", "numba", "--no-cold", *TIMED),
    "distributed": ("--sentences", "160", "--epochs", "12", "--workers", "2"),
    "worksheet": ("--seed", "17", "--key"),
}
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
    # What the programs need is beside their notebooks.
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("exercises", "__pycache__"), dirs_exist_ok=True)
    for program, arguments in PROGRAMS.items():
        nbformat.write(from_program(EXAMPLES / f"{program}.py", arguments), folder / f"{program}.ipynb")
    shutil.make_archive(str(folder), "zip", folder)


def setup(app):
    app.connect("html-page-context", add_links)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
