"""Print the course: ``python docs/printed.py docs/_build/print/index.html out/course.pdf``.

The page is the whole course in one, as Sphinx's builder singlehtml makes it. A headless Chromium prints it as one PDF
with page numbers, an outline, and all answers open.
"""

import argparse
import sys
from pathlib import Path

from parity_tests.browser import launch, missing

FOOTER = (
    '<p style="width: 100%; text-align: center; font: 8pt sans-serif; color: #444">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></p>'
)


def print_page(page, path):
    """Write the HTML file ``page`` as a PDF to ``path``; nothing outside is asked for."""
    with launch() as browser:
        context = browser.new_context(offline=True)
        # The page is long: on a busy machine it takes minutes.
        context.set_default_timeout(0)
        opened = context.new_page()
        opened.goto(page.resolve().as_uri())
        opened.evaluate("document.querySelectorAll('details').forEach((answer) => (answer.open = true))")
        path.parent.mkdir(parents=True, exist_ok=True)
        opened.pdf(
            path=path,
            prefer_css_page_size=True,
            print_background=True,
            display_header_footer=True,
            header_template="<p></p>",
            footer_template=FOOTER,
            tagged=True,
            outline=True,
        )


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path, help="the index.html that Sphinx's singlehtml has built")
    parser.add_argument("pdf", type=Path, help="the file to write")
    arguments = parser.parse_args(argv)
    if not arguments.page.is_file():
        parser.error(f"{arguments.page} is no file")
    if missing():
        return missing()
    print_page(arguments.page, arguments.pdf)
    print(arguments.pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
