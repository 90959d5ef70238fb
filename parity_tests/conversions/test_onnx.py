"""Converted cells against ONNX's reference evaluator in float64, and, with lengths, against ONNX Runtime in float32.

The reference is NumPy without branches, so that complex steps through it are the gradients: it has none of its own. It
does not look at ``sequence_lens``; ONNX Runtime does, but computes LSTMs in float32 alone.
"""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx.reference import ReferenceEvaluator

from parity_tests.conversions.networks import LENGTHS, B, D, H, T, draw, run
from parity_tests.harness import assert_parity
from scratch import (
    BasicLSTMCell,
    BasicRNNCell,
    CoupledInputForgetGateLSTMCell,
    GRUCell,
    LSTMBlockCell,
    LSTMCell,
    MultiRNNCell,
)
from scratch.conversions import (
    cell_from_onnx,
    from_onnx,
    gradients_from_onnx,
    gradients_to_onnx,
    onnx_attributes,
    state_from_onnx,
    state_to_onnx,
    to_onnx,
)
from scratch.gradient_check import complex_step, to_complex
from scratch.tree import map_tree, named_leaves

RNN, LSTM, GRU, AFTER = BasicRNNCell(H), BasicLSTMCell(H), GRUCell(H), GRUCell(H, reset_after=True)
PEEPHOLES = LSTMCell(H, use_peepholes=True, forget_bias=0.5)
CASES = {
    "rnn": RNN,
    "lstm": LSTM,
    "plain": LSTMCell(H, forget_bias=0.0),
    "block": LSTMBlockCell(H, use_peepholes=True),
    "peepholes": PEEPHOLES,
    "gru": GRU,
    "after": AFTER,
    "rnn_both": (RNN, BasicRNNCell(H, "relu")),
    "lstm_both": (LSTM, LSTMCell(H, forget_bias=0.0)),
    "peepholes_both": (PEEPHOLES, PEEPHOLES),
    "gru_both": (GRU, GRU),
    "after_both": (AFTER, AFTER),
    "gru_no_bias": GRUCell(H, use_bias=False),
    "lstm_no_bias_both": (BasicLSTMCell(H, 0.0, use_bias=False),) * 2,
}
# i and f are one gate: the reference does not look at input_forget.
COUPLED = {
    "coupled": CoupledInputForgetGateLSTMCell(H, forget_bias=0.0),
    "coupled_peepholes_both": (CoupledInputForgetGateLSTMCell(H, use_peepholes=True, forget_bias=0.0),) * 2,
    "coupled_no_bias": CoupledInputForgetGateLSTMCell(H, forget_bias=0.0, use_bias=False, activation="relu"),
}
# Gates and states with every activation that ONNX has, some with numbers of their own.
SQUASHED = {
    "softsign": BasicLSTMCell(H, activation="softsign"),
    "softplus": BasicRNNCell(H, "softplus"),
    "sigmoid": GRUCell(H, "sigmoid"),
    "hard": BasicLSTMCell(H, recurrent_activation="hard_sigmoid"),
    "onnx_hard": GRUCell(H, reset_after=True, recurrent_activation=("onnx_hard_sigmoid", 0.3, 0.4)),
    "elu_both": (BasicRNNCell(H, ("elu", 0.5)), BasicRNNCell(H, ("leaky_relu", 0.3))),
    "affine": BasicRNNCell(H, ("affine", 0.7, 0.1)),
    "linear": GRUCell(H, "linear"),
    "scaled": LSTMCell(H, use_peepholes=True, activation=("scaled_tanh", 1.2, 0.7)),
    "threshold": BasicRNNCell(H, ("thresholded_relu", 0.2)),
    "leaky": BasicLSTMCell(H, activation="leaky_relu", recurrent_activation="onnx_hard_sigmoid"),
}
RELU = {
    "relu": BasicRNNCell(H, "relu"),
    "lstm_relu": BasicLSTMCell(H, activation="relu"),
    "gru_relu": GRUCell(H, "relu"),
    "gru_both": (GRUCell(H, "relu"), AFTER.__class__(H, "relu")),
}
# ONNX's activations the other way round. The reference looks at those of RNN alone.
BY_REFERENCE = {name: cell for name, cell in CASES.items() if name != "rnn_both"}
RUNTIME = CASES | RELU | COUPLED | SQUASHED
OUTPUTS = ("Y", "Y_h", "Y_c")


