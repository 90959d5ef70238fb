"""Every number that the page computes, against scratch: 1,000 drawn settings, all cells, lengths, windows and masks."""

import json

import numpy as np
import pytest

from parity_tests.harness import assert_parity
from parity_tests.unroller.problems import CELLS, draw
from parity_tests.unroller.witness import every_number

# Settings of each cell, and how many of them go to the browser in one call.
EACH, AT_ONCE = 200, 100
COMPUTE = """settings => JSON.stringify(JSON.parse(settings).map((setting) => {
  const { steps, final, d_initial, totals, L } = Unroller.compute(setting);
  const found = Unroller.recipe(setting);
  const parts = ["enter", "forward", "leave", "enterBack", "backward", "leaveBack", ...(setting.window ? ["cut"] : [])];
  const text = parts.flatMap((part) => found[part]).join("\\n");
  const names = Unroller.equations.lines(text).flatMap((line) => line.targets);
  for (const part of Object.keys(final)) names.push(`${part}_in`, `∂${part}_out`);
  const stacked = Object.fromEntries(names.map((name) => [name, steps.map((step) => step[name])]));
  for (const name of Object.keys(totals)) stacked[`total ${name}`] = steps.map((step) => step.totals[name]);
  return { stacked, final, d_initial, totals, L };
}))"""


def found_in_the_page(result):
    """Return what ``every_number`` returns, of the page's own."""
    ends = {"L": result["L"]}
    for word, part in (("final {}", "final"), ("∂{}_0", "d_initial"), ("total {}", "totals")):
        ends |= {word.format(name): array for name, array in result[part].items()}
    return ({name: np.array(array, float) for name, array in tree.items()} for tree in (result["stacked"], ends))


@pytest.mark.parametrize("name", CELLS)
def test_every_number_is_that_of_scratch(unroller, name):
    rng = np.random.default_rng(CELLS.index(name))
    settings = [draw(rng, name) for _ in range(EACH)]
    for first in range(0, EACH, AT_ONCE):
        some = settings[first : first + AT_ONCE]
        results = json.loads(unroller.evaluate(COMPUTE, json.dumps(some)))
        for setting, result in zip(some, results, strict=True):
            for actual, expected in zip(found_in_the_page(result), every_number(setting), strict=True):
                assert_parity(actual, {key: np.float64(value) for key, value in expected.items()})


def test_the_drawn_settings_hold_what_matters():
    """Rows that end and rows of length 0, windows, each kind of dropout, losses past the end of a row."""
    rng = np.random.default_rng(0)
    drawn = [draw(rng, "lstm") for _ in range(EACH)]
    assert sum(0 in setting["lengths"] for setting in drawn) > 30
    assert sum(setting["window"] > 0 for setting in drawn) > 30
    for which in "xyh":
        assert sum(setting["keep"][which] < 1 for setting in drawn) > 30
    for setting in drawn:
        setting["past"] = np.arange(len(setting["counted"]))[:, None] >= setting["lengths"]
    assert sum((setting["past"] & np.array(setting["counted"], bool)).any() for setting in drawn) > 30
