"""The table that ``python -m parity_tests`` prints and writes."""

import html.parser
import json

import numpy as np
import pytest

import parity_tests.report
from parity_tests.__main__ import HEADINGS, main, summary
from parity_tests.cases import BLOCK_CELLS, CELLS, DROPOUT_CELLS, JIT_CELLS
from parity_tests.report import cells_named, rows, short
from parity_tests.test_examples import ROOT
from scratch import BasicLSTMCell, BasicRNNCell, MultiRNNCell


def test_a_row_holds_every_quantity_and_what_each_is_off_by():
    found = list(rows("GRUCell(4)"))
    assert {row.dtype for row in found} == {"float32", "float64"}
    assert {row.cell for row in found} == {"GRUCell(4)"}
    assert {row.witness for row in found} == {"TF1 dynamic_rnn", "Keras 3", "GRUBlockCell"}
    for row in found:
        assert row.agrees
        names = [difference.name.lstrip(".") for difference in row.differences]
        assert names[:4] == ["outputs", "final_state", "d_inputs", "d_initial_state"]
        assert names[4:] == [f"d_params/{part}" for part in GRU_PARAMS]


GRU_PARAMS = ("gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias")


def test_a_name_is_first_of_all_that_of_a_cell():
    """``BasicRNNCell`` alone, and not every stack that holds one; a part of a name is all that contain it."""
    assert set(cells_named("basicrnncell")) == {cell for cell in CELLS if type(cell) is BasicRNNCell}
    assert cells_named("BasicLSTMCell(4)") == {BasicLSTMCell(4)}
    assert cells_named("BasicRNNCell(4, activation='relu')") == {BasicRNNCell(4, activation="relu")}
    holding = cells_named("RNN")
    assert {type(cell) for cell in holding} > {BasicRNNCell, MultiRNNCell}
    assert holding == {cell for cell in CELLS + DROPOUT_CELLS if "rnn" in repr(cell).lower()}
    assert cells_named("") == set(CELLS + DROPOUT_CELLS + BLOCK_CELLS)
    assert cells_named("Transformer") == set()


def test_every_cell_of_the_case_table_has_a_row():
    listed = {cell for _, _, cells, _, _, _ in parity_tests.report.WITNESSES for cell in cells}
    assert set(CELLS + DROPOUT_CELLS + BLOCK_CELLS) == listed


def test_where_numba_exists_it_has_a_row():
    found = list(rows("BasicRNNCell(4, activation='relu')", [np.float64]))
    assert ("numpy", "BasicRNNCell(4, activation='relu')") in {(row.engine, row.cell) for row in found}
    assert ("numba", "BasicRNNCell(4, activation='relu')") in {(row.engine, row.cell) for row in found}
    assert BasicRNNCell(4, activation="relu") in JIT_CELLS


def test_a_description_leaves_out_what_is_at_its_default():
    assert short(BasicLSTMCell(4)) == "BasicLSTMCell(4)"
    assert short(BasicLSTMCell(4, 0.5, "relu")) == "BasicLSTMCell(4, forget_bias=0.5, activation='relu')"
    assert short(MultiRNNCell([BasicRNNCell(2), BasicLSTMCell(4)])) == (
        "MultiRNNCell([BasicRNNCell(2), BasicLSTMCell(4)])"
    )


def test_it_prints_writes_and_ends_with_zero(tmp_path, capsys):
    markdown, page = tmp_path / "table.md", tmp_path / "table.html"
    options = ["--cell", "residual", "--dtype", "float64", "--markdown", str(markdown), "--html", str(page)]
    assert main(options) == 0
    printed = capsys.readouterr().out
    assert "ok       float64 numpy TF1 dynamic_rnn: ResidualWrapper(BasicLSTMCell(3))" in printed
    assert "0 of the rows above differ" in printed
    assert "float32" not in printed
    lines = markdown.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "| " + " | ".join(HEADINGS) + " |"
    assert all(line.count("|") == len(HEADINGS) + 1 for line in lines)
    assert f"{len(lines) - 2} quantities" in printed
    cells = Cells()
    cells.feed(page.read_text(encoding="utf-8"))
    assert cells.texts[: len(HEADINGS)] == list(HEADINGS)
    # First, where no width of the screen cuts it off.
    assert HEADINGS[0] == "verdict"
    assert set(cells.texts[len(HEADINGS) :: len(HEADINGS)]) == {"ok"}
    assert len(cells.texts) == len(HEADINGS) * (len(lines) - 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["table.html", "table.md"]


class Cells(html.parser.HTMLParser):
    """The texts of a table's cells, in order."""

    def __init__(self):
        super().__init__()
        self.texts, self.inside = [], False

    def handle_starttag(self, tag, attrs):
        self.inside = tag in ("td", "th")
        if self.inside:
            self.texts.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.texts[-1] += data


def test_it_ends_non_zero_where_a_limit_is_passed(tmp_path, capsys, monkeypatch):
    def nudged(case, problem):
        results = parity_tests.report.tf1(case, problem)
        results.d_params["bias"][0] *= 1 + 1e-8
        return results

    witness = ("TF1 dynamic_rnn", nudged, [BasicRNNCell(4)], None, 6, (np.float64,))
    monkeypatch.setattr(parity_tests.report, "WITNESSES", [witness])
    assert main(["--html", str(tmp_path / "table.html")]) == 1
    printed = capsys.readouterr().out
    assert "DIFFERS  float64 numpy TF1 dynamic_rnn: BasicRNNCell(4)" in printed
    assert "2 of the rows above differ" in printed
    assert (tmp_path / "table.html").read_text(encoding="utf-8").count("DIFFERS") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--cell", "TransformerCell"], "--cell 'TransformerCell' names no cell"),
        (["--dtype", "float16"], "invalid choice: 'float16'"),
        (["--html", "/no/such/folder/table.html"], "there is no folder /no/such/folder"),
        (["--markdown", "/"], "/ cannot be written: it is a folder"),
    ],
)
def test_arguments_that_cannot_be_met_are_refused(arguments, words, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err


def test_the_table_on_the_site_has_every_row_and_the_rows_are_still_true():
    kept = json.loads((ROOT / "docs/reference/parity.json").read_text(encoding="utf-8"))
    cells = [
        (short(cell), engine, witness, np.dtype(dtype).name)
        for witness, _, cells, _, _, dtypes in parity_tests.report.WITNESSES
        for cell in cells
        for dtype in dtypes
        for engine in (("numpy", "numba") if cell in JIT_CELLS else ("numpy",))
    ]
    keys = [(row["cell"], row["engine"], row["witness"], row["dtype"]) for row in kept]
    assert sorted(keys[-len(cells) :]) == sorted(cells)
    assert {key[2] for key in keys[: -len(cells)]} == {"TensorFlow's op"}
    assert all(float(row["of its scale"]) <= float(row["limit"]) for row in kept)
    told = dict(zip(keys, kept, strict=True))
    for row in rows("BasicRNNCell(4, activation='relu')"):
        now = summary(row)
        same = told[row.cell, row.engine, row.witness, row.dtype]
        assert {name: same[name] for name in ("quantities", "limit")} == {
            name: now[name] for name in ("quantities", "limit")
        }
