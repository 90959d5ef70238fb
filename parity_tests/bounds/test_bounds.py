"""The bounds of rounding: their rules one by one, and drawn cases held to them."""

import json
import math
import random

import mpmath
import numpy as np
import pytest

import scratch
from parity_tests.bounds import arithmetic, derived, drawn, exact
from parity_tests.bounds.__main__ import main, read
from parity_tests.bounds.drawn import draw, measure, run_plain
from parity_tests.bounds.running import FUNCTION_UNITS, KINDS, KinkError, run_of
from parity_tests.cases import CELLS
from parity_tests.harness import Case, assert_parity, run_dynamic
from parity_tests.test_examples import ROOT
from scratch.activations import ACTIVATIONS, sigmoid
from scratch.tree import map_tree, named_leaves

TABLE = ROOT / "docs/reference/bounds.json"
BOTH = (np.float32, np.float64)


@pytest.fixture(params=BOTH, ids=lambda dtype: np.dtype(dtype).name)
def kind(request):
    return run_of(request.param, 8)


def test_an_exact_number_has_no_error_and_a_rounded_one_has_its_own(kind):
    assert kind.of(0.5).bound == 0
    assert kind.of(0.3).bound == (kind.unit * 0.3 if kind.dtype == np.float32 else 0)
    assert abs(float(np.float32(0.3)) - 0.3) <= run_of(np.float32, 0).of(0.3).bound


def test_a_product_rounds_once_and_hands_on_what_came_in(kind):
    a, b, u = kind.of(1.5), kind.of(-3.25), kind.unit
    product = a * b
    assert product.value == -4.875
    assert product.bound == pytest.approx(u * 4.875, rel=1e-6, abs=0)
    again = product * b
    assert again.bound == pytest.approx(u * (4.875 * 3.25 + 4.875 * 3.25), rel=1e-6, abs=0)
    assert (product * kind.of(0.0)).is_zero
    assert (product * kind.of(-1.0)).bound == product.bound
    large, small = product.settled(), (kind.of(0.75) * kind.of(0.75)).settled()
    handed_on = abs(large.value) * small.bound + small.value * large.bound
    rounding = u * abs(large.value) * small.value
    assert (large * small).bound == pytest.approx(handed_on + rounding, rel=1e-5, abs=0)


def test_a_quotient_rounds_once(kind):
    quotient = kind.of(1.5) / 3.0
    assert quotient.value == 0.5
    assert quotient.bound == pytest.approx(kind.unit * 0.5, rel=1e-6, abs=0)
    by_an_error = kind.of(1.0) / (kind.of(1.5) * kind.of(1.5))
    assert by_an_error.bound == pytest.approx(kind.unit * 2 / 2.25, rel=1e-5, abs=0)


def test_a_sum_is_bounded_in_any_order(kind):
    terms = [kind.of(number) for number in (1.0, -2.0, 4.0, 8.0)]
    assert (terms[0] + terms[1]).bound == pytest.approx(kind.unit, rel=1e-6, abs=0)
    total = terms[0] + terms[1] + terms[2] + terms[3]
    assert total.bound == pytest.approx(3 * kind.unit * 15, rel=1e-6, abs=0)
    grouped = (terms[3] + terms[0]) + (terms[2] + terms[1])
    assert (grouped.value, grouped.bound) == (total.value, total.bound)
    assert (sum(terms[1:], terms[0]) - 0.0).bound == total.bound


def test_errors_of_before_cancel_as_they_do_and_those_of_now_do_not(kind):
    product = kind.of(1.5) * kind.of(1.5)
    kept = product.settled()
    assert kept.bound == pytest.approx(product.bound, rel=1e-6, abs=0)
    difference = kept * 2.0 - kept * 2.0
    rounding = 2 * kind.unit * 4.5
    assert difference.bound == pytest.approx(rounding, rel=1e-5, abs=0)
    assert (product * 2.0 - product * 2.0).bound == pytest.approx(rounding + 4 * product.bound, rel=1e-5, abs=0)


