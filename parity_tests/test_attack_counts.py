"""The counts of the page ``docs/reference/robustness.md``, and the attack on arguments that is among them."""

import importlib.util
import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from parity_tests.attack import arguments
from parity_tests.attack.__main__ import KINDS
from parity_tests.attack._counts import BAD, GOOD
from parity_tests.rows.row import Row

DOCS = Path(__file__).resolve().parent.parent / "docs"
RECORDS = json.loads((DOCS / "reference" / "robustness.json").read_text(encoding="utf-8"))
# What was asked for, at least.
LEAST = {"arguments": 5_000, "files": 100_000, "writes": 300, "kills": 100, "programs": 100, "properties": 1_000}
LEAST["interrupts"] = 100


def test_as_many_were_tried_as_was_asked_and_nothing_went_wrong():
    tried = Counter()
    for record in RECORDS:
        tried[record["kind"]] += record["tried"]
        assert record["tried"] == sum(record[name] for name in GOOD)
        assert not any(record[name] for name in BAD)
    assert tried.keys() == set(KINDS) == LEAST.keys()
    assert {kind: most for kind, most in LEAST.items() if tried[kind] < most} == {}


def test_the_page_says_what_each_kind_is():
    page = (DOCS / "reference" / "robustness.md").read_text(encoding="utf-8")
    assert all(f"- **{kind}**: " in page for kind in KINDS)


def test_the_page_states_these_counts():
    spec = importlib.util.spec_from_file_location("robustness", DOCS / "extensions" / "robustness.py")
    robustness = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(robustness)
    source = [(DOCS / "reference" / "robustness.md").read_text(encoding="utf-8")]
    robustness.fill(SimpleNamespace(srcdir=DOCS), "reference/robustness", source)
    lines = [line.split("|")[1:-1] for line in source[0].splitlines() if line.startswith("| ")]
    headings, _, *rows = ([cell.strip("* ") for cell in line] for line in lines)
    assert headings[3:] == ["right", "refused by name", *BAD]
    found = {(kind, what): [int(n.replace(",", "")) for n in numbers] for kind, what, *numbers in rows}
    names = ("tried", *GOOD, *BAD)
    expected = {("all", ""): [sum(record[name] for record in RECORDS) for name in names]}
    for record in RECORDS:
        place = record["kind"], record["what"]
        expected[place] = [sum(r[name] for r in RECORDS if (r["kind"], r["what"]) == place) for name in names]
    assert found == expected


def test_what_takes_all_is_counted_as_wrong(monkeypatch):
    monkeypatch.setattr(arguments, "ROWS", {"zeros": Row(lambda values: 0, {"values": np.ones((2, 3))})})
    (record,) = arguments.run(np.random.default_rng(0), 60)
    assert record["wrong"] > 10
    assert record["tried"] == sum(record[name] for name in (*GOOD, *BAD)) > record["wrong"]
