"""The slides of a meeting, made from its built page: each section is a slide, or several.

On a slide stand the heading, the sentences that begin in bold, equations, code, tables, lists and pictures. All other
text is there as notes, which the key *n* shows. The plan is the teacher's and is left out, and so are the answers.
"""

import math

from bs4 import BeautifulSoup

# Lines of a slide; what is longer goes on to the next.
ROOM = 20
LEFT_OUT = ("plan-of-90-minutes",)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: slides</title>
<link rel="stylesheet" href="../_static/pygments.css">
<link rel="stylesheet" href="../_static/site.css">
<link rel="stylesheet" href="../_static/slides.css">
<script defer src="../_static/slides.js"></script>
</head>
<body data-theme="light">
<p class="keys"><a href="{page}">The meeting's page.</a> Arrow keys turn the page, n shows the notes.</p>
<article>
{slides}
</article>
</body>
</html>
"""


def slides_of(text, name):
    """Return the slides, as HTML, of the page ``name`` whose HTML is ``text``."""
    page = BeautifulSoup(text, "html.parser").find("article")
    for element in page.select("details, a.headerlink, .meeting-links, script, button"):
        element.decompose()
    # An id would stand twice where a section goes over several slides; that of a section says which to leave out.
    for element in page.select("[id]:not(section)"):
        del element["id"]
    title = page.find("h1").get_text()
    slides = [slide for heading, parts in sections(page) for slide in dealt(heading, parts)]
    return PAGE.format(title=title, page=name, slides="\n".join(slides))


def sections(page):
    """Yield ``(heading, what stands below it)`` of every section of a page, in its order."""
    for section in page.find_all("section"):
        if section.get("id") in LEFT_OUT:
            continue
        heading, *parts = section.find_all(True, recursive=False)
        yield heading, [part for part in parts if part.name != "section"]


def lines(part):
    """Return about how many lines a part takes; notes take none."""
    if is_note(part):
        return 0
    text = part.get_text()
    if part.find("img") or part.name == "img":
        return ROOM - 2
    if part.find("pre"):
        return text.count("\n") + 1
    if part.find("table") or part.name == "table":
        return 1.4 * len(part.find_all("tr"))
    if part.name in ("ul", "ol"):
        return sum(math.ceil(len(item.get_text()) / 80) for item in part.find_all("li"))
    return 3 if "equation" in part.get("class", []) or part.find(class_="equation") else math.ceil(len(text) / 80) + 0.5


def is_note(part):
    """Tell whether a part is running text: a paragraph that does not begin in bold."""
    if part.name != "p" or (part.find(["img", "math"]) and not part.get_text(strip=True)):
        return False
    first = next((child for child in part.children if str(child).strip()), None)
    return getattr(first, "name", None) != "strong"


def dealt(heading, parts):
    """Return the slides of one section, as HTML."""
    slides, room = [[]], ROOM
    for part in parts:
        needed = lines(part)
        if needed > room and any(not is_note(other) for other in slides[-1]):
            slides.append([])
            room = ROOM
        room -= needed
        if is_note(part):
            part["class"] = [*part.get("class", []), "note"]
            part["hidden"] = ""
        slides[-1].append(part)
    level = "h1" if heading.name == "h1" else "h2"
    return [
        f'<section class="slide">\n<{level}>{heading.decode_contents()}{" …" if number else ""}</{level}>\n'
        + "\n".join(map(str, slide))
        + "\n</section>"
        for number, slide in enumerate(slides)
    ]
