import numpy as np
import pytest

from scratch import BasicLSTMCell, Dense, LSTMState, check_gradients, complex_step, dynamic_rnn, dynamic_rnn_backward
from scratch.tree import map_tree

RNG = np.random.default_rng(0)
CELL = BasicLSTMCell(3)
PARAMS = CELL.init_params(RNG, 2, np.float64)
X, D_Y = RNG.standard_normal((2, 4, 2)), RNG.standard_normal((2, 4, 3))
STATE = LSTMState(*RNG.standard_normal((2, 2, 3)))
PAIR = {"a": np.ones(2), "b": np.ones(2)}
TREE = {"x": X, "state": STATE, "params": PARAMS}


def loss(tree):
    return (dynamic_rnn(CELL, tree["params"], tree["x"], initial_state=tree["state"])[0] * D_Y).sum()


def by_hand():
    *_, tape = dynamic_rnn(CELL, PARAMS, X, initial_state=STATE)
    return dict(zip(TREE, dynamic_rnn_backward(tape, D_Y), strict=True))


def test_gradients_of_an_unroll_are_right():
    check = check_gradients(loss, TREE, by_hand())
    assert list(check.errors) == ["x", "state.c", "state.h", "params/kernel", "params/bias"]
    assert check.error == max(check.errors.values()) < 1e-12


@pytest.mark.parametrize("name", ["x", "state.c", "params/kernel"])
def test_one_wrong_entry_is_named(name):
    gradients = map_tree(np.copy, by_hand())
    wrong = {"x": gradients["x"], "state.c": gradients["state"].c, "params/kernel": gradients["params"]["kernel"]}[name]
    right, index = wrong.copy(), tuple(size - 1 for size in wrong.shape)
    wrong[index] += 0.01
    check = check_gradients(loss, TREE, gradients)
    assert (check.name, check.place, check.by_hand) == (name, index, wrong[index])
    assert check.by_complex_step == pytest.approx(right[index], abs=1e-12)
    largest = max(abs(right).max(), abs(wrong).max())
    assert check.error == pytest.approx(0.01 / largest)
    assert all(error < 1e-12 for other, error in check.errors.items() if other != name)
    assert f"at {name}[{', '.join(map(str, index))}]: {wrong[index]:.6g} by hand, {right[index]:.6g} by" in str(check)


def test_a_gradient_that_is_nan_is_the_worst():
    gradients = map_tree(np.copy, by_hand())
    gradients["x"][0, 0, 0] += 0.1
    gradients["params"]["bias"][2] = np.nan
    check = check_gradients(loss, TREE, gradients)
    assert (check.name, check.place, check.error) == ("params/bias", (2,), np.inf)


def test_a_gradient_that_is_0_but_for_rounding_is_right_and_a_small_one_is_looked_at():
    tree = {"large": np.ones(2), "small": np.ones(2)}

    def of(slope):
        return lambda tree: (tree["large"] + slope * tree["small"]).sum()

    right = {"large": np.ones(2), "small": np.full(2, 1e-17)}
    assert check_gradients(of(0.0), tree, right).error < 1e-12
    twice = {"large": np.ones(2), "small": np.full(2, 2e-3)}
    assert check_gradients(of(1e-3), tree, twice).error == pytest.approx(0.5)


def test_some_entries_are_drawn():
    seen = []

    def counted(tree):
        seen.append(1)
        return loss(tree)

    gradients = map_tree(np.copy, by_hand())
    gradients["params"]["kernel"] += 1
    check = check_gradients(counted, TREE, gradients, num_entries=4, rng=np.random.default_rng(1))
    # Four of each of five arrays, and four to see whether all is seen.
    assert len(seen) == 4 * 5 + 4
    assert check.name == "params/kernel"
    assert check.error > 0.1


def test_no_entry_is_drawn_twice():
    seen = []

    def function(tree):
        seen.extend(np.flatnonzero(tree.imag))
        return tree.sum()

    check_gradients(function, np.ones(8), np.ones(8), num_entries=7, rng=np.random.default_rng(0))
    # One direction in all eight, then seven of them.
    assert len(set(seen[8:])) == len(seen[8:]) == 7


def test_a_gradient_that_is_forgotten_is_wholly_off():
    check = check_gradients(lambda tree: (tree["a"] + tree["b"]).sum(), PAIR, {"a": np.ones(2), "b": np.zeros(2)})
    assert (check.name, check.error) == ("b", 1.0)


def test_complex_step_is_the_derivative_and_changes_nothing():
    x = RNG.standard_normal((3, 2))
    kept = x.copy()
    (d_x,) = complex_step(lambda tree: (tree[0] ** 3).sum(), (x,))
    np.testing.assert_allclose(d_x, 3 * x**2, rtol=1e-14)
    assert d_x.dtype == np.float64
    np.testing.assert_array_equal(x, kept)


@pytest.mark.parametrize("function", [lambda x: np.abs(x).sum(), lambda x: x.real.sum(), lambda x: x])
def test_what_returns_no_complex_number_is_refused(function):
    for call in (complex_step, lambda *a: check_gradients(*a, np.ones(2))):
        with pytest.raises(TypeError, match="function must return one complex number for complex arrays, but returns"):
            call(function, np.ones(2))


def test_a_part_that_is_dropped_is_noticed():
    def half_real(tree):
        return (tree["a"] ** 2).sum() + (tree["b"].real ** 2).sum()

    tree = {"a": np.ones(3), "b": np.ones(3)}
    with pytest.raises(ValueError, match="function must keep the imaginary part: along one direction complex"):
        check_gradients(half_real, tree, {"a": np.full(3, 2.0), "b": np.zeros(3)})


def test_refusals():
    x = np.ones(2)
    with pytest.raises(TypeError, match="function must be callable, but is 3"):
        check_gradients(3, x, x)
    with pytest.raises(TypeError, match="tree must have float64 arrays alone, but it is float32"):
        check_gradients(np.sum, x.astype(np.float32), x)
    with pytest.raises(TypeError, match="tree must have float64 arrays alone, but a/kernel is int64"):
        complex_step(np.sum, {"a": {"kernel": np.arange(3)}})
    with pytest.raises(ValueError, match="gradients must have the names a, b, but have a"):
        check_gradients(np.sum, {"a": x, "b": x}, {"a": x})
    with pytest.raises(ValueError, match=r"the gradient a must be float64 \[2\], but is"):
        check_gradients(np.sum, {"a": x}, {"a": np.ones(3)})
    with pytest.raises(ValueError, match="num_entries must be at least 1, but is 0"):
        check_gradients(np.sum, x, x, num_entries=0, rng=np.random.default_rng(0))
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator"):
        check_gradients(np.sum, x, x, num_entries=1)
    with pytest.raises(ValueError, match="function must be finite at tree, but is inf"):
        check_gradients(lambda x: x.sum() + np.inf, x, x)


def test_a_layer_is_checked_as_the_page_shows_it():
    layer = Dense(3)
    params, x = layer.init_params(RNG, 2, np.float64), X[:, 0]
    y, cache = layer.forward(params, x)
    d_x, d_params = layer.backward(params, cache, np.ones_like(y))
    check = check_gradients(lambda tree: layer.forward(tree[0], tree[1])[0].sum(), (params, x), (d_params, d_x))
    assert check.error < 1e-12