def test_functions_take_the_slope_and_their_own_rounding(kind):
    z = (kind.of(0.75) * kind.of(0.75)).settled()
    for name, value, slope in (
        ("tanh", math.tanh(0.5625), 1 - math.tanh(0.5625) ** 2),
        ("exp", math.exp(0.5625), math.exp(0.5625)),
        ("sigmoid", 1 / (1 + math.exp(-0.5625)), math.exp(-0.5625) / (1 + math.exp(-0.5625)) ** 2),
    ):
        found = getattr(z, name)()
        assert found.value == pytest.approx(value, rel=1e-15, abs=0)
        assert found.bound == pytest.approx(slope * z.bound + FUNCTION_UNITS * kind.unit * value, rel=1e-5, abs=0)
    assert kind.of(-800.0).sigmoid().value == 0


def test_what_may_be_on_either_side_of_a_kink_is_refused(kind):
    near = kind.of(1.5) * kind.of(1.5)
    assert near > 2.0
    assert near < 3.0
    for compare in ("__lt__", "__le__", "__gt__", "__ge__"):
        with pytest.raises(KinkError, match="may be either way round"):
            getattr(near, compare)(2.25)
    # With no error there is no doubt.
    assert kind.of(2.25) <= 2.25
    assert kind.of(2.25) >= 2.25
    case = Case(scratch.BasicRNNCell(2, activation="relu"))
    problem = case.draw(kind.dtype)
    params = {"kernel": np.zeros_like(problem.params["kernel"]), "bias": problem.params["bias"] * 0}
    # Exactly 0 is exactly at the kink, and no rounding moves it.
    derived.run_bounds(run_plain, case, problem._replace(params=params), kind.dtype)
    params["kernel"] = np.ones_like(params["kernel"])
    inputs = np.zeros_like(problem.inputs)
    inputs[..., 0], inputs[..., 1] = kind.dtype(0.3), kind.dtype(-0.3)
    problem = problem._replace(params=params, inputs=inputs, initial_state=np.zeros_like(problem.initial_state))
    with pytest.raises(KinkError):
        derived.run_bounds(run_plain, case, problem, kind.dtype)


def test_a_kept_error_is_followed_by_one_number_alone():
    kind = run_of(np.float64, 2)
    first, second = ((kind.of(number) * kind.of(number)).settled() for number in (1.5, 2.5))
    assert (first - second).bound == pytest.approx(first.bound + second.bound + kind.unit * 4, rel=1e-6, abs=0)


@pytest.mark.parametrize("dtype", BOTH)
def test_functions_of_both_engines_keep_to_what_is_asked_of_them(dtype):
    """5u: their errors, against 50 digits, at points all over the range."""
    rng = random.Random(0)
    z = np.array([rng.choice([-1, 1]) * 10 ** rng.uniform(-3, 1.9) for _ in range(2000)], dtype)
    z_tanh = z / 4
    column, u = np.zeros((2, 4), dtype), KINDS[np.dtype(dtype)].unit
    column[0, 2] = 1
    lstm, start = scratch.BasicLSTMCell(1, forget_bias=0.0), np.ones((2000, 1), dtype)
    start = scratch.LSTMState(start, np.zeros_like(start))
    rnn, one = scratch.BasicRNNCell(1), {"kernel": np.array([[1], [0]], dtype), "bias": np.zeros(1, dtype)}
    gates = {"kernel": column, "bias": np.zeros(4, dtype)}
    _, state, _ = scratch.dynamic_rnn(lstm, gates, z[:, None, None].copy(), initial_state=start, engine="numba")
    outputs, _, _ = scratch.dynamic_rnn(rnn, one, z_tanh[:, None, None].copy(), engine="numba")
    found = [(sigmoid(z), z, exact.sigmoid), (state.c[:, 0], z, exact.sigmoid), (np.tanh(z_tanh), z_tanh, mpmath.tanh)]
    found += [(outputs[:, 0, 0], z_tanh, mpmath.tanh), (np.exp(z), z, mpmath.exp)]
    for values, points, function in found:
        for value, point in zip(values.tolist(), points.tolist(), strict=True):
            want = function(exact.CONTEXT.mpf(point))
            assert abs(value - want) <= FUNCTION_UNITS * u * abs(want)


def test_the_text_book_is_put_back():
    before = [(vars(module).get("np"), vars(module).get("ACTIVATIONS")) for module in arithmetic.TEXT_BOOK]
    in_place = []

    def stop():
        with arithmetic.text_book_in(exact.EXACT):
            in_place.append(scratch.cells.rnn.np)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        stop()
    assert in_place == [exact.EXACT.numpy]
    assert [(vars(module).get("np"), vars(module).get("ACTIVATIONS")) for module in arithmetic.TEXT_BOOK] == before
    assert scratch.cells.rnn.ACTIVATIONS is ACTIVATIONS


