"""The page in a browser, started once for all tests of this folder."""

import pytest

from parity_tests.browser import is_required, launch, missing
from parity_tests.unroller.problems import PAGE


@pytest.fixture(scope="session")
def browser():
    if missing() and not is_required():
        pytest.skip(missing())
    with launch() as started:
        yield started


@pytest.fixture(scope="session")
def unroller(browser):
    """The page, for what it computes: nothing is clicked."""
    page = browser.new_page()
    page.set_default_timeout(0)
    page.goto(PAGE.as_uri())
    return page
