"""Every page of the built site in a browser: what it asks for, what it does not show, and what of it is out of view."""

from pathlib import Path

from parity_tests.browser import launch

# A telephone, a tablet, a laptop.
WIDTHS = (390, 768, 1280)
SCRIPT = Path(__file__).with_name("page.js")


class Requests:
    """What a page asks for: nothing outside is let through, and what fails is noted."""

    def __init__(self, context):
        self.failed = []
        context.route("**/*", self.answer)
        context.on("requestfailed", lambda request: self.failed.append(f"failed: {request.url}"))
        context.on("weberror", lambda error: self.failed.append(f"script: {error.error}"))

    def answer(self, route):
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            route.abort()

    def taken(self):
        """Return what has failed since the last call."""
        failed, self.failed = self.failed, []
        return failed


def look_at(page, path, requests):
    """Yield a line for each thing that is wrong with one page, at each width and in both colour schemes."""
    page.goto(path.as_uri())
    page.evaluate("look.unfold()")
    yield from page.evaluate("look.notShown()")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        yield from (f"{scheme}: {line}" for line in page.evaluate("look.faint()"))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        yield from (f"{width} pixels: {line}" for line in page.evaluate("look.outOfView()"))
    yield from requests.taken()


def complaints(folder):
    """Yield a line for each thing that is wrong with a page of the site."""
    folder = Path(folder).resolve()
    with launch() as browser:
        context = browser.new_context(offline=True)
        # A page takes as long as it takes.
        context.set_default_timeout(0)
        context.add_init_script(path=SCRIPT)
        requests, page = Requests(context), context.new_page()
        for path in sorted(folder.rglob("*.html")):
            if "_static" not in path.parts:
                yield from (f"{path.relative_to(folder)}: {line}" for line in look_at(page, path, requests))
