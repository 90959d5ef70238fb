"""The page is worked: by mouse and by keyboard alone, on a telephone and on a laptop."""

import pytest

from parity_tests.unroller.use import Visit

WIDTHS = (360, 1280)
OUTPUT, GRADIENT = "output of row 0, t = 0", "∂x_t of row 0, t = 0"
FIRST_X = '[data-path="inputs.0.0.0"]'
CELLS = {"rnn": 2, "lstm": 2, "peephole": 5, "gru_before": 4, "gru_after": 6}


@pytest.mark.parametrize("width", WIDTHS)
def test_by_mouse(browser, width):
    with Visit(browser, width) as visit:
        page = visit.page
        # The first step is done, and no gradient is known.
        before = visit.read(OUTPUT)
        assert before == visit.computed("page.result.steps[0].output[0][0]")
        assert visit.read(GRADIENT) is None
        # Forward to the end, the loss, and back to the start.
        for _ in range(5):
            page.click("#next")
        assert "The loss" in page.text_content("#story")
        assert visit.read("output of row 0, t = 4") is not None
        for t in reversed(range(5)):
            page.click("#next")
            assert page.text_content("#timeline thead th.now") == f"t = {t}, ◀ backward"
        assert page.is_disabled("#next")
        gradient = visit.read(GRADIENT)
        assert gradient == visit.computed("page.result.steps[0]['∂x_t'][0][0]")
        # All follows a number that is dragged.
        visit.drag(FIRST_X, 60)
        assert page.input_value(FIRST_X) == "1.4"
        assert visit.read(OUTPUT) != before
        assert visit.read(GRADIENT) != gradient
        # A step back: the gradient is not known any more.
        page.click("#back")
        assert visit.read(GRADIENT) is None
        page.click("#all")
        # A loss more, a row that ends earlier.
        page.click('[data-path="counted.3.1"]')
        visit.drag('[data-path="lengths.0"]', -50)
        assert visit.computed("page.setting.lengths[0]") == 3
        assert visit.read("output of row 0, t = 3") == 0
        assert "past the end" in page.text_content('td[data-t="3"][data-row="0"]')
        # Inside the cell of another row.
        page.click('td[data-t="1"][data-row="2"] .look')
        assert page.text_content("#inside h2") == "Inside the cell: row 2, t = 1"
        assert visit.is_in_view()


@pytest.mark.parametrize("width", WIDTHS)
def test_by_keyboard_alone(browser, width):
    with Visit(browser, width) as visit:
        page = visit.page
        # Another cell.
        visit.tab_to("#cell")
        visit.press("ArrowDown", "ArrowDown", "ArrowDown")
        assert visit.computed("page.setting.cell") == "gru_after"
        # Mistakes from the list: the last one, which is of dropout, and the one before.
        visit.tab_to("#mistake")
        visit.press("End")
        assert visit.computed("page.mistake") == "dropout-input-s-gradient-not-dropped"
        visit.press("ArrowUp")
        assert visit.computed("page.mistake") == "dropout-state-s-gradient-not-dropped"
        assert visit.computed("page.setting.cell") == "gru_after"
        assert page.locator(".number.changed").count() > 0
        visit.tab_to("#right")
        visit.press("Enter")
        assert page.locator(".number.changed").count() == 0
        # Through time, step by step and by the slider.
        visit.tab_to("#first")
        visit.press("Space")
        visit.tab_to("#next")
        visit.press("Enter", "Enter")
        assert page.text_content("#timeline thead th.now") == "t = 1, forward ▶"
        visit.tab_to("#moment")
        visit.press("End", "ArrowLeft")
        assert page.text_content("#timeline thead th.now") == "t = 1, ◀ backward"
        visit.press("ArrowRight")
        # A number, by the arrow keys and typed.
        gradient = visit.read(GRADIENT)
        visit.tab_to(FIRST_X)
        visit.press("ArrowUp", "Shift+ArrowUp", "ArrowDown")
        assert visit.computed("page.setting.inputs[0][0][0]") == 1.8
        visit.press("Control+a")
        page.keyboard.type("-0,25")
        visit.press("Enter")
        assert page.input_value(FIRST_X) == "−0.25"
        assert visit.read(GRADIENT) != gradient
        # A loss, a row to look into, a weight.
        visit.tab_to('[data-path="counted.1.0"]')
        visit.press("Space")
        assert visit.computed("page.setting.counted[1][0]") == 0
        visit.tab_to('td[data-t="2"][data-row="1"] .look')
        visit.press("Enter")
        assert page.text_content("#inside h2") == "Inside the cell: row 1, t = 2"
        visit.tab_to('[data-path="weights.W_h.0.0"]')
        visit.press("PageUp")
        assert visit.computed("page.setting.weights.W_h[0][0]") == pytest.approx(1.6)
        assert visit.is_in_view()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_setting_is_shared_by_its_address(browser, width):
    chosen = "cell=peephole&units=2&width=2&keep.h=0.5&window=2&inputs.4.0.1=-0.125&mistake=full_lstm-forget-bias-twice"
    with Visit(browser, width, f"{chosen}&moment=8&row=1&look=3") as first:
        first.page.click('[data-path="masks.h.3.1.0"]')
        first.page.click("#share")
        first.page.wait_for_function("document.getElementById('shared').textContent")
        assert first.computed("[page.setting.inputs[4][0][1], page.moment, page.row, page.look]") == [-0.125, 8, 1, 3]
        with Visit(browser, width, first.address()) as second:
            assert second.everything() == first.everything()
            assert second.address() == first.address()
        first.page.click("#reset")
        assert first.computed("[page.mistake, page.moment]") == [None, 1]


