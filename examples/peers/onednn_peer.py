"""oneDNN itself, Intel's library of kernels, from the package ``onednn-cpu-gomp``: a library for C, called as such."""

import ctypes
import sys
from itertools import accumulate
from pathlib import Path

import numpy as np

from peers.problem import STREAMING, TRAINING, DoesNotRun, name_results, one_by_one

# Numbers of dnnl_types.h.
CPU, IN_ORDER, FLOAT32, INFERENCE, LEFT_TO_RIGHT, TANH, MEMORY_OF_ARGUMENT = 1, 1, 3, 96, 1, 0x21, 255
X, H, C, Y, NEW_H, NEW_C, W, R, B = 1, 2, 3, 17, 18, 19, 33, 34, 41
ALLOCATE = ctypes.c_void_p(-1)


class Argument(ctypes.Structure):
    """``dnnl_exec_arg_t``."""

    _fields_ = (("number", ctypes.c_int), ("memory", ctypes.c_void_p))


class Library:
    """Functions by their names without ``dnnl_``; ``make`` those whose first argument is where the result goes."""

    def __init__(self):
        path = Path(sys.prefix, "lib", "libdnnl.so.3")
        if not path.exists():
            raise DoesNotRun("oneDNN is not there: pip install onednn-cpu-gomp")
        self.functions = ctypes.CDLL(str(path))
        self.functions.dnnl_primitive_desc_query_md.restype = ctypes.c_void_p
        self.engine = self.make("engine_create", CPU, ctypes.c_size_t(0))
        self.stream = self.make("stream_create", self.engine, IN_ORDER)

    def call(self, name, *arguments):
        if status := getattr(self.functions, f"dnnl_{name}")(*arguments):
            raise RuntimeError(f"dnnl_{name} returned {status}")

    def make(self, name, *arguments):
        made = ctypes.c_void_p()
        self.call(name, ctypes.byref(made), *arguments)
        return made

    def shape(self, shape):
        """Return a description of a row-major array, or with strides of 0 one whose layout is oneDNN's choice."""
        strides = [*accumulate(shape[:0:-1], lambda a, b: a * b, initial=1)][::-1]
        sizes = ctypes.c_int64 * len(shape)
        return self.make("memory_desc_create_with_strides", len(shape), sizes(*shape), FLOAT32, sizes(*strides))

    def any_layout(self, shape):
        return self.make("memory_desc_create_with_tag", len(shape), (ctypes.c_int64 * len(shape))(*shape), FLOAT32, 1)

    def memory(self, description, array=None):
        at = ALLOCATE if array is None else ctypes.c_void_p(array.ctypes.data)
        return self.make("memory_create", description, self.engine, at)

    def arguments(self, memories):
        return len(memories), (Argument * len(memories))(*(Argument(n, m.value) for n, m in memories.items()))

    def execute(self, primitive, arguments):
        self.call("primitive_execute", primitive, self.stream, *arguments)
        self.call("stream_wait", self.stream)


