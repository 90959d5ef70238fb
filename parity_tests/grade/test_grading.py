"""What the grader says, of one mistake and of two, and how it is asked."""

import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from parity_tests.grade import check, grade, library
from parity_tests.grade.__main__ import main
from parity_tests.grade.anatomy import solved
from parity_tests.grade.course import LESSONS, ROOT, SOLUTIONS
from parity_tests.grade.edits import edited
from parity_tests.grade.features import close, vector
from parity_tests.grade.grading import grade_source, idea_of, run_here
from parity_tests.grade.mistakes import known_mistakes, written
from parity_tests.grade.verdict import BOTH, EXACT, LINE, ONE_OF, SEEN

EVERY = [(idea, name) for idea in LESSONS for name in solved(idea).functions]


def said(idea, *changes, function=None):
    """Return the findings on the solution of an exercise with other text in it."""
    source = solved(idea).source
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    report = grade_source(source, Path(f"{idea}.py"), run=run_here)
    wrong = [verdict for verdict in report.verdicts if not verdict.right]
    assert function is None or [verdict.function for verdict in wrong] == [function]
    return [(finding.kind, finding.says) for verdict in wrong for finding in verdict.findings]


@pytest.mark.parametrize(("idea", "function"), EVERY, ids=lambda value: value)
def test_every_mistake_of_the_library_is_named(idea, function):
    """Each can be made, shows in the numbers, and is among what the grader says of them."""
    exercise, bench = solved(idea), library.bench(idea, function)
    right = vector(bench.layout, bench.references)
    for mistake in written(function):
        assert mistake.located(exercise, function), mistake.says
    shelf = library.shelf(idea, function)
    for edits in known_mistakes(exercise, function):
        numbers = bench.numbers(edits)
        # One that makes the function raise has no numbers; a shared one may say nothing of this function.
        if numbers is not None and not close(numbers[None], right, bench.layout).all():
            rows = shelf.matching(numbers)
            assert edits[0].says in [says for row in rows for says in shelf.sentence(row)]


def test_there_are_ten_mistakes_for_most_functions():
    counts = {function: len(known_mistakes(solved(idea), function)) for idea, function in EVERY}
    assert sum(counts.values()) > 850
    assert sum(count >= 6 for count in counts.values()) / len(counts) > 0.9


@pytest.mark.parametrize("seed", [5, 6])
def test_two_mistakes_are_both_named(seed):
    rng = np.random.default_rng(seed)
    both = count = 0
    for place in rng.permutation(len(EVERY))[:24]:
        idea, function = EVERY[place]
        exercise, bench = solved(idea), library.bench(idea, function)
        pairs = [pair for pair in combinations(known_mistakes(exercise, function), 2) if library.apart(*pair)]
        rng.shuffle(pairs)
        for one, other in pairs[:8]:
            numbers = [bench.numbers(edits) for edits in ((), one, other, (*one, *other))]
            # Each must show beside the other.
            if (
                any(each is None for each in numbers)
                or close(np.array(numbers[:3]), numbers[3], bench.layout).all(axis=1).any()
            ):
                continue
            report = grade_source(edited(exercise.source, (*one, *other)), Path(f"{idea}.py"), run=run_here)
            (verdict,) = [verdict for verdict in report.verdicts if verdict.function == function]
            told = [says for finding in verdict.findings for says in finding.says]
            count += 1
            both += one[0].says in told and other[0].says in told
            break
    assert count > 12
    assert both / count >= 0.6


def test_the_words_for_one_mistake_and_for_two():
    part, late = "your gradient of c' lacks the part that comes through h'", "d_c lacks the factor f"
    change = "d_memory = d_c_new + d_h_new * o * (1 - tanh_c**2)", "d_memory = d_c_new"
    assert said("lstm", *change, function="lstm_backward") == [(EXACT, [part])]
    other = "d_c = d_memory * f\n", "d_c = d_memory\n"
    assert said("lstm", *other) == [(EXACT, [late])]
    ((kind, told),) = said("lstm", *change, *other)
    assert (kind, set(told)) == (BOTH, {part, late})
    ((kind, told),) = said(
        "gru",
        'z_n = xrh @ params["candidate_kernel"] + params["candidate_bias"]',
        'z_n = x @ params["candidate_kernel"][: x.shape[1]] + r * (h @ params["candidate_kernel"]'
        '[x.shape[1] :]) + params["candidate_bias"]',
    )
    assert kind == EXACT
    assert told[0].startswith("the reset gate is on the wrong side of the product")


def test_several_mistakes_with_the_same_numbers_are_called_one_of():
    ((kind, told),) = said("series_to_rows", "series.reshape(batch_size, -1)", "series.reshape(-1, batch_size).T")
    assert kind == ONE_OF
    assert len(told) == 2


