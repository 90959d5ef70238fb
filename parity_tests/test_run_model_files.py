"""``examples/run_model.py`` on models of ONNX, against ONNX Runtime, and on states of PyTorch, against PyTorch."""

import runpy

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import helper
from safetensors.numpy import save_file

from parity_tests.harness import assert_parity
from parity_tests.test_examples import ROOT

PROGRAM = ROOT / "examples" / "run_model.py"
main = runpy.run_path(str(PROGRAM))["main"]
B, T, D, H = 5, 6, 3, 4
RNG = np.random.default_rng(0)


def numbers(*shape):
    return (0.7 * RNG.standard_normal(shape)).astype(np.float32)


def onnx_model(nodes, inputs, constants, outputs=(("y", 2),), version=17):
    """Return a model of these nodes; inputs and outputs of so many axes of any size, constants as arrays."""
    kinds = {name: helper.np_dtype_to_tensor_dtype(array.dtype) for name, array in inputs.items()}
    infos = [helper.make_tensor_value_info(n, kinds[n], [None] * a.ndim) for n, a in inputs.items()]
    given = [onnx.numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    made = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [None] * ndim) for name, ndim in outputs]
    graph = helper.make_graph(nodes, "graph", infos, made, given)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)], ir_version=8)


def recurrent(operator, direction="forward", **attributes):
    """Return a model of one recurrent node and what stands around one: tokens, lengths, a first state, an output."""
    gates, dirs = {"RNN": 1, "LSTM": 4, "GRU": 3}[operator], 2 if direction == "bidirectional" else 1
    peepholes = attributes.pop("peepholes", False)
    constants = {"W": numbers(dirs, gates * H, D), "R": numbers(dirs, gates * H, H), "B": numbers(dirs, 2 * gates * H)}
    constants |= {"table": numbers(9, D), "h": numbers(dirs, B, H), "P": numbers(dirs, 3 * H)}
    states = ["h", "", "P"] if peepholes else ["h"]
    nodes = [
        helper.make_node("Gather", ["table", "tokens"], ["embedded"]),
        helper.make_node("Transpose", ["embedded"], ["x"], perm=[1, 0, 2]),
        helper.make_node(
            operator,
            ["x", "W", "R", "B", "lengths", *states],
            ["steps", "last"],
            hidden_size=H,
            direction=direction,
            **attributes,
        ),
        helper.make_node("Transpose", ["last"], ["turned"], perm=[1, 0, 2]),
        helper.make_node("Flatten", ["turned"], ["flat"]),
        helper.make_node("Gemm", ["flat", "weight", "bias"], ["logits"], transB=1),
        helper.make_node("Softmax", ["logits"], ["y"], axis=-1),
    ]
    constants |= {"weight": numbers(2, dirs * H), "bias": numbers(2)}
    inputs = {"tokens": RNG.integers(0, 9, (B, T)), "lengths": np.array([4, 2, 6, 1, 3], np.int32)}
    return onnx_model(nodes, inputs, constants, (("y", 2), ("steps", 4))), inputs


def conditional():
    """Return a model with two graphs inside, which use a tensor and a constant of the graph around them."""
    branches = {}
    for name, operator in (("then_branch", "Tanh"), ("else_branch", "Sigmoid")):
        nodes = [helper.make_node(operator, ["x"], ["a"]), helper.make_node("Mul", ["a", "scale"], ["b"])]
        info = helper.make_tensor_value_info("b", onnx.TensorProto.FLOAT, [None, None])
        branches[name] = helper.make_graph(nodes, name, [], [info])
    node = helper.make_node("If", ["which"], ["y"], **branches)
    inputs = {"which": np.array(False), "x": numbers(2, 3)}
    return onnx_model([node], inputs, {"scale": np.float32(3.0)}), inputs


def arrays_around():
    """Return a model of what moves numbers and of products: convolutions too."""
    c = {"w": numbers(4, 3, 3), "u": numbers(2, 4, 2), "grouped": numbers(4, 1, 2), "rows": numbers(6, 6)}
    c |= {"g": numbers(4), "s": numbers(4), "m": numbers(4), "v": abs(numbers(4)) + 1, "axes": np.array([1])}
    c |= {"starts": np.array([1]), "ends": np.array([-1]), "two": np.array([2]), "shape": np.array([0, -1])}
    c |= {"at": np.array([[0], [1]]), "zero": np.float32(0.5), "slope": numbers(4, 1)}
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], pads=[1, 2], strides=[2], dilations=[1]),
        helper.make_node("BatchNormalization", ["a", "g", "s", "m", "v"], ["b"], epsilon=0.1),
        helper.make_node("PRelu", ["b", "slope"], ["b2"]),
        helper.make_node("Conv", ["b2", "grouped"], ["c"], group=4),
        helper.make_node("ConvTranspose", ["c", "u2"], ["d"], strides=[2], pads=[1, 0], output_padding=[1], group=2),
        helper.make_node("Slice", ["d", "starts", "ends", "two"], ["e"]),
        helper.make_node("Unsqueeze", ["e", "axes"], ["f"]),
        helper.make_node("Concat", ["f", "f"], ["g2"], axis=1),
        helper.make_node("Reshape", ["g2", "shape"], ["h"]),
        helper.make_node("Split", ["h"], ["i", "j"], axis=1),
        helper.make_node("Sub", ["i", "j"], ["k"]),
        helper.make_node("Pad", ["h", "pads", "zero"], ["l"]),
        helper.make_node("ReduceMean", ["l"], ["m2"], axes=[1]),
        helper.make_node("ScatterND", ["l", "at", "updates"], ["n"]),
        helper.make_node("Add", ["n", "m2"], ["y"]),
    ]
    c["u2"], c["pads"] = numbers(4, 1, 3), np.array([0, 1, 0, 2])
    nodes.insert(13, helper.make_node("Slice", ["l", "first", "last", "first"], ["updates"]))
    c |= {"first": np.array([0]), "last": np.array([2])}
    return onnx_model(nodes, {"x": numbers(B, 3, 7)}, c, (("y", 2), ("k", 2))), {"x": numbers(B, 3, 7)}


