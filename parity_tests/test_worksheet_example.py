"""The worksheets: another for each student, the same again for the same one, and a key that is right."""

import re

import numpy as np
import pytest

from examples.worksheet import IDEAS, draw, main, page, sheet
from scratch import BasicLSTMCell, LSTMState


@pytest.mark.parametrize("idea", IDEAS)
def test_a_sheet_is_the_students_own(idea):
    assert sheet(idea, 17) == sheet(idea, 17)
    assert sheet(idea, 17) != sheet(idea, 18)
    blank, key = sheet(idea, 17), sheet(idea, 17, key=True)
    given = blank.split("## Forward")[0]
    assert key.split("## Forward")[0] == given.replace("sheet 17", "sheet 17 (key)")
    assert blank.count("|---|---|---|\n") == key.count("|---|---|---|---|\n") == 2
    rows = re.findall(r"^\| (\w+) \|", key, re.MULTILINE)
    assert re.findall(r"^\| (\w+) \|", blank, re.MULTILINE) == rows
    assert "h_new" in rows


def test_no_number_that_is_given_is_0():
    for seed in range(20):
        assert all(np.abs(array).min() > 0.05 for array in draw("lstm", seed).values())


def test_the_key_is_what_scratch_computes():
    numbers = draw("lstm", 17)
    cell, params = BasicLSTMCell(1), {name: numbers[name] for name in ("kernel", "bias")}
    h_new, state, cache = cell.forward(params, numbers["x"], LSTMState(numbers["c"], numbers["h"]))
    back = cell.backward(params, cache, numbers["d_h_new"], LSTMState(numbers["d_c_new"], 0 * h_new))
    key = sheet("lstm", 17, key=True)
    for name, array in {"h_new": h_new, "c_new": state.c, "d_x": back[0], "d_c": back[1].c, "d_h": back[1].h}.items():
        assert f"| {name} | [1, 1] | [{array[0, 0]:.4f}] |" in key
    assert f"| d_bias | [4] | [{', '.join(f'{number:.4f}' for number in back[2]['bias'])}] |" in key


def test_it_is_printed_and_written_as_a_page(tmp_path, capsys):
    assert main(["--idea", "gru", "--seed", "3"]) == 0
    assert capsys.readouterr().out == sheet("gru", 3)
    file = tmp_path / "sheet.html"
    assert main(["--idea", "gru", "--seed", "3", "--html", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    assert text == page(sheet("gru", 3))
    assert (text.count("<table>"), text.count("<h2>")) == (2, 3)
    assert "<script" not in text
    assert "src=" not in text
    for bad in (["--seed", "-1"], ["--html", str(tmp_path / "none" / "sheet.html")], ["--idea", "none"]):
        with pytest.raises(SystemExit, match="2"):
            main(bad)
