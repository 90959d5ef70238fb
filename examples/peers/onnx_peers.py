"""ONNX Runtime and OpenVINO, which infer: both run the operators ``RNN``, ``GRU`` and ``LSTM`` of one ONNX model."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from peers.problem import STREAMING, TRAINING, DoesNotRun, name_results, one_by_one

KINDS = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}


def onnx_weights(problem, weights):
    """Return ``(W, R, B)`` of a layer: the gates i, o, f, j of an LSTM or u, r, n of a GRU, each matrix transposed."""
    H = problem.num_units
    if problem.kind == "gru":
        gates, gates_bias, candidate, candidate_bias, *hidden = weights
        (r, u), (b_r, b_u) = np.split(gates, 2, axis=1), np.split(gates_bias, 2)
        if hidden:
            # Reset after the product: the candidate's sides of x and of h have a kernel and a bias each.
            candidate, hidden_bias = np.concatenate([candidate, hidden[0]]), hidden[1]
        else:
            hidden_bias = np.zeros_like(candidate_bias)
        kernels, biases = [u, r, candidate], [b_u, b_r, candidate_bias, *np.zeros((2, H), np.float32), hidden_bias]
    elif problem.kind == "lstm":
        i, j, f, o = np.split(weights[0], 4, axis=1)
        b_i, b_j, b_f, b_o = np.split(weights[1], 4)
        # The forget bias is a constant of the cell.
        kernels, biases = [i, o, f, j], [b_i, b_o, b_f + 1, b_j, *np.zeros((4, H), np.float32)]
    else:
        kernels, biases = [weights[0]], [weights[1], np.zeros(H, np.float32)]
    kernel = np.concatenate(kernels, axis=1).T
    return kernel[None, :, :-H], kernel[None, :, -H:], np.concatenate(biases)[None]


def onnx_model(problem, num_steps):
    """Return ``(model, states)``: the bytes of a model from x and states to y and new states, and their names."""
    options = {"linear_before_reset": int(problem.reset_after)} if problem.kind == "gru" else {}
    nodes, arrays, states, x = [], [numpy_helper.from_array(np.array([1]), "axis")], [], "x"
    for n, weights in enumerate(problem.weights):
        arrays += [
            numpy_helper.from_array(np.ascontiguousarray(array), f"{name}{n}")
            for name, array in zip("WRB", onnx_weights(problem, weights), strict=True)
        ]
        of_layer = [f"{part}{n}" for part in ("h", "c")[: len(problem.states[n])]]
        inputs, outputs = [x, f"W{n}", f"R{n}", f"B{n}", "", *of_layer], [f"all{n}", *(f"new_{s}" for s in of_layer)]
        nodes.append(helper.make_node(KINDS[problem.kind], inputs, outputs, hidden_size=problem.num_units, **options))
        # [T, directions, B, H]
        x = "y" if n + 1 == len(problem.weights) else f"y{n}"
        nodes.append(helper.make_node("Squeeze", [f"all{n}", "axis"], [x]))
        states += of_layer

    def named(name, *shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    _, B, D = problem.inputs.shape
    given = [named("x", num_steps, B, D), *(named(state, 1, B, problem.num_units) for state in states)]
    found = [named("y", num_steps, B, problem.num_units)]
    found += [named(f"new_{state}", 1, B, problem.num_units) for state in states]
    graph = helper.make_graph(nodes, "recurrent", given, found, arrays)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString(), states


class OnnxRuntimePeer:
    """An ``InferenceSession``; in a stream the new states are fed back."""

    def __init__(self, problem, threads):
        if problem.mode == TRAINING or problem.lengths is not None:
            raise DoesNotRun("it infers, and trains nothing; whole rows only")
        self.mode, self.inputs, self.times = problem.mode, problem.inputs, []
        model, self.states = onnx_model(problem, 1 if self.mode == STREAMING else len(self.inputs))
        self.fed = {name: np.zeros((1, 1, problem.num_units), np.float32) for name in self.states}
        self.load(model, threads)

    def load(self, model, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def infer(self, x):
        """Return y and the new states."""
        return self.session.run(None, {"x": x, **self.fed})

    def take(self, x):
        output, *new = self.infer(x[None])
        self.fed = dict(zip(self.states, new, strict=True))
        return output[0]

    def step(self):
        if self.mode == STREAMING:
            self.found = one_by_one(self.take, self.inputs, self.times)
        else:
            self.found = self.infer(self.inputs)[0]

    def results(self):
        return name_results(np.asarray(self.found))


class OpenVinoPeer(OnnxRuntimePeer):
    """The same model, compiled for latency, in float32 as everywhere."""

    def load(self, model, threads):
        import openvino

        core = openvino.Core()
        options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads}
        compiled = core.compile_model(core.read_model(model), "CPU", options)
        self.request, self.names = compiled.create_infer_request(), ["y", *(f"new_{state}" for state in self.states)]

    def infer(self, x):
        found = self.request.infer({"x": x, **self.fed}, share_inputs=True, share_outputs=False)
        return [found[name] for name in self.names]