def test_a_slip_without_a_sentence_of_its_own_is_told_by_its_line():
    ((kind, told),) = said("lstm", "d_i = d_memory * j", "d_i = d_memory * o")
    assert (kind, told) == (LINE, ["your d_i uses `o` where `j` is meant"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            ("return h_new, c_new,", "return h_new.T, c_new,"),
            "your h_new is shape [4, 5] where [5, 4] is meant: transposed",
        ),
        (("return h_new, c_new,", "return h_new * 1.5, c_new,"), "your h_new is right but for a factor of 1.5"),
        (("return h_new, c_new,", "return h, c_new,"), "uses `h` where `h_new` is meant"),
        (('return h_new, c_new, {"i"', 'return {"h_new": h_new} if True else {"i"'), "lacks 'c_new', 'cache'"),
        (('return h_new, c_new, {"i"', 'made = h_new, c_new, {"i"'), "returns None"),
        (('"tanh_c": tanh_c}', '"tanh": tanh_c}'), "cache lacks 'tanh_c'"),
        (("return h_new, c_new,", "return c_new, h_new,"), "h' and c' are returned in the wrong order"),
        (("tanh_c = np.tanh(c_new)\n", "tanh_c = np.tanh(c_new)\n    h *= 2\n"), "you changed h in place"),
        (
            ("tanh_c = np.tanh(c_new)\n", "tanh_c = np.tanh(c_new)\n    params['bias'] += 2\n"),
            "you changed params['bias'] in place",
        ),
        (
            ("z_i, z_j, z_f, z_o = np.split(z, 4, axis=1)", "z_i, z_f, z_j, z_o = np.split(z, 4, axis=1)"),
            "in the order z_i, z_f, z_j, z_o",
        ),
        (("o = sigmoid(z_o)", "o = sigmoid(z_o[:3])"), "raises ValueError in line 44"),
        (("return h_new, c_new,", "return h_new / (h_new > 0), c_new,"), "right, but NaN or infinite"),
    ],
)
def test_what_can_be_seen_is_said(changes, words):
    told = [says for _, each in said("lstm", *changes, function="lstm_forward") for says in each]
    assert words in " ".join(told)


def test_it_does_not_guess():
    ((kind, told),) = said("lstm", "j = np.tanh(z_j)", "j = np.tanh(z_j) + 0.05 * np.sin(z_f) * z_i")
    assert kind == SEEN
    assert told[0].startswith("the first wrong quantity is cache/j, made where it says: i = σ(z_i)")


def test_rows_of_no_steps_are_named():
    told = [
        says
        for _, each in said(
            "masked_loss",
            "means = (mask * losses).sum(axis=1) / np.maximum(sequence_length, 1)",
            "means = (mask * losses).sum(axis=1) / sequence_length",
        )
        for says in each
    ]
    assert any("row of no steps" in says for says in told)


def answer(outputs):
    return np.reshape(outputs, (-1, WIDTH(outputs)))


def WIDTH(outputs):
    return outputs.shape[2]


def flatten_time(outputs):
    return answer(outputs)


def time_major(inputs):
    return inputs


def test_functions_of_a_notebook_are_marked(capsys):
    assert grade(flatten_time).right
    report = grade(time_major, explain=True)
    assert not report.right
    assert "This is it: nothing is swapped" in capsys.readouterr().out
    check(flatten_time)
    with pytest.raises(AssertionError, match="Hint: look again at"):
        check(time_major)
    with pytest.raises(ValueError, match="defines no function of an exercise"):
        grade(answer)


def test_the_program(tmp_path, capsys):
    right, wrong = tmp_path / "adam.py", tmp_path / "gru.py"
    right.write_bytes((SOLUTIONS / "adam.py").read_bytes())
    source = (SOLUTIONS / "gru.py").read_text(encoding="utf-8").replace("d_x = d_x_n + d_x_g", "d_x = d_x_n")
    wrong.write_text(source, encoding="utf-8")
    assert main([str(right)]) == 0
    assert "all right" in capsys.readouterr().out
    assert main([str(wrong)]) == 1
    hint = capsys.readouterr().out
    assert "Hint: look again at: All the uses of x and of h together." in hint
    page, line = solved("gru").lesson("gru_backward")
    assert (ROOT / page).read_text(encoding="utf-8").splitlines()[line - 1] == "## Backward"
    assert f"{page}:{line}" in hint
    assert "lacks the part" not in hint
    assert main([str(wrong), "--explain"]) == 1
    assert "This is it: d_x lacks the part that comes through the gates" in capsys.readouterr().out
    assert main([str(wrong), "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["points"], told["possible"]) == (9, 10)
    assert [function["right"] for function in told["functions"]] == [True, False]
    assert main(["--batch", str(tmp_path)]) == 1
    table = capsys.readouterr().out
    assert "| adam.py | adam | 9 | 9 | all right |" in table
    assert "1 of 2 are all right" in table
    assert "#" * 30 in table


@pytest.mark.parametrize("arguments", [[], ["nowhere.txt"], ["--batch", "nowhere"], ["x.py", "--seconds", "0"]])
def test_the_program_refuses(arguments, capsys):
    with pytest.raises((SystemExit, FileNotFoundError)) as ended:
        main(arguments)
    assert getattr(ended.value, "code", 2) == 2


def test_the_exercise_is_found_by_its_functions_or_its_name():
    assert idea_of("def lstm_forward(): pass", Path("my_work.py")) == "lstm"
    assert idea_of("def reverse_rows(): pass\ndef bidirectional_forward(): pass", Path("x.py")) in (
        "bidirectional",
        "reverse_rows",
    )
    assert idea_of("def", Path("adam.py")) == "adam"
    assert idea_of("x = 1", Path("adam/answer.py")) == "adam"
    with pytest.raises(ValueError, match="defines no function"):
        idea_of("x = 1", Path("answer.py"))


def test_it_needs_numpy_alone():
    code = "import parity_tests.grade.__main__, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert "numpy" in loaded
    assert not loaded & {"tensorflow", "pytest", "numba", "scratch", "torch", "jax"}


def test_the_cache_is_read_and_a_broken_one_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    bench = library.bench("rnn", "rnn_backward")
    variants, numbers = library.build(bench)
    path = tmp_path / "kept.npz"
    library.keep(path, variants, numbers)
    kept, same = library.kept(path)
    assert kept == variants
    np.testing.assert_array_equal(same, numbers)
    for broken in (b"", path.read_bytes()[:-100], b"no archive"):
        path.write_bytes(broken)
        assert library.kept(path) is None
    assert library.kept(tmp_path / "none.npz") is None
    # Where nothing can be written the grader goes on.
    library.keep(path / "below a file" / "kept.npz", variants, numbers)
