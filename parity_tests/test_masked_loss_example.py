"""``examples/masked_loss.py``, run as a user runs it."""

import pytest

from parity_tests.test_examples import run

EXAMPLE = "examples/masked_loss.py"


def test_it_compares_three_masks_and_two_means(tmp_path):
    done = run(EXAMPLE, "--out", tmp_path / "new" / "folder", PYTHONIOENCODING="ascii", COLUMNS="80")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    rows = [" ".join(line.split()) for line in done.stdout.replace("?", " ").replace("|", " ").splitlines()]
    for row in (
        "no mask steps 14 + 18 2.636811 2.636811",
        "sign examples 14 + 0 2.920936 2.920936",
        "length examples 14 + 0 2.920936 2.920936",
        "sign steps 9 + 0 3.258252 3.258252",
        "length steps 14 + 0 2.806157 2.806157",
    ):
        assert sum(line.startswith(row) for line in rows) == 1, done.stdout
    # Masked padding has a gradient of exactly 0, unmasked padding has one.
    assert all(line.endswith(" 0") for line in rows if " + 0 " in line)
    assert all(line.endswith(" 0.02813") for line in rows if " + 18 " in line)
    assert "By sign, 5 real steps of class 0 are taken for padding" in done.stdout
    assert "Ours is TensorFlow's" in done.stdout
    pictures = sorted((tmp_path / "new" / "folder").iterdir())
    assert [path.name for path in pictures] == ["class.png", "padding.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)


def test_it_ends_non_zero_where_ours_differs_from_tensorflows(tmp_path):
    """One step of the padding let into the mask by length: found by the loss and by the gradient there."""
    code = f"""
import runpy, sys, scratch
def one_more(labels, lengths, sound=scratch.mask_by_length):
    return sound(labels, [min(length + 1, 8) for length in lengths])
scratch.mask_by_length = one_more
sys.argv = ["masked_loss.py", "--out", {str(tmp_path)!r}]
sys.path.insert(0, "examples")
runpy.run_path({EXAMPLE!r}, run_name="__main__")
"""
    done = run("-c", code)
    assert done.returncode == 1, done.stdout
    assert "Ours differs" in done.stdout


def test_it_ends_non_zero_where_ours_is_not_a_number(tmp_path):
    code = f"""
import runpy, sys, scratch
def lost(*arguments, sound=scratch.masked_loss):
    loss, cache = sound(*arguments)
    return loss * float("nan"), cache
scratch.masked_loss = lost
sys.argv = ["masked_loss.py", "--out", {str(tmp_path)!r}]
sys.path.insert(0, "examples")
runpy.run_path({EXAMPLE!r}, run_name="__main__")
"""
    done = run("-c", code)
    assert done.returncode == 1, done.stdout
    assert "Ours differs: by nan" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--seed", "-1"), "--seed must be at least 0, but is -1"),
        (("--out", "README.md"), "--out README.md cannot be written to"),
    ],
)
def test_it_refuses_bad_arguments(arguments, words):
    done = run(EXAMPLE, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stdout == ""
