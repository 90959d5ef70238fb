"""One step at a time in TensorFlow: a graph of one step, and a session that is run whenever an input arrives."""

from tf_impl.cell import as_structure, genuine
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


class Stream:
    """A cell that is fed one step at a time, with the arguments of ``scratch.Stream``.

    The graph keeps no state. It is what TF1 programs do: fetch the new state, and feed it into the next run.
    """

    def __init__(self, cell, params, initial_state=None):
        self.cell, self.params, self.state = cell, params, initial_state
        self.program = None

    def step(self, x):
        """Return the output [B, output_size] of x [B, D], and go on to the state after it."""
        if self.program is None:
            self.start(x)
        for tensor, array in zip(self.arguments, (x, *tf.nest.flatten(self.state)), strict=True):
            self.program.feeds[tensor.ref()] = array
        output, self.state = self.program.run(self.results)
        return output

    def start(self, x):
        if self.state is None:
            self.state = self.cell.zero_state(len(x), x.dtype)
        self.program = Program()
        with self.program.graph.as_default():
            tf_x, tf_state = self.program.feed(x), self.program.feed(self.state)
            tf_cell = genuine(self.cell, x.dtype)
            output, new_state = tf_cell(tf_x, as_structure(tf_cell.state_size, tf_state))
            self.program.load(self.params, v1.trainable_variables())
        self.arguments = tf_x, *tf.nest.flatten(tf_state)
        self.results = output, as_structure(self.cell.state_size, new_state)
