"""The counts of the page ``docs/reference/robustness.md``, and the attack on arguments that is among them."""

import json
from collections import Counter
from pathlib import Path

import numpy as np

from parity_tests.attack import arguments
from parity_tests.attack.__main__ import KINDS
from parity_tests.attack._counts import BAD, GOOD
from parity_tests.rows.row import Row

DOCS = Path(__file__).resolve().parent.parent / "docs"
RECORDS = json.loads((DOCS / "reference" / "robustness.json").read_text(encoding="utf-8"))
# What was asked for, at least.
LEAST = {"arguments": 5_000, "files": 100_000, "writes": 300, "kills": 100, "programs": 100, "properties": 1_000}


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


def test_what_takes_all_is_counted_as_wrong(monkeypatch):
    monkeypatch.setattr(arguments, "ROWS", {"zeros": Row(lambda values: 0, {"values": np.ones((2, 3))})})
    (record,) = arguments.run(np.random.default_rng(0), 60)
    assert record["wrong"] > 10
    assert record["tried"] == sum(record[name] for name in (*GOOD, *BAD)) > record["wrong"]
