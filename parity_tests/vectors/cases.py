"""What the conformance vectors are of: every cell and option, each way to unroll it, lengths, states, both dtypes."""

import itertools
import zlib
from dataclasses import dataclass, replace

import numpy as np

from parity_tests import cases
from parity_tests.harness import Problem, Results
from scratch import BasicLSTMCell, BasicRNNCell, GRUCell, LSTMCell, MultiRNNCell
from scratch.cell import Cell
from scratch.tree import map_tree

DTYPES = (np.float32, np.float64)
WAYS = ("forward", "reverse", "both")
# Rows with a hole at the start, in the middle, at the end, with nothing else, and without any.
HOLES = np.array([list(row) for row in ("011001", "100100", "000000", "111111", "001010")]) == "1"
# All rows full; and unsorted, with 0, 1 and T among them.
LENGTHS = cases.LENGTHS[:2]
PLAIN = cases.RNN_CELLS + cases.LSTM_CELLS + cases.FULL_LSTM_CELLS + cases.GRU_CELLS
STACKED = [BasicRNNCell(4), BasicLSTMCell(4), GRUCell(4), GRUCell(4, reset_after=True)]
STACKED += [LSTMCell(4, use_peepholes=True, num_proj=2)]
LAYERS = [MultiRNNCell([replace(cell) for _ in range(count)]) for cell in STACKED for count in (2, 3)]
# Options of plain cells that the parity table does not have: no bias, and other activations, for gates too.
OPTIONS = [
    BasicRNNCell(4, use_bias=False),
    BasicRNNCell(4, activation="linear"),
    BasicRNNCell(4, activation="leaky_relu"),
    BasicLSTMCell(4, use_bias=False),
    BasicLSTMCell(4, activation="sigmoid", recurrent_activation="hard_sigmoid"),
    LSTMCell(4, use_peepholes=True, num_proj=2, use_bias=False),
    LSTMCell(4, recurrent_activation="hard_sigmoid"),
    GRUCell(4, use_bias=False),
    GRUCell(4, reset_after=True, use_bias=False),
    GRUCell(4, activation="sigmoid", recurrent_activation="hard_sigmoid"),
    GRUCell(4, activation="leaky_relu", reset_after=True, recurrent_activation="hard_sigmoid"),
]
ONE_WAY = cases.CELLS + cases.BLOCK_CELLS + cases.DROPOUT_CELLS + LAYERS


@dataclass(frozen=True)
class VectorCase:
    """A cell, a way to unroll it, and what it is unrolled over.

    ``direction`` is ``"forward"``; ``"reverse"``, where each row is read from its last step on; ``"both"``; or
    ``"stack"``, two layers that each read both directions of the one below. ``holes``: whether there is a mask of steps
    as well; ``repeated``: whether the last output stands at skipped steps, and not 0.
    """

    cell: Cell
    direction: str
    sequence_length: tuple | None
    zero_state: bool
    dtype: type
    holes: bool = False
    repeated: bool = False
    batch_size: int = 5
    num_steps: int = 6
    input_size: int = 3

    @property
    def name(self):
        """The name of the case and of its files."""
        number = NUMBERED[type(self.cell)].index(self.cell)
        lengths = "full" if self.sequence_length is None else "lengths"
        lengths += "_holes" * self.holes + "_repeated" * self.repeated
        state = "zeros" if self.zero_state else "given"
        return f"{type(self.cell).__name__}{number}-{self.direction}-{lengths}-{state}-{np.dtype(self.dtype).name}"

    @property
    def options(self):
        """What an unrolling is given by name, where it is not as it is by default."""
        found = {"mask": HOLES} if self.holes else {}
        found |= {"zero_output_for_mask": False} if self.repeated else {}
        return found | ({"reverse": True} if self.direction == "reverse" else {})

    def nested(self, of_layer):
        """Return ``of_layer(width of the input)`` in the structure of the parameters."""
        if self.direction == "both":
            return {"fw": of_layer(self.input_size), "bw": of_layer(self.input_size)}
        if self.direction == "stack":
            widths = {"cell_0": self.input_size, "cell_1": 2 * self.cell.output_size}
            return {name: {"fw": of_layer(width), "bw": of_layer(width)} for name, width in widths.items()}
        return of_layer(self.input_size)

    def states(self, size):
        """Return a size, or state, in the structure of the states: of one cell, a pair, or a pair with one a layer."""
        return {"both": (size, size), "stack": ((size, size), (size, size))}.get(self.direction, size)

    def draw(self, attempt=0):
        """Return the ``Problem``, of random numbers that depend on the case and the attempt alone."""
        # Both dtypes are given the same numbers, but for their rounding.
        name = self.name.rpartition("-")[0] + f"-{attempt}"
        rng = np.random.default_rng(zlib.crc32(name.encode()))

        def normal(scale, *shape):
            return (scale * rng.standard_normal(shape)).astype(self.dtype)

        def weights(shapes):
            if isinstance(shapes, dict):
                return {key: weights(shape) for key, shape in shapes.items()}
            return normal(0.5, *shapes)

        sizes, width = self.states(self.cell.state_size), self.cell.output_size
        batch = self.batch_size, self.num_steps
        start = map_tree(lambda size: normal(0.0 if self.zero_state else 0.7, self.batch_size, size), sizes)
        if self.direction == "both":
            d_outputs = normal(1, *batch, width), normal(1, *batch, width)
        else:
            d_outputs = normal(1, *batch, 2 * width if self.direction == "stack" else width)
        return Problem(
            params=weights(self.nested(self.cell.param_shapes)),
            inputs=normal(1, *batch, self.input_size),
            initial_state=map_tree(np.abs, start) if self.zero_state else start,
            d_outputs=d_outputs,
            d_final_state=map_tree(lambda size: normal(0.7, self.batch_size, size), sizes),
            masks=self.cell.draw_masks(rng, self.num_steps, self.batch_size, self.input_size),
        )


