"""ONNX Runtime on the CPU."""

import onnxruntime

from parity_tests.scoreboard.adapters.onnx_node import answer_with

NAME = "ONNX Runtime"
PACKAGES = ("onnxruntime",)
DOCUMENTED = "https://onnx.ai/onnx/operators/onnx__LSTM.html"


def answer(case, problem):
    def run(model, fed, names):
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run(names, fed)

    return answer_with(case, problem, run)
