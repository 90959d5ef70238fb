"""How the page is worked: by the keyboard alone, or by the mouse alone, at a width."""

from parity_tests.harness import STUCK
from parity_tests.unroller.problems import PAGE

# More presses of Tab than the page has places for it.
MOST_TABS = 400


class Visit:
    """The page opened at a width, with what went wrong on it."""

    def __init__(self, browser, width, address="", **options):
        viewport = {"width": width, "height": 800}
        self.context = browser.new_context(viewport=viewport, offline=True, reduced_motion="reduce", **options)
        self.context.set_default_timeout(1000 * STUCK)
        self.page, self.errors = self.context.new_page(), []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfailed", lambda request: self.errors.append(request.url))
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.goto(f"{PAGE.as_uri()}#{address}")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.context.close()
        assert kind or not self.errors, self.errors

    def address(self):
        return self.page.url.split("#")[1]

    def computed(self, expression):
        """Return an expression of ``page``: the page's setting, result and so on."""
        return self.page.evaluate(f"(() => {{ const {{ page }} = Unroller; return {expression}; }})()")

    def read(self, label):
        """Return the exact number of which the page says that it is ``label``; None where it is not computed yet."""
        title = self.page.locator(f'[data-label="{label}"]').first.get_attribute("title")
        number = title.removeprefix(f"{label} = ").split(";")[0]
        return None if "not computed" in title else float(number)

    def everything(self):
        """Return all numbers and words that stand on the page."""
        return self.page.evaluate(
            "[...document.querySelectorAll('main .number, main input, main select, #story, #changes')]"
            ".map((e) => [e.className, e.value ?? e.textContent, e.title])"
        )

    def is_in_view(self):
        """Return whether the page is no wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def tab_to(self, selector):
        """Press Tab until the focus is there."""
        is_there = f"document.activeElement.matches({selector!r})"
        for _ in range(MOST_TABS):
            if self.page.evaluate(is_there):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {selector}")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def drag(self, selector, pixels):
        """Take hold of an element with the mouse and move it to the side."""
        element = self.page.locator(selector)
        element.scroll_into_view_if_needed()
        box = element.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + pixels / 2, y)
        self.page.mouse.move(x + pixels, y)
        self.page.mouse.up()
