"""OpenVINO, a row of length 0: its final state is 0, and not the initial state, which no step has changed."""

import numpy as np
import openvino
from onnx import TensorProto, helper

names = ["X", "W", "R", "B", "sequence_lens", "initial_h"]
fed = dict(zip(names, map(np.float32, (np.ones((2, 1, 1)), [[[1]]], [[[1]]], [[0, 0]], [0], [[[0.7]]])), strict=True))
fed["sequence_lens"] = np.zeros(1, np.int32)
kind = {name: TensorProto.INT32 if name == "sequence_lens" else TensorProto.FLOAT for name in names}
inputs = [helper.make_tensor_value_info(name, kind[name], fed[name].shape) for name in names]
outputs = [helper.make_tensor_value_info("Y_h", TensorProto.FLOAT, (1, 1, 1))]
node = helper.make_node("RNN", names, ["", "Y_h"], hidden_size=1)
opset = [helper.make_opsetid("", 22)]
graph = helper.make_graph([node], "row", inputs, outputs)
model = helper.make_model(graph, opset_imports=opset, ir_version=10)
core = openvino.Core()
compiled = core.compile_model(core.read_model(model.SerializeToString()), "CPU")
print("initial state 0.7, final state", compiled(fed)[0].item())
