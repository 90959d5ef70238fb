"""What ``mutations --random`` may draw, and whether its list of what nothing can show is true."""

import json

from parity_tests.random_mutants import EQUIVALENT, ROOT, Mutant, draw, explained, mutants_of

SOURCE = '''"""A docstring with 1 + 1."""

import numpy as np


def add(a: int, b=2, *, flag=True) -> "int":
    """Say a + b."""
    if a < b and flag:
        raise ValueError(f"a is {a + 1}" + "no")
    a += len(b)
    check_count("a", b - a)
    return np.array(a, dtype=np.float32) if a else b[1:a].copy()


class Named:
    def __repr__(self):
        return "named" + "x"
'''


def changes(source=SOURCE):
    """Return ``{scope: {line before: {lines after}}}`` of all mutants that are other Python."""
    found = {}
    for mutant in mutants_of("scratch/some.py", source):
        if mutant.changes_something(source):
            before, after = mutant.lines(source)
            found.setdefault(mutant.scope, {}).setdefault(before, set()).add(after)
    return found


def test_each_kind_of_change():
    inside = changes()["add"]
    assert inside["if a < b and flag:"] == {
        "if a <= b and flag:",
        "if a >= b and flag:",
        "if (a < b) or (flag):",
        "if ((flag)):",
        "if ((a < b)):",
        "if not (a < b and flag):",
    }
    assert inside['raise ValueError(f"a is {a + 1}" + "no")'] == {"pass"}
    assert inside["a += len(b)"] == {"a -= len(b)", "a = len(b)", "pass"}
    assert inside['check_count("a", b - a)'] == {'check_count("a", b + a)', 'check_count(b - a, "a")', "pass"}
    assert inside["return np.array(a, dtype=np.float32) if a else b[1:a].copy()"] == {
        "return np.array(a) if a else b[1:a].copy()",
        "return (a) if a else b[1:a].copy()",
        "return np.array(a, dtype=np.float64) if a else b[1:a].copy()",
        "return np.array(a, dtype=np.float32) if not (a) else b[1:a].copy()",
        "return np.array(a, dtype=np.float32) if a else b[2:a].copy()",
        "return np.array(a, dtype=np.float32) if a else b[0:a].copy()",
        "return np.array(a, dtype=np.float32) if a else b[1:(a) - 1].copy()",
        "return np.array(a, dtype=np.float32) if a else (b[1:a])",
    }


def test_what_is_left_alone():
    outside = changes()
    # Defaults are no part of the function: they are made when the file is imported. The rest is text and annotations.
    assert outside.pop("") == {
        'def add(a: int, b=2, *, flag=True) -> "int":': {
            'def add(a: int, b=3, *, flag=True) -> "int":',
            'def add(a: int, b=1, *, flag=True) -> "int":',
            'def add(a: int, b=2, *, flag=False) -> "int":',
        }
    }
    assert outside.keys() == {"add"}


def test_the_rest_of_the_file_keeps_its_text():
    source = "x = 'σ'; y = ( 1  # one\n     + 2)\n"
    mutant = next(mutant for mutant in mutants_of("scratch/some.py", source) if "-" in mutant.new)
    assert mutant.planted(source) == "x = 'σ'; y = ( 1  # one\n     - 2)\n"
    assert Mutant("scratch/some.py", "", 4, 8, "'φ'").planted(source) == "x = 'φ'; y = ( 1  # one\n     + 2)\n"


def test_what_is_no_python_or_no_other_is_not_drawn():
    source = "x = 1 + 1\n"
    assert not Mutant("scratch/some.py", "", 4, 9, "(1 + 1)").changes_something(source)
    assert not Mutant("scratch/some.py", "", 4, 5, "(1").changes_something(source)


def test_a_seed_draws_the_same_again_and_jit_only_when_asked():
    drawn = draw(30, seed=3)
    assert len(set(drawn)) == 30 == len(set(draw(30, seed=3)) & set(drawn))
    assert set(draw(30, seed=4)) != set(drawn)
    assert not any(mutant.path.startswith("scratch/jit/") for mutant in drawn)
    assert all(mutant.path.startswith("scratch/jit/") for mutant in draw(30, seed=3, only="scratch/jit"))


def test_what_nothing_can_show_is_still_in_the_source():
    for path in {path for path, _, _ in explained()}:
        source = (ROOT / path).read_text(encoding="utf-8")
        listed = {(before, after) for file, before, after in explained() if file == path}
        drawable = {mutant.lines(source) for mutant in mutants_of(path, source)}
        assert listed <= drawable, f"{path} has no such line: {listed - drawable}"


def test_each_explanation_is_a_sentence_and_stands_once():
    entries = json.loads(EQUIVALENT.read_text(encoding="utf-8"))
    assert len(explained()) == len(entries)
    for entry in entries:
        assert entry["why"][0].isupper()
        assert entry["why"].endswith(".")
