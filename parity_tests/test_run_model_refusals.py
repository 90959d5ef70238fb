"""What ``examples/run_model.py`` cannot run of ONNX and PyTorch is refused, by name, when it is exported."""

import numpy as np
import onnx
import pytest
import torch
from onnx import helper
from safetensors.numpy import save_file

from parity_tests.test_examples import run, without
from parity_tests.test_run_model_files import PROGRAM, D, H, main, numbers, onnx_model, recurrent, refusal


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (
            helper.make_node("Einsum", ["x"], ["y"], name="sum", equation="ij->ji"),
            "sum is a Einsum, which cannot be run",
        ),
        (helper.make_node("Own", ["x"], ["y"], domain="own"), "Own 0 is a own.Own, which cannot be run"),
    ],
    ids=["operator", "domain"],
)
def test_an_operator_that_is_not_in_the_table(tmp_path, node, words):
    model = onnx_model([node], {"x": numbers(2, 3)}, {})
    model.opset_import.append(helper.make_opsetid("own", 1))
    onnx.save(model, tmp_path / "model.onnx")
    assert words in refusal("export", tmp_path / "model.onnx", tmp_path / "weights.npz")
    assert not (tmp_path / "weights.npz").exists()


@pytest.mark.parametrize(
    ("operator", "attributes", "words"),
    [
        ("LSTM", {"clip": 0.5}, "LSTM 2: clip=0.5 in attributes of LSTM cannot be carried over"),
        ("LSTM", {"activations": ["Sigmoid", "Tanh", "Relu"]}, "LSTM 2: the activations Tanh, Relu of LSTM cannot be"),
        ("GRU", {"activations": ["Sigmoid", "Gelu"]}, "GRU 2: the activation Gelu of GRU cannot be carried over"),
    ],
)
def test_a_cell_that_is_none_of_ours(tmp_path, operator, attributes, words):
    model, _ = recurrent(operator, **attributes)
    onnx.save(model, tmp_path / "model.onnx")
    assert words in refusal("export", tmp_path / "model.onnx", tmp_path / "weights.npz")


def test_files_of_onnx_that_are_not_whole(tmp_path):
    path, weights = tmp_path / "model.onnx", tmp_path / "weights.npz"
    whole = recurrent("LSTM")[0].SerializeToString()
    for content in (whole[:50], whole[: len(whole) // 2], b"\x08 and no more"):
        path.write_bytes(content)
        assert f"{path} is not a whole model of ONNX" in refusal("export", path, weights)
    strange = recurrent("LSTM")[0]
    next(tensor for tensor in strange.graph.initializer if tensor.name == "h").data_type = 65
    path.write_bytes(strange.SerializeToString())
    assert "65" in refusal("export", path, weights)
    half = onnx_model([helper.make_node("Relu", ["x"], ["y"])], {"x": np.ones(2, np.float16)}, {}, [("y", 1)])
    onnx.save(half, path)
    assert "the input x is of ONNX's type 10, which cannot be run" in refusal("export", path, weights)
    path.write_bytes(whole)
    assert "--layers and --ignore are for a state in .safetensors" in refusal(
        "export", path, weights, "--layers", "last"
    )
    assert main(["export", str(path), str(weights)]) == 0
    np.savez(tmp_path / "inputs.npz", tokens=np.ones((2, 3, 1), int), lengths=np.array([1, 1], np.int32))
    assert "the shape of tokens must be [any, any], but is [2, 3, 1]" in refusal(
        "run", weights, tmp_path / "inputs.npz", tmp_path / "outputs.npz"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "a state says nothing of its model: name the modules"),
        (["rnn:LSTM"], "the state has fc.bias, which no word of --layers uses; --ignore leaves it out"),
        (["rnn:GRU", "last", "fc:Linear"], "--layers 'rnn:GRU': its state is not that of a GRU"),
        (["gru:LSTM", "fc:Linear"], "--layers 'gru:LSTM': its state is not that of a LSTM: it has no weights"),
        (["rnn:LSTM:relu", "fc:Linear"], "relu is no option of LSTM, which has state"),
        (["rnn:LSTM", "first", "fc:Linear"], "--layers 'first' cannot be run: it must be NAME:KIND or one of last"),
        (["rnn:LSTM", "last", "fc:Embedding"], "fc is no Embedding: its state has bias, weight, but must have weight"),
        (["relu", "rnn:LSTM", "fc:Linear"], "relu cannot be the first of --layers"),
        (["rnn:LSTM", "rnn:Conv1d", "fc:Linear"], "--layers 'rnn:Conv1d' cannot be run"),
    ],
)
def test_words_that_are_not_of_the_state(tmp_path, words, said):
    module = torch.nn.ModuleDict({"rnn": torch.nn.LSTM(D, 5), "fc": torch.nn.Linear(5, 2)})
    path = tmp_path / "state.safetensors"
    save_file({name: value.numpy().copy() for name, value in sorted(module.state_dict().items())}, path)
    options = ["--layers", *words] if words else []
    assert said in refusal("export", path, tmp_path / "weights.npz", *options)
    assert main(["export", str(path), str(tmp_path / "w.npz"), "--layers", "rnn:LSTM", "last", "--ignore", "fc."]) == 0


def test_files_of_safetensors_that_are_not_whole(tmp_path):
    path, weights = tmp_path / "state.safetensors", tmp_path / "weights.npz"
    save_file({"fc.weight": np.ones((2, H), np.float16)}, path)
    assert "fc.weight is float16, but only float32 can be run" in refusal(
        "export", path, weights, "--layers", "fc:Linear"
    )
    path.write_bytes(path.read_bytes()[:-1])
    assert f"{path} is not a whole file of safetensors" in refusal("export", path, weights, "--layers", "fc:Linear")


def test_run_needs_none_of_the_libraries_and_export_says_which(tmp_path):
    onnx.save(recurrent("LSTM")[0], tmp_path / "model.onnx")
    save_file({"fc.weight": np.ones((2, H), np.float32)}, tmp_path / "state.safetensors")
    assert main(["export", str(tmp_path / "model.onnx"), str(tmp_path / "weights.npz")]) == 0
    np.savez(tmp_path / "inputs.npz", tokens=np.ones((5, 3), int), lengths=np.full(5, 3, np.int32))
    environment = without(tmp_path, "onnx", "safetensors", "torch", "tensorflow", "onnxruntime", "rich", "pytest")
    files = [tmp_path / f"{name}.npz" for name in ("weights", "inputs", "outputs")]
    done = run(PROGRAM, "run", *files, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    for name, library in (("model.onnx", "onnx"), ("state.safetensors", "safetensors")):
        done = run(PROGRAM, "export", tmp_path / name, tmp_path / "more.npz", **environment)
        assert done.returncode == 1
        assert f"files takes {library}, which is in the extra 'convert': pip install " in done.stderr
        assert len(done.stderr.splitlines()) == 1
