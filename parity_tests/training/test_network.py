import numpy as np
import pytest

import scratch
from parity_tests.harness import assert_parity
from parity_tests.training.networks import NETWORKS, B, T, problem
from scratch.cells.lstm import BasicLSTMCell
from scratch.gradient_check import complex_step, to_complex
from scratch.layer import Given
from scratch.training.dense import Dense
from scratch.training.layers import RNN, Dropout
from scratch.training.network import Network
from scratch.tree import map_tree, named_leaves
from tf_impl.training.network import Network as TensorFlowNetwork


def passes(network, params, x, given, d_y):
    """Return all that a forward and a backward pass give, by name."""
    y, kept = network.forward(params, x, given)
    d_x, d_params = network.backward(params, kept, d_y)
    return {"y": y, "state": kept.state, "moving": kept.moving, "d_params": d_params} | (
        {} if d_x is None else {"d_x": d_x}
    )


def gradient_of(y):
    return np.random.default_rng(5).standard_normal(y.shape).astype(y.dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", NETWORKS)
def test_agrees_with_tensorflow(name, dtype):
    network, params, x, given = problem(name, dtype)
    d_y = gradient_of(network.forward(params, x, given)[0])
    expected = passes(TensorFlowNetwork(network), params, x, given, d_y)
    for engine in ("numpy", "numba"):
        actual = passes(network, params, x, given._replace(engine=engine), d_y)
        assert actual["d_params"].keys() == params.keys()
        assert_parity(actual, expected)


@pytest.mark.parametrize("name", NETWORKS)
def test_without_training_nothing_is_dropped_and_no_statistic_moves(name):
    network, params, x, given = problem(name, training=False)
    d_y = gradient_of(network.forward(params, x, given)[0])
    actual = passes(network, params, x, given, d_y)
    assert_parity(actual["moving"], given.moving, limit=0)
    plain = given._replace(training=False)
    if name == "dropout":
        cell = scratch.MultiRNNCell([BasicLSTMCell(4), BasicLSTMCell(2)])
        without = Network({"rnn": RNN(cell), "dense": network.layers["dense"]})
        assert_parity(actual, passes(without, params, x, plain, d_y), limit=0)
    else:
        assert_parity(actual, passes(TensorFlowNetwork(network), params, x, plain, d_y))
    no_tape, _ = network.forward(params, x, given._replace(keep_tape=False))
    np.testing.assert_array_equal(no_tape, actual["y"])


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_agree_with_complex_steps(name):
    network, params, x, given = problem(name)
    y, kept = network.forward(params, x, given)
    d_y = gradient_of(y)
    complex_given = given._replace(state=to_complex(given.state or {}) or None, moving=to_complex(given.moving))
    inputs = {} if name == "tagger" else {"x": x}

    def scalar(arguments):
        return (network.forward(arguments["params"], arguments.get("x", x), complex_given)[0] * d_y).sum()

    d_x, d_params = network.backward(params, kept, d_y)
    expected = complex_step(scalar, to_complex({"params": params, **inputs}))
    assert_parity({"params": d_params} | ({} if d_x is None else {"x": d_x}), expected)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_of_the_parameters_alone_are_the_same_bits(name, engine):
    network, params, x, given = problem(name)
    y, kept = network.forward(params, x, given._replace(engine=engine))
    _, d_params = network.backward(params, kept, gradient_of(y))
    found = network.d_params(params, kept, gradient_of(y))
    assert list(found) == list(d_params)
    assert_parity(found, d_params, limit=0)


def test_the_lowest_layer_of_a_step_makes_no_gradient_of_its_input(monkeypatch):
    asked = []

    def backward(*given, needs_d_inputs=True):
        asked.append(needs_d_inputs)
        return scratch.dynamic_rnn_backward(*given, needs_d_inputs=needs_d_inputs)

    monkeypatch.setattr("scratch.training.layers.dynamic_rnn_backward", backward)
    rng, rnn = np.random.default_rng(0), RNN(BasicLSTMCell(4))
    network = Network({"lowest": Network({"inner": rnn}), "upper": rnn, "dense": Dense(5)})
    for engine in ("numpy", "numba"):
        trainer = scratch.Trainer(
            network, network.init_params(rng, 3), scratch.CrossEntropy(), scratch.AdamOptimizer(), engine=engine
        )
        x, labels = rng.standard_normal((B, T, 3)).astype(np.float32), rng.integers(5, size=(B, T))
        trainer.step(x, labels, [6, 1, 0, 4, 3])
    assert asked == [True, False] * 2


def test_a_network_is_a_layer():
    """A chain cut anywhere and put in two networks is the same chain."""
    network, params, x, given = problem("classifier")
    d_y = gradient_of(network.forward(params, x, given)[0])
    whole = passes(network, params, x, given, d_y)
    layers = list(network.layers.items())
    for cut in range(1, len(layers)):
        parts = {"below": dict(layers[:cut]), "above": dict(layers[cut:])}

        def halved(tree, parts=parts):
            return {half: {name: tree[name] for name in layers if name in tree} for half, layers in parts.items()}

        nested = Network({half: Network(layers) for half, layers in parts.items()})
        own = given._replace(state=halved(given.state), moving=halved(given.moving), masks=None)
        found = passes(nested, {h: p for h, p in halved(params).items() if p}, x, own, d_y)
        for name in ("y", "d_x"):
            np.testing.assert_array_equal(found[name], whole[name])
        for name in ("state", "moving", "d_params"):
            flat = {key: part for half in found[name].values() for key, part in half.items()}
            assert_parity(flat, whole[name], limit=0)


def test_a_start_is_that_of_each_layer_drawn_in_order():
    network = NETWORKS["classifier"]
    params, rng = network.init_params(np.random.default_rng(0), 3, np.float64), np.random.default_rng(0)
    assert_parity(params["hidden"], Dense(4).init_params(rng, 3, np.float64), limit=0)
    assert_parity(params["rnn"]["gru_cell"], scratch.GRUCell(2).init_params(rng, 4, np.float64), limit=0)
    assert params.keys() == {"hidden", "rnn", "batch_normalization", "dense"}
    assert params["dense"]["kernel"].shape == (2, 5)
    masks = NETWORKS["dropout"].draw_masks(np.random.default_rng(0), (B, T, 3))
    assert masks["dropout"].shape == (B, T, 2)
    assert masks["rnn"][1].output.shape == (T, B, 2)
    assert network.zero_state(2)["rnn"]["gru_cell"].shape == (2, 2)
    assert network.output_shape((B, T, 3)) == (B, 5)
    assert {leaf.dtype for _, leaf in named_leaves(NETWORKS["tagger"].init_params(rng, 7))} == {np.dtype(np.float32)}


def test_refusals():
    rng, dense = np.random.default_rng(0), Dense(2)
    for layers in ({}, [dense], None):
        with pytest.raises(TypeError, match="layers must be a dict of layers under their names"):
            Network(layers)
    for layers in ({"dense": None}, {"a/b": dense}):
        with pytest.raises(TypeError, match="layers must be layers, such as Dense"):
            Network(layers)
    with pytest.raises(ValueError, match="a name must be made of letters"):
        Network({"ä": dense})
    network, params, x, given = problem("tagger")
    with pytest.raises(ValueError, match="input_size must be 7, the number of words, but is 8"):
        network.init_params(rng, 8)
    with pytest.raises(ValueError, match="params has an unknown 'extra'; the layers are 'embedding'"):
        network.forward({**params, "extra": {}}, x)
    with pytest.raises(ValueError, match="inputs of width 6 and params for a width of 9 do not fit") as caught:
        network.forward({**params, "dense": Dense(5).init_params(rng, 9, np.float64)}, x)
    assert caught.value.__notes__ == ["in the layer 'dense', Dense(units=5)"]
    dropped, params, x, given = problem("dropout")
    with pytest.raises(ValueError, match="masks must be given for a cell with dropout"):
        dropped.forward(params, x, Given(training=True))
    with pytest.raises(ValueError, match="masks must be given for dropout"):
        dropped.forward(params, x, given._replace(masks={"rnn": given.masks["rnn"]}))
    for part in ("state", "masks", "moving"):
        with pytest.raises(ValueError, match=f"^{part} has an unknown 'rnn_1'; the layers are 'rnn', "):
            dropped.forward(params, x, given._replace(**{part: {"rnn_1": ()}}))
        with pytest.raises(TypeError, match=f"^{part} must be a dict by the names of the layers, but is "):
            dropped.forward(params, x, given._replace(**{part: ["rnn"]}))
    with pytest.raises(ValueError, match="keep_prob must be at most 1, but is 1.5"):
        Dropout(1.5)


def test_what_is_given_is_not_changed():
    network, params, x, given = problem("classifier")
    before = map_tree(np.copy, (params, x, tuple(given[:3])))
    y, kept = network.forward(params, x, given)
    network.backward(params, kept, gradient_of(y))
    assert_parity((params, x, tuple(given[:3])), before, limit=0)