def test_nonsense_in_an_address_is_passed_over(browser):
    nonsense = "cell=none&units=9&window=99&lengths.0=-3&inputs.0.0.0=NaN&weights.__proto__.x=1&mistake=none"
    with Visit(browser, 1280, f"{nonsense}&moment=x&=&a") as visit:
        setting = visit.computed("page.setting")
        assert (setting["cell"], setting["units"], setting["window"], setting["lengths"][0]) == ("lstm", 2, 4, 0)
        assert setting["inputs"][0][0][0] == 0.8
        assert visit.computed("[page.mistake, page.moment]") == [None, 1]


def test_every_cell_shows_its_lines_and_weights(browser):
    lines = (
        "Object.entries(Unroller.recipe(page.setting)).flatMap(([part, lines]) => "
        "['start', 'turn', 'total'].includes(part) ? [] : lines).length"
    )
    with Visit(browser, 1280, "units=2&width=2&window=2&keep.x=0.8&keep.h=0.5&keep.y=0.6&moment=11") as visit:
        for name, tables in CELLS.items():
            visit.page.select_option("#cell", name)
            assert visit.page.locator("#inside li").count() == visit.computed(lines)
            assert visit.page.locator("#weights table").count() == tables
            assert visit.page.locator(".number.pending").count() == 0


def test_one_mask_for_all_steps(browser):
    with Visit(browser, 1280, "keep.h=0.5") as visit:
        visit.page.click('[data-path="variational"]')
        first = visit.computed("page.setting.masks.h[0][0][0]")
        assert visit.computed("page.setting.masks.h.flat(2)") == [first] * 15
        visit.page.click('[data-path="masks.h.3.1.0"]')
        assert visit.computed("page.setting.masks.h.flat(2)") == [1 - first] * 15


def test_it_is_heard_and_read_without_colour(browser):
    """Each place for the focus has a name, moments are announced, and what colour says is said otherwise, too."""
    with Visit(browser, 1280, "keep.x=0.5&window=2&moment=11") as visit:
        tree = visit.context.new_cdp_session(visit.page).send("Accessibility.getFullAXTree")["nodes"]
        roles = {"button", "combobox", "spinbutton", "slider", "link"}
        named = [node["name"]["value"] for node in tree if node.get("role", {}).get("value") in roles]
        assert len(named) > 100
        assert all(named)
        visit.page.click("#back")
        assert visit.page.text_content("#said").startswith("Backward, t = 1. ")
        visit.page.select_option("#mistake", "loop-state-zeroed-past-the-end")
        assert "numbers change" in visit.page.text_content("#said")
        style = "(e) => [getComputedStyle(e, '::before').content, getComputedStyle(e).outlineStyle]"
        assert visit.page.locator(".number.changed").first.evaluate(style) == ['"≠"', "dashed"]
        assert visit.page.locator("td.dead").first.evaluate("(e) => getComputedStyle(e).borderTopStyle") == "dashed"
        assert visit.page.text_content('#timeline th[data-t="2"]').startswith("✂")


def test_light_and_dark(browser):
    shade = "parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]) > 128"
    with Visit(browser, 1280, color_scheme="dark") as visit:
        assert not visit.page.evaluate(shade)
        visit.page.emulate_media(color_scheme="light")
        assert visit.page.evaluate(shade)
        assert visit.page.text_content("#theme") == "Dark"
        visit.page.click("#theme")
        assert not visit.page.evaluate(shade)
        assert visit.page.text_content("#theme") == "Light"
