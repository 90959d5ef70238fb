"""The twelve meetings, their notebooks and slides: what each page has, and what is made of it."""

import base64
import re
from pathlib import Path

import nbformat
import printed
import pytest
from figures import load
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebooks import from_page, from_program
from slides import slides_of

from parity_tests.browser import is_required, launch, missing
from parity_tests.course.__main__ import main
from parity_tests.course.running import differences

ROOT = Path(__file__).resolve().parent.parent.parent
MEETINGS = sorted((ROOT / "docs" / "course").glob("[0-9]*.md"))
PAGE = """# A meeting

**The question.** See [the next](02_next.md) and [a lesson](../cells/rnn.md#forward).

```pycon
>>> a = 1
>>> a + 1
2
>>> print("x\\n\\ny")
x
<BLANKLINE>
y
>>> [].pop()
Traceback (most recent call last):
IndexError: pop from empty list
>>> b = a

```

![A dot](dot.png)

```{picture} rnn_cell
```

```sh
make
```

<details>
<summary>Answer</summary>

```pycon
>>> a
1

```

</details>
"""
BUILT = """<article><section id="a-meeting"><h1>A meeting<a class="headerlink">#</a></h1>
<p><strong>The question.</strong> Why?</p><p>Running text.</p>
<section id="plan-of-90-minutes"><h2>Plan</h2><p><strong>For the teacher.</strong></p></section>
<section id="code"><h2>Code</h2>{}</section>
<section id="exercises"><h2>Exercises</h2><section id="one"><h3>One</h3>
<p><strong>Do it.</strong></p><details><p>The answer.</p></details></section></section>
</section></article>"""
needs_browser = pytest.mark.skipif(bool(missing()) and not is_required(), reason=missing() or "Chromium is there")


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "01_page.md"
    path.write_text(PAGE, encoding="utf-8")
    (tmp_path / "dot.png").write_bytes(b"picture")
    return path


def test_there_are_twelve_meetings():
    assert [int(path.name[:2]) for path in MEETINGS] == list(range(1, 13))


@pytest.mark.parametrize("path", MEETINGS, ids=lambda path: path.stem)
def test_a_meeting_has_all_its_parts(path):
    text = path.read_text(encoding="utf-8")
    number = int(path.name[:2])
    assert text.startswith(f"# {number}. ")
    assert "\n**The question.** " in text
    for row in ("needed before", "the lessons it stands on", "afterwards you can"):
        assert f"\n| {row} | " in text
    minutes = [tuple(map(int, row)) for row in re.findall(r"^\| (\d+)–(\d+) \|", text, flags=re.MULTILINE)]
    ends = [0, *(end for _, end in minutes)]
    assert [start for start, _ in minutes] == ends[:-1], "the plan has a gap"
    assert ends[-1] == 90
    sections = re.findall(r"^## (.*)$", text, flags=re.MULTILINE)
    assert sections[0] == "Plan of 90 minutes"
    assert sections[-2:] == ["Mistakes that students make", "Exercises"]
    exercises = text.split("\n## Exercises\n")[1].split("\n### ")[1:]
    answered = [exercise for exercise in exercises if "<summary>Answer</summary>" in exercise]
    assert len(answered) >= 4
    assert [exercise.split()[0] for exercise in exercises] == [f"{number}.{n + 1}" for n in range(len(exercises))]


def test_each_exercise_of_the_grader_belongs_to_one_meeting():
    exercises = {path.stem for path in (ROOT / "examples" / "exercises").glob("[a-z]*.py")}
    named = [
        name
        for path in MEETINGS
        for name in re.findall(r"^\| `(\w+)` \|", path.read_text("utf-8").split(" With the grader\n")[1], re.MULTILINE)
    ]
    assert sorted(named) == sorted(exercises)


@pytest.mark.parametrize("path", MEETINGS, ids=lambda path: path.stem)
def test_a_meetings_notebook_is_sound(path):
    notebook = from_page(path)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len([cell for cell in code if cell.outputs]) >= 5
    assert ">>>" not in "".join(cell.source for cell in code)
    text = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert "noeval" not in text
    assert not re.search(r"\]\((?!https?:|attachment:)[^)]*\.(md|png|svg)[)#]", text)


def test_a_page_becomes_cells_with_the_outputs_that_it_shows(page):
    notebook = from_page(page)
    text, two, printed, failed, last, rest = notebook.cells
    assert text.source.startswith("# A meeting\n\n*Built from `01_page.md`.")
    assert "[the next](02_next.ipynb)" in text.source
    assert "[a lesson](../cells/rnn.html#forward)" in text.source
    assert [cell.source for cell in (two, printed, failed, last)] == [
        "a = 1\na + 1",
        'print("x\\n\\ny")',
        "[].pop()",
        "b = a",
    ]
    assert [output.text for cell in (two, printed) for output in cell.outputs] == ["2\n", "x\n\ny\n"]
    assert failed.metadata["tags"] == ["raises-exception"]
    assert (failed.outputs[0].ename, failed.outputs[0].evalue) == ("IndexError", "pop from empty list")
    assert last.outputs == []
    assert rest.attachments == {"dot.png": {"image/png": base64.b64encode(b"picture").decode()}}
    assert "![A dot](attachment:dot.png)" in rest.source
    # Not drawn yet: the words for those who do not see it, and its title.
    assert f"({load()['rnn_cell'].text})\n\n*The vanilla recurrent cell as a data flow.*" in rest.source
    assert "```sh\nmake\n```" in rest.source
    assert "```pycon\n>>> a\n1\n" in rest.source


