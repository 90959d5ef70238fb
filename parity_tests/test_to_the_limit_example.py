"""``examples/to_the_limit.py``, run as a user runs it."""

import re

import pytest

from parity_tests.test_examples import run

EXAMPLE = "examples/to_the_limit.py"
TINY = ("--batch-size", 5, "--num-steps", 4, "--input-size", 3, "--num-units", 16, "--rounds", 1, "--patience", 0)
STEPS = ("text book", "scalar loops", "rows", "BLAS", "vectors", "tiles", "engine", "all threads")


def test_it_checks_and_times_every_step(tmp_path):
    done = run(EXAMPLE, *TINY, "--out", tmp_path / "new", PYTHONIOENCODING="ascii", COLUMNS="140")
    assert done.returncode == 0, done.stderr
    lines = [" ".join(re.split(r"[?|\s]+", line)).strip() for line in done.stdout.splitlines()]
    for number, name in enumerate(STEPS, 1):
        # A median, a spread, how many times faster, and the part of the limit.
        line = next(line for line in lines if line.startswith(f"{number} {name} "))
        assert re.search(r" \d+\.\d\d \d+\.\d\d \d+\.\d\d \d+\.\d\d \d+%$", line), line
    for name in ("2 fresh pages", "3 kept memory", "2 masked", "3 ranked"):
        assert sum(line.startswith(name) for line in lines) == 1, done.stdout
    # Float32 is never the same as float64 to the last bit.
    assert len(re.findall(r"largest difference \de-0[78] of the scale", done.stdout)) == 3
    # The limit of rows of unequal length is that of their live steps: a part of the 20 of all.
    tokens = [int(words.replace(",", "")) for words in re.findall(r"The limit: ([\d,]+) times \[x, h\] W", done.stdout)]
    assert tokens[:2] == [20, 320]
    assert 5 <= tokens[2] < 20
    (picture,) = (tmp_path / "new").iterdir()
    assert picture.name == "to_the_limit.png"
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_broken_step_is_found_before_anything_is_timed(tmp_path):
    """Each step in turn with one number of the outputs or of c off by 1e-5, or with one that is no number."""
    code = f"""
import sys
sys.path.insert(0, "examples")
import to_the_limit
def refuse(*arguments):
    raise AssertionError("timed")
to_the_limit.measure_rounds = refuse
def broken(run, which, error):
    def run_and_spoil(problem, lengths):
        results = [None if array is None else array.copy() for array in run(problem, lengths)]
        results[which].reshape(-1)[-1] += error
        return results
    return run_and_spoil
arguments = [*map(str, {TINY!r}), "--out", {str(tmp_path)!r}]
sound = to_the_limit.STEPS
for at, step in enumerate(sound):
    for which, error in ((0, 1e-5), (1, 1e-5), (0, float("nan"))):
        spoiled = step._replace(run=broken(step.run, which, error))
        to_the_limit.STEPS = (*sound[:at], spoiled, *sound[at + 1 :])
        assert to_the_limit.main(arguments) == 1, step.name
        print("found", step.name)
for table in ("MEMORY", "LENGTHS"):
    sound = getattr(to_the_limit, table)
    for at, step in enumerate(sound):
        problem = to_the_limit.draw(4, 5, 3, 16, 0)
        lengths = None if table == "MEMORY" else to_the_limit.np.array([4, 1, 2, 1, 3])
        spoiled = [*sound[:at], step._replace(run=broken(step.run, 0, 1e-5)), *sound[at + 1 :]]
        off = to_the_limit.check(spoiled, problem, lengths, 1)
        assert [value > to_the_limit.LIMIT for value in off.values()] == [number == at for number in range(3)]
"""
    done = run("-c", code)
    assert done.returncode == 0, done.stderr
    for name in STEPS:
        assert done.stdout.count(f"found {name}\n") == 3, done.stdout
        assert done.stdout.count(f"{name} differs from the text book") == 3, done.stdout
    assert list(tmp_path.iterdir()) == []


def test_it_ends_non_zero_where_a_later_table_is_off(tmp_path):
    code = f"""
import sys
sys.path.insert(0, "examples")
import to_the_limit
to_the_limit.measure_rounds = lambda rows, *rest: [row.seconds.append(1.0) for row in rows.values()]
last = to_the_limit.LENGTHS[-1]
def without_padding(problem, lengths):
    return last.run(problem, None)
to_the_limit.LENGTHS = (*to_the_limit.LENGTHS[:-1], last._replace(run=without_padding))
sys.exit(to_the_limit.main([*map(str, {TINY!r}), "--out", {str(tmp_path)!r}]))
"""
    done = run("-c", code)
    assert done.returncode == 1, done.stderr
    assert "ranked differs from the text book" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--num-units", "24"), "--num-units must be a multiple of 16, a register of numbers, but is 24"),
        (("--num-steps", "0"), "--num-steps must be at least 1, but is 0"),
        (("--patience", "-1"), "--patience must be at least 0, but is -1"),
        (("--out", "README.md"), "--out README.md cannot be written to"),
    ],
)
def test_it_refuses_bad_arguments(arguments, words):
    done = run(EXAMPLE, *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stdout == ""