class Layer:
    """A primitive with its weights in the layout that it asked for, and arrays that it reads and writes."""

    def __init__(self, library, problem, n, x):
        self.library, kind, H_size = library, problem.kind, problem.num_units
        T, N = x.shape[:2]
        arrays = onednn_weights(problem, problem.weights[n])
        self.y, parts = np.empty((T, N, H_size), np.float32), len(problem.states[n])
        self.states = [np.zeros((1, 1, N, H_size), np.float32) for _ in range(2 * parts)]
        of_x, of_y, of_state = (library.shape(shape) for shape in (x.shape, self.y.shape, (1, 1, N, H_size)))
        of_weights = [library.any_layout(array.shape) for array in arrays[:2]]
        old, new = [of_state] * parts, [of_state] * parts
        none = [None, None] if kind == "lstm" else []
        described = of_x, *old, *of_weights, *none, library.shape(arrays[2].shape), of_y, *new
        name = {"lstm": "lstm", "rnn": "vanilla_rnn", "gru": "lbr_gru" if problem.reset_after else "gru"}[kind]
        activation, slopes = ([TANH], [ctypes.c_float(0)] * 2) if kind == "rnn" else ([], [])
        description = library.make(
            f"{name}_forward_primitive_desc_create",
            library.engine, INFERENCE, *activation, LEFT_TO_RIGHT, *described, 0, *slopes, None,
        )  # fmt: skip
        self.primitive = library.make("primitive_create", description)
        states = [library.memory(of_state, array) for array in self.states]
        memories = {X: library.memory(of_x, x), Y: library.memory(of_y, self.y)}
        memories |= dict(zip((H, C)[:parts], states[:parts], strict=True))
        memories |= dict(zip((NEW_H, NEW_C)[:parts], states[parts:], strict=True))
        for number, array in zip((W, R, B), arrays, strict=True):
            query = library.functions.dnnl_primitive_desc_query_md
            wanted = ctypes.c_void_p(query(description, MEMORY_OF_ARGUMENT, number))
            memories[number] = self.reordered(array, wanted)
        self.arguments, self.kept = library.arguments(memories), (arrays, memories, x)

    def reordered(self, array, wanted):
        library, given = self.library, self.library.shape(array.shape)
        description = library.make("reorder_primitive_desc_create", given, library.engine, wanted, library.engine, None)
        memories = {X: library.memory(given, array), Y: library.memory(wanted)}
        library.execute(library.make("primitive_create", description), library.arguments(memories))
        return memories[Y]

    def run(self):
        self.library.execute(self.primitive, self.arguments)

    def carry(self):
        """Start the next step from the states after this one."""
        for old, new in zip(self.states, self.states[len(self.states) // 2 :], strict=False):
            old[:] = new


class OneDnnPeer:
    """A primitive a layer; in a stream over sequences of one step."""

    def __init__(self, problem, threads):
        if problem.mode == TRAINING or problem.lengths is not None:
            raise DoesNotRun("its forward primitives are asked for here, of whole rows only")
        library, self.mode, self.inputs, self.times = Library(), problem.mode, problem.inputs, []
        self.x = problem.inputs[:1].copy() if self.mode == STREAMING else problem.inputs
        self.layers, x = [], self.x
        for n in range(len(problem.weights)):
            self.layers.append(Layer(library, problem, n, x))
            x = self.layers[-1].y

    def take(self, x):
        self.x[0] = x
        for layer in self.layers:
            layer.run()
            layer.carry()
        return self.layers[-1].y[0].copy()

    def step(self):
        if self.mode == STREAMING:
            self.found = one_by_one(self.take, self.inputs, self.times)
            return
        for layer in self.layers:
            layer.run()
        self.found = self.layers[-1].y.copy()

    def results(self):
        return name_results(np.asarray(self.found))


def onednn_weights(problem, weights):
    """Return ``(W_x, W_h, b)``, [1, 1, rows, gates, H] and [1, 1, gates, H]: gates i, f, j, o or u, r, n."""
    H_size = problem.num_units
    if problem.kind == "lstm":
        (i, j, f, o), (b_i, b_j, b_f, b_o) = (np.split(array, 4, axis=-1) for array in weights)
        # The forget bias is a constant of the cell.
        kernels, biases = [i, f, j, o], [b_i, b_f + 1, b_j, b_o]
    elif problem.kind == "gru":
        gates, gates_bias, candidate, candidate_bias, *hidden = weights
        (r, u), (b_r, b_u) = np.split(gates, 2, axis=1), np.split(gates_bias, 2)
        # Reset after the product: the candidate's sides of x and of h have a kernel and a bias each.
        kernels = [u, r, np.concatenate([candidate, hidden[0]]) if hidden else candidate]
        biases = [b_u, b_r, candidate_bias, *hidden[1:]]
    else:
        kernels, biases = weights[:1], weights[1:]
    kernel = np.stack(kernels, axis=1)[None, None]
    parts = kernel[:, :, :-H_size], kernel[:, :, -H_size:], np.stack(biases)[None, None]
    return [np.ascontiguousarray(part) for part in parts]
