"""A headless Chromium to look at the site with: the one of this machine, cut off from every network.

    with launch() as browser:
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.goto(f"file://{folder}/index.html")

Without Chromium ``executable`` is None and ``missing`` says what to do. Where ``UNROLLED_BROWSER=required`` is set, as
it is in continuous integration, a missing browser is an error and no reason to skip a test.
"""

import os
import shutil
from contextlib import contextmanager

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# As root Chromium refuses its sandbox. The others keep it from asking its maker for updates.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable():
    """Return the path of the Chromium of this machine, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def is_required():
    return os.environ.get("UNROLLED_BROWSER") == "required"


def missing():
    """Return why nothing can be looked at, or an empty string."""
    if executable():
        return ""
    return "the site is not looked at: there is no Chromium (on Debian and Ubuntu: apt-get install chromium)"


@contextmanager
def launch():
    """Start Chromium."""
    from playwright.sync_api import sync_playwright

    if missing():
        raise FileNotFoundError(missing())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()