def model_of(cell, dtype, names, layout=0):
    """Return a model of one node, all of whose inputs are inputs of the model."""
    attributes = onnx_attributes(cell)
    operator = attributes.pop("op_type")
    inputs = ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"]
    inputs = [name if name in names else "" for name in inputs[: 8 if operator == "LSTM" else 6]]
    while not inputs[-1]:
        inputs.pop()
    outputs = OUTPUTS[: 3 if operator == "LSTM" else 2]
    node = onnx.helper.make_node(operator, inputs, outputs, layout=layout, **attributes)
    kind = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))

    def infos(names):
        integer = onnx.TensorProto.INT32
        return [onnx.helper.make_tensor_value_info(n, integer if n == "sequence_lens" else kind, None) for n in names]

    graph = onnx.helper.make_graph([node], "one", infos([name for name in inputs if name]), infos(outputs))
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 22)], ir_version=10)


def feeds_of(cell, problem, layout=0):
    params, inputs, state, *_ = problem
    x = inputs if layout else np.ascontiguousarray(inputs.swapaxes(0, 1))
    return {"X": x, **to_onnx(cell, params), **state_to_onnx(cell, state, layout)}


def as_scratch(cell, results, layout=0):
    """Return outputs [B, T, directions · H] and the final state of what a node returns."""
    y, *states = results
    y = y if layout else y.transpose(2, 0, 1, 3)
    return np.ascontiguousarray(y.reshape(B, T, -1)), state_from_onnx(cell, *states, layout=layout)


@pytest.mark.parametrize("layout", [0, 1])
@pytest.mark.parametrize("name", BY_REFERENCE)
def test_a_converted_cell_is_the_node(name, layout):
    cell = BY_REFERENCE[name]
    problem = draw(cell)
    feeds = feeds_of(cell, problem, layout)
    evaluator = ReferenceEvaluator(model_of(cell, np.float64, feeds, layout))
    results = as_scratch(cell, evaluator.run(None, feeds), layout)
    actual = run(cell, problem)
    assert_parity((actual.outputs, actual.final_state), results)


@pytest.mark.parametrize("name", BY_REFERENCE)
def test_gradients_are_those_of_the_node(name):
    cell = BY_REFERENCE[name]
    problem = draw(cell)
    feeds = feeds_of(cell, problem)
    evaluator = ReferenceEvaluator(model_of(cell, np.float64, feeds))
    d_y = problem[3].reshape(B, T, -1, H).transpose(1, 2, 0, 3)
    d_states = list(state_to_onnx(cell, problem[4]).values())

    def loss(given):
        return sum((result * d).sum() for result, d in zip(evaluator.run(None, given), [d_y, *d_states], strict=True))

    expected = complex_step(loss, to_complex(feeds))
    actual = run(cell, problem)
    weights = {key: expected[key] for key in ("W", "R", "B", "P") if key in feeds}
    assert_parity(actual.d_params, gradients_from_onnx(cell, weights))
    assert_parity(gradients_to_onnx(cell, actual.d_params), weights)
    assert_parity(actual.d_inputs, expected["X"].swapaxes(0, 1))
    assert_parity(
        state_to_onnx(cell, actual.d_initial_state), {key: expected[key] for key in feeds if "initial" in key}
    )


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=str)
@pytest.mark.parametrize("name", RUNTIME)
def test_onnx_runtime_computes_the_same(name, lengths):
    cell = RUNTIME[name]
    problem = draw(cell, np.float32)
    feeds = feeds_of(cell, problem)
    if lengths is not None:
        feeds["sequence_lens"] = np.array(lengths, np.int32)
    session = onnxruntime.InferenceSession(model_of(cell, np.float32, feeds).SerializeToString())
    outputs, final = as_scratch(cell, session.run(None, feeds))
    actual = run(cell, problem, lengths)
    if lengths is not None and 0 in lengths:
        # What ONNX Runtime has for the state of a row without steps is no state: not the initial one.
        rows = np.array(lengths) > 0
        outputs, final, actual = map_tree(lambda a: a[rows], (outputs, final, (actual.outputs, actual.final_state)))
        assert_parity(actual, (outputs, final))
    else:
        assert_parity((actual.outputs, actual.final_state), (outputs, final))


