"""What every parity test is made of: one body over all engines, and one comparison that names what it found.

``run_rnn(scratch.dynamic_rnn, …)`` and ``run_rnn(tf_impl.dynamic_rnn, …)`` return the same named tree of results;
``assert_parity`` walks two such trees side by side and, if one quantity is off, prints a verdict on each.
"""

import zlib
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from scratch.cell import Cell
from scratch.tree import map_tree, named_leaves

# The largest difference allowed, as a part of the quantity's scale: its largest magnitude.
LIMITS = {np.dtype(np.float64): 1e-12, np.dtype(np.float32): 2e-6}
# Seconds after which a test takes what it waits for to be stuck for good. No test is about time, however busy the
# machine: this is the only limit of it in all tests.
STUCK = 3600


# Options that came when there were cases already, whose numbers depend on their names: not named at their defaults.
LATER = (",use_bias=True", ",recurrent_activation=sigmoid")


class Difference(NamedTuple):
    """How far one quantity is from its witness."""

    name: str
    absolute: float
    relative: float
    ulps: float
    limit: float

    @property
    def agrees(self):
        # Written so that NaN does not agree with anything.
        return self.relative <= self.limit


def compare(actual, expected, limit=None):
    """Return a ``Difference`` for every leaf of two trees; ``limit`` is that of the dtype where not given.

    ``relative`` is the largest difference over the largest magnitude of the expected array; where all of that is 0,
    the difference itself must be 0. ``ulps`` counts it in units in the last place of that largest magnitude.
    """
    actual, expected = dict(named_leaves(actual)), dict(named_leaves(expected))
    assert actual.keys() == expected.keys(), f"{sorted(actual)} are not {sorted(expected)}"
    found = []
    for name, want in expected.items():
        have, want = np.asarray(actual[name]), np.asarray(want)
        assert have.shape == want.shape, f"{name} has shape {have.shape}, but its witness has {want.shape}"
        assert have.dtype == want.dtype, f"{name} is {have.dtype}, but its witness is {want.dtype}"
        if want.size == 0:
            continue
        absolute = np.abs(have.astype(np.float64) - want).max()
        scale = np.abs(want).max()
        relative = absolute / scale if scale > 0 else (0.0 if absolute == 0 else np.inf)
        bound = LIMITS[want.dtype] if limit is None else limit
        found.append(Difference(name, absolute, relative, absolute / np.spacing(scale), bound))
    return found


def assert_parity(actual, expected, limit=None):
    """Fail, with a verdict for each quantity, unless all agree; return the differences."""
    found = compare(actual, expected, limit)
    if not all(difference.agrees for difference in found):
        raise AssertionError("\n" + verdicts(found))
    return found


def verdicts(found):
    """Return one line for each quantity: its name, its largest difference, and whether it agrees."""
    width = max(len(difference.name) for difference in found)
    return "\n".join(
        f"{difference.name:{width}}  off by {difference.absolute:.2e}, {difference.relative:.2e} of its scale "
        f"(limit {difference.limit:.0e})  {'ok' if difference.agrees else 'DIFFERS'}"
        for difference in found
    )


