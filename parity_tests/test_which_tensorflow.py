"""The tables of ``docs/which_tensorflow.md``, looked up in the TensorFlow and Keras that are installed."""

import inspect
import re

import numpy as np
import pytest

from parity_tests.test_examples import ROOT
from tf_impl.keras_layers import keras
from tf_impl.tensorflow import tf, v1

PAGE = (ROOT / "docs/which_tensorflow.md").read_text(encoding="utf-8")
SIZES = {"D": 2, "H": 3}
RNG = np.random.default_rng(0)
# A bias for each gate. All weights are 0, so a step computes with these alone; no two gates are alike.
BIASES = {"i": 0.3, "j": -0.7, "f": 1.1, "o": 0.2, "r": 0.3, "u": -0.4, "n": 0.9}
C, H = np.float32([[0.5, -1.5, 0.8]]), np.float32([[0.1, 0.4, -0.6]])


def table(heading):
    """Return ``{column: {row: text}}`` of the first table below a heading."""
    below = PAGE[PAGE.index(f"\n## {heading}\n") :]
    rows = [line.strip("| ").split(" | ") for line in re.search(r"(\n\|.*)+", below)[0].strip().splitlines()]
    columns, rows = rows[0], [[cell.strip() for cell in row] for row in rows[2:]]
    names = [name.strip("` ") for name in columns if name.strip()]
    return {name: {row[0]: row[number] for row in rows} for number, name in enumerate(names, start=1)}


LSTM, GRU, PADDING = table("The LSTM"), table("The GRU"), table("The padding")
TF1 = "TF1's cell, and here"


def shapes(text):
    """Return ``{name: shape}`` of the arrays in a cell of a table, for the sizes above."""
    found = re.findall(r"`([\w/]+)` \$\[([^\]]*)\]\$", text)
    sizes = {name: re.sub(r"(\d)H", r"\1 * H", shape) for name, shape in found}
    return {name: tuple(eval(part, {}, SIZES) for part in shape.split(",")) for name, shape in sizes.items()}


def defaults(text):
    return dict(re.findall(r"`(\w+)=([\w.]+)`", text))


def biases(order, forget_bias=0.0):
    """Return the bias [4H] whose columns are in the order that the page tells, such as ``$i, j, f, o$``."""
    gates = re.findall(r"[a-z]", re.search(r"\$(.*?)\$", order)[1])
    return np.repeat(np.float32([BIASES[gate] + (gate == "f") * forget_bias for gate in gates]), SIZES["H"])


def sigma(z):
    return 1 / (1 + np.exp(-z))


def lstm_step(forget_bias):
    c = sigma(BIASES["f"] + forget_bias) * C + sigma(BIASES["i"]) * np.tanh(BIASES["j"])
    return c, sigma(BIASES["o"]) * np.tanh(c)


def gru_step():
    u = sigma(BIASES["u"])
    return u * H + (1 - u) * np.tanh(BIASES["n"])


def tf1_variables(kind):
    """Return the variables of a new TF1 cell, by name."""
    with tf.Graph().as_default(), v1.Session() as session:
        cell = getattr(v1.nn.rnn_cell, kind)(SIZES["H"])
        cell(tf.zeros([1, SIZES["D"]]), cell.zero_state(1, tf.float32))
        session.run(v1.global_variables_initializer())
        return {v.name.split("/", 1)[1][:-2]: session.run(v) for v in v1.global_variables()}


def keras_variables(layer):
    layer.build((None, 5, SIZES["D"]))
    return {weight.name: weight.numpy() for weight in layer.weights}


def shapes_of(variables):
    return {name: value.shape for name, value in variables.items()}


def test_names_and_shapes_of_the_weights():
    lstm = keras_variables(keras.layers.LSTM(SIZES["H"]))
    assert shapes_of(tf1_variables("BasicLSTMCell")) == shapes(LSTM[TF1]["weights"] + LSTM[TF1]["bias"])
    assert shapes_of(lstm) == shapes(LSTM["Keras 3"]["weights"] + LSTM["Keras 3"]["bias"])
    gru = keras_variables(keras.layers.GRU(SIZES["H"]))
    assert shapes_of(tf1_variables("GRUCell")) == shapes(GRU[TF1]["weights"] + GRU[TF1]["bias"])
    assert shapes_of(gru) == shapes(GRU["Keras 3"]["weights"] + GRU["Keras 3"]["bias"])
    before = keras_variables(keras.layers.GRU(SIZES["H"], reset_after=False))
    assert before["bias"].shape == (9,)
    assert "$[3H]$ with `reset_after=False`" in GRU["Keras 3"]["bias"]


def test_what_new_biases_hold():
    assert not tf1_variables("BasicLSTMCell")["bias"].any()
    assert keras_variables(keras.layers.LSTM(SIZES["H"]))["bias"].tolist() == [0] * 3 + [1] * 3 + [0] * 6
    gru = tf1_variables("GRUCell")
    assert (gru["gates/bias"] == 1).all()
    assert not gru["candidate/bias"].any()
    assert not keras_variables(keras.layers.GRU(SIZES["H"]))["bias"].any()