def test_a_program_becomes_a_notebook_that_calls_its_main():
    notebook = from_program(ROOT / "examples" / "masked_loss.py", ["--seed", "1"])
    assert notebook.cells[0].source.startswith("# masked_loss\n\n*Built from `examples/masked_loss.py`.")
    assert "beside it" in notebook.cells[0].source
    assert notebook.cells[-1].source == "assert not main(['--seed', '1'])"
    assert "__main__" not in "".join(cell.source for cell in notebook.cells)


def with_output(*outputs):
    return new_notebook(cells=[new_code_cell("a", outputs=list(outputs))])


def test_a_difference_from_the_page_is_told():
    shown = with_output(new_output("stream", name="stdout", text="[1, 2]\n"))
    value = with_output(new_output("execute_result", data={"text/plain": "[1,\n 2]"}))
    warned = with_output(new_output("stream", name="stderr", text="slow"), *value.cells[0].outputs)
    assert list(differences(shown, value)) == []
    assert list(differences(shown, warned)) == []
    other = with_output(new_output("execute_result", data={"text/plain": "[1, 3]"}))
    assert list(differences(shown, other)) == ["cell 0: expected '[1, 2]', found '[1, 3]'"]
    assert list(differences(shown, with_output())) == ["cell 0: expected '[1, 2]', found ''"]
    error = with_output(new_output("error", ename="E", evalue="no", traceback=[]))
    assert list(differences(shown, error)) == ["cell 0: expected '[1, 2]', found 'E: no'"]
    assert list(differences(with_output(), value)) == ["cell 0: expected '', found '[1,\\n 2]'"]


def test_the_notebooks_are_run_and_what_is_wrong_with_one_is_told(page, tmp_path, capsys):
    built = tmp_path / "notebooks"
    built.mkdir()
    sound, wrong = from_page(page), from_page(page)
    wrong.cells[1].outputs[0].text = "3\n"
    fails = new_notebook(cells=[new_code_cell("1 / 0")], metadata=sound.metadata)
    for name, notebook in {"01_sound": sound, "02_wrong": wrong, "fails": fails}.items():
        nbformat.write(notebook, built / f"{name}.ipynb")
    assert main([str(built)]) == "2 things are wrong"
    said = capsys.readouterr().out
    assert "02_wrong.ipynb: cell 1: expected '3', found '2'" in said
    assert "fails.ipynb: " in said
    assert "ZeroDivisionError" in said
    done = nbformat.read(built / "01_sound.ipynb", as_version=4)
    assert [cell.execution_count for cell in done.cells if cell.cell_type == "code"] == [1, 2, 3, 4]
    assert (tmp_path / "notebooks.zip").is_file()


def test_slides_have_what_is_marked_and_the_rest_as_notes():
    code = "<div class='highlight'><pre>" + "line\n" * 12 + "</pre></div>"
    slides = slides_of(BUILT.format(code + "<p>Between.</p>" + code), "01_page.html")
    parts = slides.split('<section class="slide">')[1:]
    assert len(parts) == 5
    assert "<title>A meeting: slides</title>" in slides
    assert 'href="01_page.html"' in slides
    assert '<p><strong>The question.</strong> Why?</p>\n<p class="note" hidden="">Running text.</p>' in parts[0]
    assert "headerlink" not in slides
    assert "For the teacher" not in slides
    # Two listings do not fit on one slide; what stands between them is a note of the first.
    assert [part.count("<pre>") for part in parts] == [0, 1, 1, 0, 0]
    assert '<p class="note" hidden="">Between.</p>' in parts[1]
    assert "<h2>Code …</h2>" in parts[2]
    assert "Do it." in parts[4]
    assert "The answer" not in slides


def test_the_site_has_the_notebook_and_the_slides_of_every_meeting(site):
    for path in MEETINGS:
        page = (site / "course" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert f'href="../notebooks/{path.stem}.ipynb"' in page
        assert f'href="{path.stem}.slides.html"' in page
        slides = (site / "course" / f"{path.stem}.slides.html").read_text(encoding="utf-8")
        assert slides.count('class="slide"') >= 12
        assert (site / "notebooks" / f"{path.stem}.ipynb").is_file()
    assert (site / "notebooks.zip").is_file()


@needs_browser
def test_slides_are_turned_by_keys_and_all_are_printed(site):
    with launch() as browser:
        context = browser.new_context(offline=True)
        context.set_default_timeout(0)
        page = context.new_page()
        page.goto((site / "course" / f"{MEETINGS[4].stem}.slides.html").as_uri())
        number = "[...document.querySelectorAll('.slide')].findIndex((slide) => slide.offsetHeight > 0)"
        count = page.locator(".slide").count()
        for key, expected in [("ArrowRight", 1), ("Space", 2), ("ArrowLeft", 1), ("End", count - 1), ("Home", 0)]:
            page.keyboard.press(key)
            assert page.evaluate(number) == expected
        assert not page.locator(".slide:not([hidden]) .note").first.is_visible()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("n")
        assert page.locator(".slide:not([hidden]) .note").first.is_visible()
        page.emulate_media(media="print")
        assert page.evaluate("[...document.querySelectorAll('.slide')].every((slide) => slide.offsetHeight > 0)")


@needs_browser
def test_a_page_is_printed_with_its_answers_open(tmp_path):
    page = tmp_path / "index.html"
    answer = '<details><p style="break-before: page">The answer.</p></details>'
    page.write_text(f"<!doctype html><title>A</title><h1>A</h1><p>Text.</p>{answer}", encoding="utf-8")
    assert printed.main([str(page), str(tmp_path / "out" / "course.pdf")]) == 0
    pdf = (tmp_path / "out" / "course.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    assert b"/Outlines" in pdf
