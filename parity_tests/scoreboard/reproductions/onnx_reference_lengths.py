"""ONNX's reference evaluator, sequence_lens: they are not looked at."""

import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

names = ["X", "W", "R", "B", "sequence_lens"]
fed = dict(zip(names, map(np.float32, (np.ones((3, 1, 1)), [[[1]]], [[[1]]], [[0, 0]], [1])), strict=True))
fed["sequence_lens"] = np.ones(1, np.int32)
kind = {name: TensorProto.INT32 if name == "sequence_lens" else TensorProto.FLOAT for name in names}
inputs = [helper.make_tensor_value_info(name, kind[name], fed[name].shape) for name in names]
outputs = [helper.make_tensor_value_info("Y", TensorProto.FLOAT, (3, 1, 1, 1))]
node = helper.make_node("RNN", names, ["Y"], hidden_size=1)
opset = [helper.make_opsetid("", 22)]
graph = helper.make_graph([node], "row", inputs, outputs)
model = helper.make_model(graph, opset_imports=opset, ir_version=10)
print("length 1, outputs", ReferenceEvaluator(model).run(None, fed)[0].ravel())
