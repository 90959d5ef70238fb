"""``examples/text_tagging.py``, run as a user runs it."""

import numpy as np
import pytest
import text_tagging

from parity_tests.test_examples import run
from scratch.tasks.sentences import make_sentences

EXAMPLE = "examples/text_tagging.py"


def test_all_engines_learn_a_file_of_ones_own_alike(tmp_path):
    sentences = make_sentences(np.random.default_rng(5), 500)
    blocks = ("\n".join(map("\t".join, zip(*sentence, strict=True))) for sentence in sentences)
    (tmp_path / "own.txt").write_text("\n\n".join(blocks), encoding="utf-8")
    out = tmp_path / "new" / "folder"
    done = run(
        EXAMPLE, "--data", tmp_path / "own.txt", "--engine", "all", "--epochs", 3, "--out", out, COLUMNS="80"
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert f"500 sentences from {tmp_path / 'own.txt'}" in done.stdout
    assert "steps of padding before" in done.stdout
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.stdout.splitlines()]
    table = {row[0]: row for row in rows if len(row) == 6}
    assert table.keys() == {"words alone", "tensorflow", "numpy", "numba"}
    baseline, *tagged = (float(row[4].rstrip("%")) for row in table.values())
    assert baseline < 83
    assert min(tagged) == max(tagged) > 90
    assert all(float(table[engine][5]) <= 1e-9 for engine in ("numpy", "numba"))
    assert {row[0] for row in rows if len(row) == 4 and row[1].isdigit()} >= {"ADJ", "NOUN", "VERB"}
    assert "The curves are one" in done.stdout
    assert (out / "tagging.png").read_bytes().startswith(b"\x89PNG")
    assert len(list((out / "records").iterdir())) == 5


def test_it_ends_non_zero_where_the_tagger_knows_less_than_the_words_alone(tmp_path, capsys):
    status = text_tagging.main(["--engine", "numpy", "--sentences", "60", "--epochs", "1", "--out", str(tmp_path)])
    assert status == 1
    assert "The tagger knows less than the words alone" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--epochs", "0"], "--epochs must be at least 1, but is 0"),
        (["--sentences", "19"], "--sentences must be at least 20, but is 19"),
        (["--engine", "torch"], "invalid choice: 'torch'"),
        (["--data", "own.txt"], "--data own.txt, line 2: must be a word, a tab and a label, but is 'ran'"),
        (["--data", "few.txt"], "--data few.txt must hold at least 20 sentences, but holds 1"),
        (["--data", "none.txt"], "--data none.txt cannot be read: No such file or directory"),
    ],
)
def test_it_refuses_bad_arguments(tmp_path, monkeypatch, capsys, arguments, words):
    (tmp_path / "own.txt").write_text("she\tPRON\nran\n")
    (tmp_path / "few.txt").write_text("she\tPRON\nran\tVERB\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        text_tagging.main(arguments)
    assert ended.value.code == 2
    assert words in " ".join(capsys.readouterr().err.split())