def run(backend, case, problem, **options):
    """Return the ``Results`` of a case in any backend that has the names of ``scratch.unroll``."""
    options |= case.options
    cell, lengths, state = case.cell, case.sequence_length, problem.initial_state
    params, inputs, d_outputs, d_state = problem.params, problem.inputs, problem.d_outputs, problem.d_final_state
    if case.direction == "both":
        outputs, final, tape = backend.bidirectional_dynamic_rnn(cell, cell, params, inputs, lengths, *state, **options)
        return Results(outputs, final, *backend.bidirectional_dynamic_rnn_backward(tape, d_outputs, d_state))
    if case.direction == "stack":
        layers, unroll = [cell, cell], backend.stack_bidirectional_dynamic_rnn
        outputs, *final, tape = unroll(layers, layers, params, inputs, *state, lengths, **options)
        gradients = backend.stack_bidirectional_dynamic_rnn_backward(tape, d_outputs, d_state)
        return Results(outputs, tuple(final), *gradients)
    options |= problem.options()
    outputs, final, tape = backend.dynamic_rnn(cell, params, inputs, lengths, state, **options)
    return Results(outputs, final, *backend.dynamic_rnn_backward(tape, d_outputs, d_state))


def attends(cell):
    """Return whether a cell looks at its last outputs: from a state of zeros, all its scores are one to the last bit.

    Which of them is the largest is then not certain, and softmax takes it off. No matter which it is, the result is the
    same; but a bound follows the one that was taken.
    """
    return "Attention" in repr(cell)


def all_cases():
    """Return every ``VectorCase``."""
    ways = [(cell, "forward", zeros) for cell in ONE_WAY for zeros in (False, True) if not (zeros and attends(cell))]
    ways += [(cell, "forward", False) for cell in OPTIONS]
    ways += [(cell, direction, False) for cell in PLAIN + OPTIONS for direction in ("reverse", "both")]
    ways += [(cell, "stack", False) for cell in STACKED]
    found = [
        VectorCase(cell, direction, lengths, zeros, dtype)
        for (cell, direction, zeros), lengths, dtype in itertools.product(ways, LENGTHS, DTYPES)
    ]
    skipping = [(way, lengths, True, rule) for way in WAYS for lengths in LENGTHS for rule in (False, True)]
    skipping += [(way, LENGTHS[1], False, True) for way in WAYS]
    return found + [
        VectorCase(cell, way, lengths, False, dtype, holes, repeated)
        for cell, (way, lengths, holes, repeated), dtype in itertools.product(STACKED[:4], skipping, DTYPES)
    ]


# The cells of each class, by which they are numbered.
NUMBERED = {}
for one in ONE_WAY + STACKED + OPTIONS:
    if one not in NUMBERED.setdefault(type(one), []):
        NUMBERED[type(one)].append(one)
