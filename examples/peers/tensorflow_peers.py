"""TF1's graphs: ``static_rnn``, ``dynamic_rnn`` and the fused kernel ``BlockLSTM``.

The data is in variables and so is what is found, as the weights of a training program are: nothing is copied between
NumPy and TensorFlow in the time that is measured.
"""

import os
from typing import ClassVar

# Before TensorFlow is imported: the TF1 cells are in tf-keras. Everything else is as TensorFlow itself sets it.
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tensorflow as tf

from peers.problem import INFERENCE, STREAMING, DoesNotRun, name_results, one_by_one

v1 = tf.compat.v1
# Above this, static_rnn takes minutes to write its graph.
MOST_COPIES = 200


class GraphPeer:
    """A graph that reads variables, computes one step, and stores its results in variables."""

    def __init__(self, problem, threads):
        self.check(problem)
        self.feeds, self.problem_mode, self.times = {}, problem.mode, []
        self.sizes = [len(layer) for layer in problem.states], [len(layer) for layer in problem.weights]
        with tf.Graph().as_default() as graph:
            x = tf.identity(self.variable(problem.inputs))
            states = [[tf.identity(self.variable(part)) for part in layer] for layer in problem.states]
            if problem.mode == STREAMING:
                self.build_stream(problem)
            else:
                outputs, weights, loads = self.unroll(problem, x, states)
                self.build(problem, outputs, x, states, weights, loads)
        config = v1.ConfigProto(intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads)
        self.session = v1.Session(graph=graph, config=config)
        self.session.run(self.init, self.feeds)
        self.session.run(self.loads, self.feeds)
        del self.feeds
        self.call = self.session.make_callable(self.wanted, self.fed)

    def variable(self, array):
        """Return a variable that starts as the array, which does not become a part of the graph."""
        placeholder = v1.placeholder(array.dtype, array.shape)
        self.feeds[placeholder] = array
        return v1.Variable(placeholder, trainable=False, use_resource=True)

    def load(self, variables, arrays):
        """Return the operations that put the arrays into the variables of a cell."""
        loads = []
        for variable, array in zip(variables, arrays, strict=True):
            placeholder = v1.placeholder(array.dtype, array.shape)
            self.feeds[placeholder] = array
            loads.append(variable.assign(placeholder).op)
        return loads

    def build(self, problem, outputs, x, states, weights, loads):
        results, shapes = [outputs], [problem.d_outputs.shape]
        if problem.mode != INFERENCE:
            sources = [x, *tf.nest.flatten(states), *weights]
            results += tf.gradients(outputs, sources, grad_ys=tf.identity(self.variable(problem.d_outputs)))
            shapes += [source.shape for source in sources]
        # Stored, as an optimiser would: what nobody uses TensorFlow leaves out.
        self.kept = [v1.Variable(tf.zeros(shape), trainable=False, use_resource=True) for shape in shapes]
        stored = [
            kept.assign(tf.ensure_shape(result, shape), read_value=False)
            for kept, result, shape in zip(self.kept, results, shapes, strict=True)
        ]
        self.wanted, self.fed, self.loads = tf.group(*stored), [], loads
        self.kept = [kept.read_value() for kept in self.kept]
        self.init = v1.global_variables_initializer()

    def check(self, problem):
        """Refuse a problem that this way of unrolling has no means for."""
        if problem.mode == STREAMING:
            raise DoesNotRun("a graph of a whole sequence takes no single step; tf1-static has the cell's own")

    def step(self):
        self.call()

    def results(self):
        outputs, *gradients = self.session.run(self.kept)
        if not gradients:
            return name_results(outputs)
        d_inputs, *rest = gradients
        lists = iter(rest)
        d_states, d_weights = ([[next(lists) for _ in range(size)] for size in sizes] for sizes in self.sizes)
        return name_results(outputs, d_inputs, d_states, d_weights)


