"""The scoreboard: three of its engines answer here, and wrong answers are told as what they are."""

import json
import re

import numpy as np
import pytest

from parity_tests.scoreboard.adapters import ENGINES, onnx_reference, onnx_runtime, pytorch, tensorflow_v1
from parity_tests.scoreboard.engine import CannotSayError, RefusedError, asked
from parity_tests.scoreboard.judge import CANNOT_SAY, DIFFERS, MEETS, REFUSES, judge
from parity_tests.scoreboard.questions import CELLS, questions
from parity_tests.test_examples import ROOT
from scratch.tree import map_tree

FOLDER = ROOT / "parity_tests" / "scoreboard"
PAGE = json.loads((ROOT / "docs" / "reference" / "scoreboard.json").read_text(encoding="utf-8"))


def case_of(cell, way, dtype=np.float32):
    (found,) = [question.case for question in questions(dtype) if question[:2] == (cell, way)]
    return found


@pytest.mark.parametrize(
    ("engine", "cell", "way", "results", "gradients"),
    [
        (tensorflow_v1, "LSTM", "a row of length 0", MEETS, MEETS),
        (pytorch, "RNN, relu", "initial state", MEETS, MEETS),
        (pytorch, "LSTM", "both directions, lengths", MEETS, MEETS),
        (pytorch, "GRU, reset after", "two layers, lengths", MEETS, MEETS),
        (pytorch, "LSTM, projection", "lengths 4, 2, 6, 1, 3", MEETS, MEETS),
        (pytorch, "GRU, reset before", "initial state", CANNOT_SAY, CANNOT_SAY),
        (pytorch, "LSTM", "a row of length 0", REFUSES, REFUSES),
        (onnx_runtime, "GRU, reset before", "both directions, lengths", MEETS, CANNOT_SAY),
        (onnx_runtime, "LSTM", "a row of length 0", DIFFERS, CANNOT_SAY),
        (onnx_runtime, "LSTM, peepholes", "lengths 4, 2, 6, 1, 3", MEETS, CANNOT_SAY),
        (onnx_reference, "LSTM", "initial state", MEETS, CANNOT_SAY),
        (onnx_reference, "LSTM", "lengths 4, 2, 6, 1, 3", DIFFERS, CANNOT_SAY),
        (onnx_reference, "RNN, tanh", "two layers, lengths", CANNOT_SAY, CANNOT_SAY),
    ],
)
def test_what_an_engine_answers(engine, cell, way, results, gradients):
    found = judge(engine.answer, case_of(cell, way))
    assert [verdict.word for verdict in found] == [results, gradients], found
    # The page says the same.
    (told,) = [told["answers"] for told in PAGE if told["name"] == engine.NAME]
    words = [word for *question, _, word, _ in told if question == [cell, way, "float32"]]
    assert words == [results, gradients]


def wrong(change):
    """Return what answers rightly but for a change of the ``Results``."""
    return lambda case, problem: change(tensorflow_v1.answer(case, problem))


def test_a_wrong_number_differs():
    case = case_of("LSTM", "lengths 4, 2, 6, 1, 3")
    results, gradients = judge(wrong(lambda found: found._replace(outputs=found.outputs * 1.0001)), case)
    assert (results.word, gradients.word) == (DIFFERS, MEETS)
    assert re.fullmatch(r"outputs by 1e-04 of its scale", results.detail)
    results, gradients = judge(wrong(lambda found: found._replace(d_inputs=found.d_inputs * np.float32(np.nan))), case)
    assert (results.word, gradients.word) == (MEETS, DIFFERS)
    assert gradients.detail == "d_inputs by inf of its scale"


def test_where_an_answer_differs_is_told():
    case = case_of("LSTM", "lengths 4, 2, 6, 1, 3")
    dead = np.arange(6) >= np.array(case.sequence_length)[:, None]
    past = wrong(lambda found: found._replace(outputs=found.outputs + np.float32(0.1) * dead[..., None]))
    assert judge(past, case)[0] == (DIFFERS, "outputs past the end alone")
    case = case_of("LSTM", "a row of length 0")
    empty = np.float32([[0], [1], [0], [0], [0]])
    start = wrong(lambda found: found._replace(final_state=map_tree(lambda s: s + empty, found.final_state)))
    assert judge(start, case)[0] == (DIFFERS, "the row of length 0 alone")


def test_another_structure_or_shape_is_an_error_of_the_adapter():
    case = case_of("LSTM", "initial state")
    with pytest.raises(AssertionError, match=r"outputs/ is \(5, 5, 4\), not \(5, 6, 4\)"):
        judge(wrong(lambda found: found._replace(outputs=found.outputs[:, 1:])), case)
    with pytest.raises(AssertionError, match="are not"):
        judge(wrong(lambda found: found._replace(d_params={"kernel": found.d_params["kernel"]})), case)


def test_an_error_of_an_engine_is_a_refusal_in_one_line():
    with pytest.raises(RefusedError, match="^KeyError: 'a'$"), asked():
        {}["a"]
    with pytest.raises(CannotSayError, match="^no words$"), asked():
        raise CannotSayError("no words")


def test_each_engine_is_asked_everything_and_each_disagreement_is_shown():
    assert len(PAGE) == len(ENGINES) >= 8
    asked_for = [(*question[:2], dtype.__name__) for dtype in (np.float32, np.float64) for question in questions(dtype)]
    for engine, told in zip(ENGINES, PAGE, strict=True):
        assert [tuple(answer[:3]) for answer in told["answers"][::2]] == asked_for
        assert {answer[4] for answer in told["answers"]} <= {MEETS, DIFFERS, REFUSES, CANNOT_SAY}
        programs = {path.name for path in (FOLDER / "reproductions").glob(f"{engine}_*.py")}
        assert programs == told["reproductions"].keys()
        assert bool(programs) == any(answer[4] == DIFFERS for answer in told["answers"])
        assert told["documented"].startswith("https://")
    assert set(CELLS) < {answer[0] for answer in PAGE[0]["answers"]}


@pytest.mark.parametrize("path", sorted((FOLDER / "reproductions").glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_a_reproduction_is_short(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines()[1:] if line and "import" not in line]
    assert len(lines) <= 14
