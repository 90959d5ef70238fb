"""The links of the built pages: where they lead, and how many clicks lead from one page to another."""

from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass
class Page(HTMLParser):
    """What a page has: the names one can link to, its links, and those of them that stand in its text."""

    text: str
    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    in_text: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__()
        self.inside = False
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.anchors.update(found[name] for name in ("id", "name") if found.get(name))
        self.inside |= tag == "article"
        for name in ("href", "src", "data"):
            if found.get(name):
                self.links.append(found[name])
                if tag == "a" and self.inside:
                    self.in_text.append(found[name])

    def handle_endtag(self, tag):
        self.inside &= tag != "article"


def pages(folder):
    """Return the ``Page`` of every HTML file, by its path."""
    files = (path for path in sorted(Path(folder).resolve().rglob("*.html")) if "_static" not in path.parts)
    return {path: Page(path.read_text(encoding="utf-8")) for path in files}


def target(path, link):
    """Return the file and the anchor that a link of the page at ``path`` leads to; None for one that leads outside."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    return place, unquote(parts.fragment)


def broken(site):
    """Yield a line for each link of a page to a file or an anchor that is not there."""
    for path, page in site.items():
        for link in page.links:
            place, anchor = target(path, link) or (None, "")
            if place is None:
                continue
            if not place.is_file():
                yield f"{path.name}: {link} leads to no file"
            # With an equals sign it is a setting of the unroller, and no place.
            elif anchor and "=" not in anchor and place in site and anchor not in site[place].anchors:
                yield f"{path.name}: {link} leads to no place on its page"


def clicks(site, start, end):
    """Return how many clicks on links in the text lead from the page ``start`` to ``end``; None where none do."""
    distance, queue = {start: 0}, deque([start])
    while queue:
        path = queue.popleft()
        if path == end:
            return distance[path]
        for link in site[path].in_text:
            place, _ = target(path, link) or (None, "")
            if place in site and place not in distance:
                distance[place] = distance[path] + 1
                queue.append(place)
    return None
