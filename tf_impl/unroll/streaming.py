"""One step at a time in TensorFlow: a graph of one step, and a session that is run whenever an input arrives."""

from scratch.arrays import Array, Float, Params, State
from scratch.cell import Cell
from tf_impl.cell import as_structure, genuine
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


class Stream:
    """A cell that is fed one step at a time, with the arguments of ``scratch.Stream``.

    The graph keeps no state. It is what TF1 programs do: fetch the new state, and feed it into the next run.
    """

    def __init__(self, cell: Cell, params: Params, initial_state: State = None) -> None:
        self.cell, self.params, self.state = cell, params, initial_state
        self.program: Program | None = None

    def step(self, x: Float[Array, "B D"]) -> Float[Array, "B output"]:
        """Return the output [B, output_size] of x [B, D], and go on to the state after it."""
        program = self.program = self.program or self.start(x)
        for tensor, array in zip(self.arguments, (x, *tf.nest.flatten(self.state)), strict=True):
            program.feeds[tensor.ref()] = array
        output, self.state = program.run(self.results)
        return output

    def start(self, x: Float[Array, "B D"]) -> Program:
        """Return the graph of one step for inputs like x [B, D]."""
        if self.state is None:
            self.state = self.cell.zero_state(len(x), x.dtype)
        program = Program()
        with program.graph.as_default():
            tf_x, tf_state = program.feed(x), program.feed(self.state)
            tf_cell = genuine(self.cell, x.dtype)
            output, new_state = tf_cell(tf_x, as_structure(tf_cell.state_size, tf_state))
            program.load(self.params, v1.trainable_variables())
        self.arguments = tf_x, *tf.nest.flatten(tf_state)
        self.results = output, as_structure(self.cell.state_size, new_state)
        return program