@pytest.mark.parametrize("name", BY_REFERENCE)
def test_weights_of_a_node_are_the_converted_ones(name):
    """The way back, from a node's own weights, of which no half of B is 0; and without B, which is then 0."""
    cell = BY_REFERENCE[name]
    params, inputs, state, *rest = draw(cell)
    rng = np.random.default_rng(0)
    weights = {key: rng.standard_normal(array.shape) for key, array in to_onnx(cell, params).items()}
    # Of a cell without biases both are the same.
    for given in (weights, {key: array for key, array in weights.items() if key != "B"}):
        problem = (from_onnx(cell, given), inputs, state, *rest)
        feeds = {"X": inputs.swapaxes(0, 1), **given, **state_to_onnx(cell, state)}
        results = ReferenceEvaluator(model_of(cell, np.float64, feeds)).run(None, feeds)
        actual = run(cell, problem)
        assert_parity((actual.outputs, actual.final_state), as_scratch(cell, results))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", RUNTIME)
def test_there_and_back_is_bit_equal(name, dtype):
    cell = RUNTIME[name]
    params, _, state, *_ = draw(cell, dtype)
    weights = to_onnx(cell, params)
    assert_parity(from_onnx(cell, weights), params, limit=0)
    assert_parity(to_onnx(cell, from_onnx(cell, weights)), weights, limit=0)
    for layout in (0, 1):
        arrays = state_to_onnx(cell, state, layout)
        assert_parity(state_from_onnx(cell, *arrays.values(), layout=layout), state, limit=0)


@pytest.mark.parametrize("name", ["plain", "peepholes_both", "after"])
def test_results_share_no_memory_with_arguments(name):
    cell = CASES[name]
    params = draw(cell)[0]
    weights = to_onnx(cell, params)
    for convert, given in (
        (to_onnx, params),
        (gradients_to_onnx, params),
        (from_onnx, weights),
        (gradients_from_onnx, weights),
    ):
        before = map_tree(np.copy, given)
        map_tree(lambda array: array.fill(np.nan), convert(cell, given))
        assert_parity(given, before, limit=0)


@pytest.mark.parametrize("name", [*RELU, *COUPLED, *SQUASHED, "rnn", "peepholes_both", "gru", "after_both", "rnn_both"])
def test_a_node_says_what_its_cell_is(name):
    cell = RUNTIME[name]
    attributes = onnx_attributes(cell)
    operator = attributes.pop("op_type")
    found = cell_from_onnx(operator, attributes, peepholes="P" in to_onnx(cell, draw(cell)[0]))
    # ONNX has the forget bias in B.
    assert all(getattr(one, "forget_bias", 0.0) == 0.0 for one in (found if isinstance(found, tuple) else (found,)))
    params, inputs, state, *rest = draw(cell)
    back = from_onnx(found, to_onnx(cell, params))
    assert_parity(run(found, (back, inputs, state, *rest)).outputs, run(cell, (params, inputs, state, *rest)).outputs)
    # It says of itself what was said of the first, but for names of ours that are others' with numbers.
    assert onnx_attributes(found) == onnx_attributes(cell)


def numbers_of(theirs):
    """Return the numbers that ONNX's own operator of this activation has where none are given."""
    attributes = onnx.defs.get_schema(theirs).attributes
    return tuple(attributes[name].default_value.f for name in ("alpha", "beta") if name in attributes)


@pytest.mark.parametrize("theirs", ["LeakyRelu", "HardSigmoid", "Elu", "ThresholdedRelu"])
def test_numbers_that_a_node_leaves_out_are_those_of_the_operator(theirs):
    found = cell_from_onnx("RNN", {"hidden_size": H, "activations": [theirs]})
    assert found.activation[1:] == pytest.approx(numbers_of(theirs))


@pytest.mark.parametrize(
    ("operator", "attributes", "words"),
    [
        ("Loop", {}, "op_type must be one of 'RNN', 'LSTM', 'GRU', but is 'Loop'"),
        ("LSTM", {"clip": 3.0}, "clip=3.0 in attributes of LSTM cannot be carried over: it bounds what goes into"),
        ("LSTM", {"activations": ["Sigmoid", "Tanh", "Relu"]}, "the activations Tanh, Relu of LSTM cannot be"),
        ("GRU", {"activations": ["Sigmoid", "Gelu"]}, "the activation Gelu of GRU cannot be carried over"),
        ("RNN", {"activations": ["Affine"]}, "activation_alpha and activation_beta of RNN have no numbers for Affine"),
        ("RNN", {"activations": ["Tanh", "Tanh"]}, "activations of RNN must be 1, but are"),
        ("RNN", {"direction": "up"}, "direction must be forward, reverse or bidirectional, but is 'up'"),
        ("RNN", {"activation_alpha": [0.1]}, "have numbers for no activation: \\[\\[0.1\\], \\[\\]\\]"),
    ],
)
def test_what_a_node_has_that_no_cell_has_is_refused_by_name(operator, attributes, words):
    with pytest.raises(ValueError, match=words):
        cell_from_onnx(operator, {"hidden_size": H, **attributes})


