"""``examples/sequence_records.py``: run once as a user runs it, and its parts called."""

import re

import pytest
import sequence_readers
import sequence_records

import scratch
from parity_tests.test_examples import run

EXAMPLE = "examples/sequence_records.py"


def test_it_writes_what_tensorflow_writes_and_reads_it_back(tmp_path):
    done = run(EXAMPLE, "--out", tmp_path / "new" / "folder", PYTHONIOENCODING="ascii", COLUMNS="80")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for words in (
        "295 bytes, TensorFlow's are the same",
        "[4 5 1]",
        "lengths [3 3 2]",
        "[[1 2 3 0 1 0]\n [4 5 1 1 0 0]\n [1 2 0 1 1 0]]",
        "The first record is 103 bytes, 7 of them values.",
        "Ours is TensorFlow's",
    ):
        assert words in done.stdout
    names = ["record.png", "sequences.tfrecord", "sequences_tensorflow.tfrecord"]
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == names


def test_it_ends_non_zero_where_a_number_differs(tmp_path, monkeypatch, capfd):
    def one_off(*arguments, sound=scratch.read_sequence_examples):
        for context, lists in sound(*arguments):
            yield context, {**lists, "labels": lists["labels"] + 1}

    monkeypatch.setattr(scratch, "read_sequence_examples", one_off)
    assert sequence_records.main(["--out", str(tmp_path)]) == 1
    assert "Ours differs" in capfd.readouterr().out


def test_each_byte_has_its_role():
    record = scratch.SequenceExample({"n": 300}, {}).serialize()
    explained = sequence_records.explain(bytes(12) + record + bytes(4))
    roles = [byte.role for byte in explained]
    assert roles[:12] + roles[-4:] == ["frame"] * 16
    assert roles[12:-4] == ["tag", "length"] * 3 + ["name"] + ["tag", "length"] * 3 + ["value"] * 2
    assert explained[18].text == "n"


def test_the_measurement_reads_the_same_in_every_way(tmp_path, capfd):
    path = tmp_path / "file"
    sequence_readers.write_many(sequence_records.np.random.default_rng(0), 300, path)
    for group in sequence_readers.make_readers(path).values():
        steps = []
        for make in group.values():
            steps.append(0)
            examples = make()
            for found in examples if not hasattr(examples, "as_numpy_iterator") else examples.as_numpy_iterator():
                steps[-1] += found[0]["length"].sum()
        assert len(set(steps)) == 1
        assert steps[0] > 300 * 10
    assert sequence_records.main(["--out", str(tmp_path), "--benchmark", "20"]) == 0
    printed = capfd.readouterr().out
    assert "20 records of" in printed
    assert len(re.findall(r"(?:by hand|tf\.data): ", printed)) == 7
    assert not (tmp_path / "benchmark.tfrecord").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--benchmark", "0"), "--benchmark must be at least 1, but is 0"),
        (("--seed", "-1"), "--seed must be at least 0, but is -1"),
        (("--out", "README.md"), "--out README.md cannot be written to"),
    ],
)
def test_it_refuses_bad_arguments(arguments, words, tmp_path, capfd):
    arguments = arguments if "--out" in arguments else ("--out", str(tmp_path), *arguments)
    with pytest.raises(SystemExit, match="2"):
        sequence_records.main(arguments)
    assert words in capfd.readouterr().err