@pytest.mark.parametrize(
    ("column", "function"),
    [
        (TF1, v1.nn.rnn_cell.LSTMCell),
        ("Keras 3", keras.layers.LSTM),
        ("BlockLSTM", tf.raw_ops.BlockLSTM),
        ("BlockLSTMV2", tf.raw_ops.BlockLSTMV2),
    ],
)
def test_options_of_the_lstm(column, function):
    parameters = inspect.signature(function).parameters
    told = defaults(LSTM[column]["forget bias"] + LSTM[column]["clips $c$"])
    assert told
    assert {name: str(parameters[name].default) for name in told} == told
    peepholes = LSTM[column]["peepholes"].strip("`")
    assert peepholes == "no" or peepholes in parameters


def test_the_gru_of_keras_resets_after_the_product():
    assert inspect.signature(keras.layers.GRU).parameters["reset_after"].default is True
    assert GRU["Keras 3"]["the reset gate acts"].startswith("after it")


def test_order_of_the_gates_of_tf1_and_keras():
    zeros = np.zeros((1, SIZES["D"]), np.float32)
    for kind, told, state in (("BasicLSTMCell", LSTM, (C, H)), ("GRUCell", GRU, H)):
        with tf.Graph().as_default(), v1.Session() as session:
            cell = getattr(v1.nn.rnn_cell, kind)(SIZES["H"])
            _, new = cell(zeros, v1.nn.rnn_cell.LSTMStateTuple(*state) if kind == "BasicLSTMCell" else state)
            for variable in v1.global_variables():
                order = "$n$" if "candidate" in variable.name else told[TF1]["order of the gates"]
                bias = "bias" in variable.name
                variable.load(biases(order) if bias else np.zeros(variable.shape, np.float32), session)
            found = session.run(new)
        expected = lstm_step(1.0) if kind == "BasicLSTMCell" else gru_step()
        np.testing.assert_allclose(found, expected, rtol=1e-5)
    for layer, told in ((keras.layers.LSTM(SIZES["H"]), LSTM), (keras.layers.GRU(SIZES["H"], reset_after=False), GRU)):
        variables = keras_variables(layer)
        bias = biases(told["Keras 3"]["order of the gates"])
        layer.set_weights([np.zeros_like(variables["kernel"]), np.zeros_like(variables["recurrent_kernel"]), bias])
        state, expected = ([H, C], lstm_step(0.0)[1]) if told is LSTM else (H, gru_step())
        np.testing.assert_allclose(layer(zeros[None], initial_state=state), expected, rtol=1e-5)


@pytest.mark.parametrize("kernel", ["BlockLSTM", "BlockLSTMV2"])
def test_order_of_the_gates_of_the_fused_kernels(kernel):
    none = np.zeros(SIZES["H"], np.float32)
    options = {"cs_prev": C, "h_prev": H, "wci": none, "wcf": none, "wco": none}
    options |= {"w": np.zeros((5, 12), np.float32), "b": biases(LSTM[kernel]["order of the gates"])}
    function, x = getattr(tf.raw_ops, kernel), np.zeros((1, 1, SIZES["D"]), np.float32)
    found = function(seq_len_max=1, x=x, **options)
    c, h = lstm_step(1.0 if kernel == "BlockLSTM" else 0.0)
    np.testing.assert_allclose(found.cs[0], c, rtol=1e-5)
    np.testing.assert_allclose(found.h[0], h, rtol=1e-5)


def test_the_text_of_lstmblockcell_tells_another_order_than_its_columns_have():
    assert "[i, f, ci, o] = xh * w + b" in tf.raw_ops.LSTMBlockCell.__doc__
    none, x = np.zeros(SIZES["H"], np.float32), np.zeros((1, SIZES["D"]), np.float32)
    options = {"w": np.zeros((5, 12), np.float32), "b": biases("$i, j, f, o$")}
    found = tf.raw_ops.LSTMBlockCell(x=x, cs_prev=C, h_prev=H, wci=none, wcf=none, wco=none, **options)
    np.testing.assert_allclose(found.h, lstm_step(1.0)[1], rtol=1e-5)


def test_what_a_mask_does_in_keras():
    x, mask = RNG.standard_normal((1, 4, SIZES["D"])).astype(np.float32), np.array([[True, False, True, False]])
    assert PADDING["Keras 3"]["may have gaps"] == "yes"
    assert PADDING["Keras 3"]["output past the end"] == "the last one again; 0 with `zero_output_for_mask=True`"
    (again,) = keras.layers.LSTM(3, return_sequences=True)(x, mask=mask).numpy()
    (zeroed,) = keras.layers.LSTM(3, return_sequences=True, zero_output_for_mask=True)(x, mask=mask).numpy()
    assert (again[[1, 3]] == again[[0, 2]]).all()
    assert again[[0, 2]].all()
    assert not zeroed[[1, 3]].any()
    assert zeroed[[0, 2]].all()
