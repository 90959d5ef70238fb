"""Two more of TF1's LSTMs, for the race: the full ``LSTMCell``, and the kernel of one step, ``LSTMBlockCell``."""

from typing import ClassVar

from peers.problem import DoesNotRun
from peers.tensorflow_peers import DynamicPeer, tf, v1


class StandardPeer(DynamicPeer):
    """``LSTMCell``, which has peepholes, clipping and projection, with all of these off; in ``dynamic_rnn``."""

    kinds: ClassVar = {"lstm": "LSTMCell"}


class BlockCellPeer(DynamicPeer):
    """``tf.raw_ops.LSTMBlockCell`` in ``dynamic_rnn``: each step is one operation forward and one back."""

    def check(self, problem):
        super().check(problem)
        if problem.kind != "lstm":
            raise DoesNotRun(f"LSTMBlockCell is an LSTM; there is no such operation for the {problem.kind.upper()}")

    def unroll(self, problem, x, states):
        weights = []
        for number, (layer, (c, h)) in enumerate(zip(problem.weights, states, strict=True)):
            kernel, bias = variables = [self.variable(array) for array in layer]
            weights += variables
            with v1.variable_scope(f"layer_{number}"):
                cell = BlockCell(problem.num_units, kernel, bias)
                x = self.run_cell(cell, x, v1.nn.rnn_cell.LSTMStateTuple(c, h), problem.lengths)
        return x, weights, []


class BlockCell(v1.nn.rnn_cell.RNNCell):
    """The ``LSTMBlockCell`` of ``tf.contrib``, which is gone, around its operation, which is not."""

    def __init__(self, num_units, kernel, bias):
        super().__init__()
        self.num_units, self.kernel, self.bias_row = num_units, kernel, bias

    @property
    def state_size(self):
        return v1.nn.rnn_cell.LSTMStateTuple(self.num_units, self.num_units)

    @property
    def output_size(self):
        return self.num_units

    def call(self, x, state):
        zeros = tf.zeros([self.num_units])
        new = tf.raw_ops.LSTMBlockCell(
            x=x,
            cs_prev=state.c,
            h_prev=state.h,
            w=self.kernel,
            b=self.bias_row,
            wci=zeros,
            wcf=zeros,
            wco=zeros,
            forget_bias=1.0,
            cell_clip=-1.0,
        )
        return new.h, v1.nn.rnn_cell.LSTMStateTuple(new.cs, new.h)


@tf.RegisterGradient("LSTMBlockCell")
def lstm_block_cell_gradient(op, *d_outputs):
    """Return the gradients of the kernel's inputs, as ``tf.contrib`` had them: the registration left with it.

    ``LSTMBlockCellGrad`` goes back to z, the gates before their activations; the products are TensorFlow's as anywhere.
    """
    x, c, h, w, *peepholes, b = op.inputs
    i, new_c, f, o, j, tanh_c, _ = op.outputs
    _, d_new_c, _, _, _, _, d_new_h = d_outputs
    wci, wcf, wco = peepholes
    d_c, d_z, *d_peepholes = tf.raw_ops.LSTMBlockCellGrad(
        x=x,
        cs_prev=c,
        h_prev=h,
        w=w,
        wci=wci,
        wcf=wcf,
        wco=wco,
        b=b,
        i=i,
        cs=new_c,
        f=f,
        o=o,
        ci=j,
        co=tanh_c,
        cs_grad=d_new_c,
        h_grad=d_new_h,
        use_peephole=op.get_attr("use_peephole"),
    )
    # z = [x, h] W + b
    d_x, d_h = tf.split(tf.matmul(d_z, w, transpose_b=True), [x.shape[1], h.shape[1]], axis=1)
    d_w = tf.matmul(tf.concat([x, h], 1), d_z, transpose_a=True)
    return d_x, d_c, d_h, d_w, *d_peepholes, tf.reduce_sum(d_z, 0)