def test_fifty_digits_are_fifty():
    case = Case(scratch.BasicRNNCell(1), num_steps=1, batch_size=1, input_size=1)
    problem = case.draw(np.float64)
    results = exact.run_exact(run_plain, case, problem)
    with mpmath.workdps(70):
        x, h = (mpmath.mpf(float(array.ravel()[0])) for array in (problem.inputs, problem.initial_state))
        kernel, bias = problem.params["kernel"].ravel().tolist(), problem.params["bias"].tolist()
        want = mpmath.tanh(x * kernel[0] + h * kernel[1] + bias[0])
        assert abs(results.outputs[0, 0, 0] - want) < mpmath.mpf(10) ** -49


EVERY_KIND = list({type(cell): cell for cell in CELLS}.values())


def run_with_masks(backend, case, problem):
    """Return the ``Results`` of any cell, one with dropout too, in any backend."""
    return run_plain(backend, case, problem, **problem.options())


@pytest.mark.parametrize("cell", EVERY_KIND, ids=repr)
def test_every_cell_keeps_to_its_bounds(cell):
    """The walk of its own, in 50 digits, agrees with scratch in all but the rounding."""
    case = Case(cell, (2, 0, 3, 1), batch_size=4, num_steps=3)
    problem = case.draw(np.float64)
    have, want = run_dynamic(scratch, case, problem), exact.run_rounded(run_with_masks, case, problem)
    assert_parity(have, want)
    bounds = derived.run_bounds(run_with_masks, case, problem, np.float64)
    for (name, a), (_, b), (_, bound) in zip(*map(named_leaves, (have, want, bounds)), strict=True):
        assert (np.abs(a - b) <= bound + np.spacing(np.abs(b))).all(), name


def test_drawn_cases_keep_to_their_bounds():
    found, near = measure(2, range(60))
    assert near == 0
    assert {cell for cell, _, _ in found} == {"BasicRNNCell", "BasicLSTMCell", "LSTMCell", "GRUCell"}
    assert {dtype for _, dtype, _ in found} == {"float32", "float64"}
    assert all(0 < worst.part <= 1 for worst in found.values())


def test_a_case_is_the_same_whoever_draws_it():
    (case, problem, dtype), (again, same, _) = draw(3, 17), draw(3, 17)
    assert case == again
    assert dtype == np.float64
    assert_parity(problem, same, limit=0)


def test_of_the_cases_of_the_table_none_exceeded_its_bound():
    found, cases, near = read(TABLE)
    assert sum(cases.values()) - near >= 100_000
    assert {cell for cell, _, _ in found} == {"BasicRNNCell", "BasicLSTMCell", "LSTMCell", "GRUCell"}
    # Not exceeded, and not so wide that it says nothing: at most 30 times the worst that was seen.
    assert all(1 / 30 <= part <= 1 for part, _ in found.values())


def test_the_program_goes_on_where_it_was(tmp_path, capsys):
    path = tmp_path / "bounds.json"
    assert main(["--cases", "2", "--json", str(path)]) == 0
    assert main(["--cases", "1", "--json", str(path)]) == 0
    assert main(["--cases", "1", "--seed", "5", "--json", str(path)]) == 0
    assert json.loads(path.read_text())["drawn"] == {"0": 3, "5": 1}
    whole = {key: worst.part for key, worst in measure(5, range(1), measure(0, range(3))[0])[0].items()}
    assert {key: part for key, (part, _) in read(path)[0].items()} == whole
    assert "of the bound  float32" in capsys.readouterr().out
    for wrong in (["--cases", "0"], ["--seed", "-1"]):
        with pytest.raises(SystemExit):
            main(wrong)


def test_the_program_says_where_a_bound_is_exceeded(monkeypatch, capsys):
    def of_zero(run, case, problem, dtype):
        return map_tree(np.zeros_like, run(scratch, case, problem))

    monkeypatch.setattr(drawn, "run_bounds", of_zero)
    assert main(["--cases", "2"]) == 1
    assert "EXCEEDED" in capsys.readouterr().out