MODELS = {
    "rnn": lambda: recurrent("RNN"),
    "rnn_relu": lambda: recurrent("RNN", "reverse", activations=["Relu"]),
    "lstm": lambda: recurrent("LSTM"),
    "lstm_reverse": lambda: recurrent("LSTM", "reverse"),
    "lstm_both": lambda: recurrent("LSTM", "bidirectional"),
    "peepholes": lambda: recurrent("LSTM", "bidirectional", peepholes=True),
    "coupled": lambda: recurrent("LSTM", input_forget=1),
    # Where none is given ONNX Runtime takes 0, and the operator of that name 1.
    "rnn_thresholded": lambda: recurrent("RNN", activations=["ThresholdedRelu"], activation_alpha=[0.5]),
    "gru_hard": lambda: recurrent("GRU", activations=["HardSigmoid", "Tanh"]),
    "gru": lambda: recurrent("GRU"),
    "gru_both": lambda: recurrent("GRU", "bidirectional", linear_before_reset=1),
    "if": conditional,
    "arrays": arrays_around,
}


def export_and_run(folder, path, inputs, *options):
    np.savez(folder / "inputs.npz", **inputs)
    assert main(["export", str(path), str(folder / "weights.npz"), *options]) == 0
    assert main(["run", *[str(folder / f"{name}.npz") for name in ("weights", "inputs", "outputs")]]) == 0
    with np.load(folder / "outputs.npz") as file:
        return dict(file)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_of_onnx_is_run_as_onnx_runtime_runs_it(tmp_path, name):
    model, inputs = MODELS[name]()
    path = tmp_path / "model.onnx"
    onnx.save(model, path)
    session = onnxruntime.InferenceSession(path)
    names = [output.name for output in session.get_outputs()]
    assert_parity(export_and_run(tmp_path, path, inputs), dict(zip(names, session.run(None, inputs), strict=True)))


class Chain(torch.nn.Module):
    """Embedding, a recurrent module, what is kept of its steps, and the rest."""

    def __init__(self, recurrent, keep, width):
        super().__init__()
        self.table, self.rnn, self.keep = torch.nn.Embedding(9, D), recurrent, keep
        self.norm, self.fc = torch.nn.LayerNorm(width), torch.nn.Linear(width, 2)

    def forward(self, tokens):
        return torch.softmax(self.fc(torch.relu(self.norm(self.keep(*self.rnn(self.table(tokens)))))), -1)


def top(state):
    return (state[0] if isinstance(state, tuple) else state)[-2:].transpose(0, 1).flatten(1)


BOTH = {"num_layers": 2, "bidirectional": True, "batch_first": True}
LAST, ENDS = (lambda y, _: y[:, -1]), (lambda _, state: top(state))
CHAINS = {
    "rnn:LSTM last": lambda: Chain(torch.nn.LSTM(D, H, batch_first=True), LAST, H),
    "rnn:RNN:relu mean": lambda: Chain(torch.nn.RNN(D, H, nonlinearity="relu", **BOTH), lambda y, _: y.mean(1), 2 * H),
    "rnn:GRU:state": lambda: Chain(torch.nn.GRU(D, H, bias=False, **BOTH), ENDS, 2 * H),
    "rnn:LSTM:state": lambda: Chain(torch.nn.LSTM(D, H, proj_size=2, **BOTH), ENDS, 4),
    "rnn:GRU max": lambda: Chain(torch.nn.GRU(D, H, 3, batch_first=True), lambda y, _: y.amax(1), H),
}


@pytest.fixture
def state(tmp_path):
    """Return a function that writes a module's state, and returns where."""

    def write(module):
        arrays = {name: value.detach().numpy().copy() for name, value in module.state_dict().items()}
        save_file(arrays, tmp_path / "state.safetensors")
        return tmp_path / "state.safetensors"

    return write


# PyTorch says that it computes projections without oneDNN.
@pytest.mark.filterwarnings("ignore:LSTM with projections")
@pytest.mark.parametrize("words", CHAINS)
def test_a_state_of_pytorch_is_run_as_pytorch_runs_it(tmp_path, state, words):
    torch.manual_seed(0)
    module = CHAINS[words]()
    tokens = RNG.integers(0, 9, (B, T))
    words = ["--layers", "table:Embedding", *words.split(), "norm:LayerNorm", "relu", "fc:Linear", "softmax"]
    outputs = export_and_run(tmp_path, state(module), {"inputs": tokens}, *words)
    assert_parity(outputs["output"], module(torch.from_numpy(tokens)).detach().numpy())


def refusal(*arguments):
    """Return the one line with which the program ends."""
    with pytest.raises(SystemExit) as stopped:
        main([*map(str, arguments)])
    assert len(str(stopped.value.code).splitlines()) == 1
    return stopped.value.code
