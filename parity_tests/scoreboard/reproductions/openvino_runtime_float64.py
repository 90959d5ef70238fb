"""OpenVINO, float64: a model whose inputs and outputs are float64 is computed in float32."""

import numpy as np
import openvino
from onnx import TensorProto, helper

fed = {"X": np.full((1, 1, 1), 1 / 3), "W": np.ones((1, 1, 1)), "R": np.ones((1, 1, 1))}
inputs = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, (1, 1, 1)) for name in fed]
outputs = [helper.make_tensor_value_info("Y_h", TensorProto.DOUBLE, (1, 1, 1))]
node = helper.make_node("RNN", list(fed), ["", "Y_h"], hidden_size=1)
opset = [helper.make_opsetid("", 22)]
graph = helper.make_graph([node], "row", inputs, outputs)
model = helper.make_model(graph, opset_imports=opset, ir_version=10)
core = openvino.Core()
compiled = core.compile_model(core.read_model(model.SerializeToString()), "CPU")
print("tanh(1/3)", repr(np.tanh(1 / 3).item()), "computed", compiled(fed)[0].dtype, repr(compiled(fed)[0].item()))