@pytest.mark.parametrize(
    ("cell", "error", "words"),
    [
        (MultiRNNCell([RNN, RNN]), ValueError, "a node of ONNX is one layer, but cell has 2"),
        (MultiRNNCell([RNN]), ValueError, "a node of ONNX is one layer, but cell has 1"),
        (LSTMCell(H, cell_clip=3.0), ValueError, "cell must have cell_clip=None to be converted"),
        (LSTMCell(H, num_proj=2), ValueError, "cell must have num_proj=None to be converted"),
        ((RNN, BasicRNNCell(5)), ValueError, "one num_units for both directions, .* 4 and 5"),
        ((GRU, AFTER), ValueError, "one reset_after for both directions"),
        ((LSTM, RNN), ValueError, "one kind of cell for both directions"),
        ((LSTM, PEEPHOLES), ValueError, "one use_peepholes for both directions"),
        ((LSTM, COUPLED["coupled"]), ValueError, "one input_forget for both directions"),
        (CoupledInputForgetGateLSTMCell(H), ValueError, "cell must have forget_bias=0.0 to be converted"),
    ],
    ids=str,
)
def test_what_a_node_cannot_say_is_refused_by_name(cell, error, words):
    for convert in (to_onnx, from_onnx, gradients_to_onnx, gradients_from_onnx):
        with pytest.raises(error, match=words):
            convert(cell, {})


def test_weights_that_do_not_fit_are_refused_by_name():
    weights = to_onnx(PEEPHOLES, draw(PEEPHOLES)[0])
    for name, array, words in [
        ("R", np.ones((1, 16, 3)), "weights/R must have shape \\[1, 16, 4\\], but has \\[1, 16, 3\\]"),
        ("W", np.ones((2, 16, 3)), "weights/W must have shape \\[1, 16, D\\], but has \\[2, 16, 3\\]"),
        ("B", np.ones((1, 16)), "weights/B must have shape \\[1, 32\\], but has \\[1, 16\\]"),
        ("P", np.ones((1, 16)), "weights/P must have shape \\[1, 12\\], but has \\[1, 16\\]"),
    ]:
        with pytest.raises(ValueError, match=words):
            from_onnx(PEEPHOLES, {**weights, name: array})
    with pytest.raises(ValueError, match="weights has an unknown 'P'"):
        from_onnx(LSTM, weights)
    with pytest.raises(ValueError, match="weights has no 'P'"):
        from_onnx(PEEPHOLES, to_onnx(LSTM, draw(LSTM)[0]))
    with pytest.raises(ValueError, match="layout must be at most 1, but is 2"):
        state_to_onnx(RNN, np.ones((B, H)), layout=2)
    with pytest.raises(ValueError, match="h must have shape \\[1, B, 4\\], but has \\[2, 5, 4\\]"):
        state_from_onnx(RNN, np.ones((2, B, H)))
    with pytest.raises(ValueError, match="c must be given for BasicLSTMCell"):
        state_from_onnx(LSTM, np.ones((1, B, H)))
    assert D == weights["W"].shape[-1]


@pytest.mark.parametrize("name", COUPLED)
def test_gradients_of_coupled_gates_are_the_transpose(name):
    """No evaluator differentiates them, but ``from_onnx`` is linear without a forget bias: Σ dW ⊙ V = Σ dθ ⊙ θ(V)."""
    cell = COUPLED[name]
    d_params, rng = draw(cell)[0], np.random.default_rng(0)
    d_weights = gradients_to_onnx(cell, d_params)
    weights = {key: rng.standard_normal(array.shape) for key, array in d_weights.items()}

    def product(one, other):
        return sum((a * b).sum() for (_, a), (_, b) in zip(named_leaves(one), named_leaves(other), strict=True))

    assert_parity(product(d_weights, weights), product(d_params, from_onnx(cell, weights)))
    assert_parity(gradients_from_onnx(cell, d_weights), d_params, limit=0)