@dataclass(frozen=True)
class Case:
    """One problem to solve by every engine: a cell, sizes that all differ, and lengths (``None``: all rows full)."""

    cell: Cell
    sequence_length: tuple | None = None
    batch_size: int = 5
    num_steps: int = 6
    input_size: int = 3
    # What other cases have, too.
    direction: ClassVar[str] = "forward"

    def __str__(self):
        name = repr(self.cell).replace(" ", "").replace("'", "")
        for option in LATER:
            name = name.replace(option, "")
        lengths = "" if self.sequence_length is None else ",lengths=" + "-".join(map(str, self.sequence_length))
        return f"{name}{lengths},T={self.num_steps}"

    def draw(self, dtype):
        """Return the problem's arrays, a ``Problem`` of random numbers that depend on the case alone.

        Nothing is left at a value that hides a mistake: biases and states are not zero, no two gates are alike, and
        both gradients are given.
        """
        rng = np.random.default_rng(zlib.crc32(str(self).encode()))

        def normal(scale, *shape):
            return (scale * rng.standard_normal(shape)).astype(dtype)

        def state():
            return map_tree(lambda size: normal(0.7, self.batch_size, size), self.cell.state_size)

        def weights(shapes):
            if isinstance(shapes, dict):
                return {key: weights(shape) for key, shape in shapes.items()}
            return normal(0.5, *shapes)

        return Problem(
            params=weights(self.cell.param_shapes(self.input_size)),
            inputs=normal(1, self.batch_size, self.num_steps, self.input_size),
            initial_state=state(),
            d_outputs=normal(1, self.batch_size, self.num_steps, self.cell.output_size),
            d_final_state=state(),
            masks=self.cell.draw_masks(rng, self.num_steps, self.batch_size, self.input_size),
        )


class Problem(NamedTuple):
    """The arrays of a case, batch-major: what goes into an unroll and into its backward pass."""

    params: dict
    inputs: np.ndarray
    initial_state: object
    d_outputs: np.ndarray
    d_final_state: object
    masks: tuple

    def options(self):
        """Return the masks as an argument, for the cells that take any."""
        return {"masks": self.masks} if any(named_leaves(self.masks)) else {}


class Results(NamedTuple):
    """What comes out of an unroll and of its backward pass."""

    outputs: np.ndarray
    final_state: object
    d_inputs: np.ndarray
    d_initial_state: object
    d_params: dict


def run_dynamic(backend, case, problem, time_major=False, **options):
    """Return the ``Results``, batch-major, of ``dynamic_rnn`` and its backward pass in ``backend``."""

    def layout(array):
        return np.ascontiguousarray(array.swapaxes(0, 1)) if time_major else array

    outputs, final_state, tape = backend.dynamic_rnn(
        case.cell,
        problem.params,
        layout(problem.inputs),
        case.sequence_length,
        problem.initial_state,
        time_major=time_major,
        **problem.options(),
        **options,
    )
    d_inputs, d_initial_state, d_params = backend.dynamic_rnn_backward(
        tape, layout(problem.d_outputs), problem.d_final_state
    )
    return Results(layout(outputs), final_state, layout(d_inputs), d_initial_state, d_params)


def run_static(backend, case, problem, **options):
    """Return the ``Results``, stacked batch-major, of ``static_rnn`` and its backward pass in ``backend``."""
    outputs, final_state, tape = backend.static_rnn(
        case.cell,
        problem.params,
        list(problem.inputs.swapaxes(0, 1)),
        problem.initial_state,
        case.sequence_length,
        **problem.options(),
        **options,
    )
    d_inputs, d_initial_state, d_params = backend.static_rnn_backward(
        tape, list(problem.d_outputs.swapaxes(0, 1)), problem.d_final_state
    )
    return Results(np.stack(outputs, 1), final_state, np.stack(d_inputs, 1), d_initial_state, d_params)


def assert_padding_is_zero(case, results):
    """Fail unless outputs and input gradients are exactly 0 past the end of every row."""
    for row, length in enumerate(case.sequence_length):
        assert (results.outputs[row, length:] == 0).all(), f"outputs of row {row} past {length}"
        assert (results.d_inputs[row, length:] == 0).all(), f"d_inputs of row {row} past {length}"


def loss(outputs, final_state, problem):
    """Return Σ outputs ⊙ d_outputs + Σ final_state ⊙ d_final_state: the scalar whose gradient the results hold."""
    total = (outputs * problem.d_outputs).sum()
    for (_, state), (_, d_state) in zip(named_leaves(final_state), named_leaves(problem.d_final_state), strict=True):
        total = total + (state * d_state).sum()
    return total
