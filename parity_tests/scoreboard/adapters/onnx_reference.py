"""ONNX's own reference evaluator."""

from onnx.reference import ReferenceEvaluator

from parity_tests.scoreboard.adapters.onnx_node import answer_with

NAME = "ONNX's reference"
PACKAGES = ("onnx",)
DOCUMENTED = "https://onnx.ai/onnx/operators/onnx__LSTM.html"


def answer(case, problem):
    return answer_with(case, problem, lambda model, fed, names: ReferenceEvaluator(model).run(names, fed))
