"""OpenVINO on the CPU, reading the same ONNX models, asked for float32 where it would take less."""

import io

import openvino

from parity_tests.scoreboard.adapters.onnx_node import answer_with

NAME = "OpenVINO"
PACKAGES = ("openvino",)
DOCUMENTED = (
    "https://docs.openvino.ai/2025/openvino-workflow/running-inference/inference-devices-and-modes/cpu-device.html"
)


def answer(case, problem):
    def run(model, fed, names):
        core = openvino.Core()
        read = core.read_model(io.BytesIO(model.SerializeToString()))
        compiled = core.compile_model(read, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        found = compiled(fed)
        return [found[compiled.output(name)] for name in names]

    return answer_with(case, problem, run)