class CellPeer(GraphPeer):
    """The genuine TF1 cells, unrolled by TensorFlow."""

    kinds: ClassVar = {"rnn": "BasicRNNCell", "lstm": "BasicLSTMCell", "gru": "GRUCell"}

    def cells(self, problem):
        """Return ``(cell, state structure)``: a cell for all layers, and what turns lists of arrays into its state."""
        if problem.reset_after:
            raise DoesNotRun("TF1's GRUCell resets before the product only")
        if problem.kind not in self.kinds:
            raise DoesNotRun(f"{', '.join(self.kinds.values())} is no {problem.kind.upper()}")
        kind = getattr(v1.nn.rnn_cell, self.kinds[problem.kind])
        cells = [kind(problem.num_units) for _ in problem.weights]
        cell = cells[0] if len(cells) == 1 else v1.nn.rnn_cell.MultiRNNCell(cells)
        return cell, lambda states: tf.nest.pack_sequence_as(cell.state_size, tf.nest.flatten(states))

    def unroll(self, problem, x, states):
        cell, structure = self.cells(problem)
        outputs = self.run_cell(cell, x, structure(states), problem.lengths)
        weights = v1.trainable_variables()
        return outputs, weights, self.load(weights, problem.all_weights())


class DynamicPeer(CellPeer):
    """``tf.compat.v1.nn.dynamic_rnn``: the cell once, in a ``while_loop``."""

    def run_cell(self, cell, x, state, lengths):
        return v1.nn.dynamic_rnn(cell, x, lengths, state, time_major=True)[0]


class StaticPeer(CellPeer):
    """``tf.compat.v1.nn.static_rnn``: as many copies of the cell as there are steps."""

    def check(self, problem):
        if problem.mode != STREAMING and len(problem.inputs) > MOST_COPIES:
            raise DoesNotRun(f"a graph of {len(problem.inputs)} copies of the cell takes minutes to write")

    def run_cell(self, cell, x, state, lengths):
        return tf.stack(v1.nn.static_rnn(cell, tf.unstack(x), state, sequence_length=lengths)[0])

    def build_stream(self, problem):
        """One copy of the cell: x is fed, the state is kept in variables, the output is fetched."""
        cell, structure = self.cells(problem)
        x = v1.placeholder(problem.inputs.dtype, problem.inputs.shape[1:])
        state = [self.variable(part) for layer in problem.states for part in layer]
        output, new_state = cell(x, structure([part.read_value() for part in state]))
        stores = [part.assign(new).op for part, new in zip(state, tf.nest.flatten(new_state), strict=True)]
        with tf.control_dependencies(stores):
            self.wanted, self.fed = tf.identity(output), [x]
        self.loads = self.load(v1.trainable_variables(), problem.all_weights())
        self.init = v1.global_variables_initializer()
        self.stream, self.found = problem.inputs, None

    def step(self):
        if self.problem_mode != STREAMING:
            self.call()
        else:
            self.found = one_by_one(self.call, self.stream, self.times)

    def results(self):
        return super().results() if self.problem_mode != STREAMING else name_results(np.stack(self.found))


class BlockPeer(GraphPeer):
    """``tf.raw_ops.BlockLSTM``, the LSTMBlockFusedCell of the tutorials: a whole layer in one operation."""

    def check(self, problem):
        super().check(problem)
        if problem.kind != "lstm":
            raise DoesNotRun(f"BlockLSTM is an LSTM; there is no such operation for the {problem.kind.upper()}")

    def unroll(self, problem, x, states):
        zeros, weights = tf.zeros([problem.num_units]), []
        for layer, (c, h) in zip(problem.weights, states, strict=True):
            kernel, bias = variables = [self.variable(array) for array in layer]
            weights += variables
            x = tf.raw_ops.BlockLSTM(
                seq_len_max=tf.constant(len(problem.inputs), tf.int64),
                x=x,
                cs_prev=c,
                h_prev=h,
                w=kernel,
                b=bias,
                wci=zeros,
                wcf=zeros,
                wco=zeros,
                forget_bias=1.0,
                cell_clip=-1.0,
            ).h
        if problem.lengths is not None:
            # It knows one length, that of the batch: what it computes in the padding is thrown away.
            x *= tf.constant(problem.live()[..., None], x.dtype)
        return x, weights, []
