"""Cases that nobody chose: Hypothesis draws cells, options, sizes, lengths and dtypes, and TensorFlow is the witness.

A failure prints the smallest such case and a ``@reproduce_failure`` line that brings it back.
"""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scratch
import tf_impl
from parity_tests.harness import Case, assert_padding_is_zero, assert_parity, run_dynamic, run_static
from scratch import (
    AttentionCellWrapper,
    BasicLSTMCell,
    BasicRNNCell,
    CoupledInputForgetGateLSTMCell,
    GridLSTMCell,
    GRUCell,
    LSTMCell,
    MultiRNNCell,
    ResidualWrapper,
    TimeFreqLSTMCell,
)
from scratch.tree import named_leaves

SIZES = st.integers(1, 9)
ACTIVATIONS = st.sampled_from(["tanh", "relu"])
FORGET_BIASES = st.floats(-2, 3).map(lambda bias: round(bias, 3))
BOUNDS = st.none() | st.sampled_from([0.1, 0.5, 3.0])


@st.composite
def lstm_cells(draw):
    num_proj = draw(st.none() | SIZES)
    return LSTMCell(
        draw(SIZES),
        use_peepholes=draw(st.booleans()),
        cell_clip=draw(BOUNDS),
        num_proj=num_proj,
        proj_clip=None if num_proj is None else draw(BOUNDS),
        forget_bias=draw(FORGET_BIASES),
        activation=draw(ACTIVATIONS),
    )


COMPILED = st.builds(BasicRNNCell, SIZES, ACTIVATIONS) | st.builds(BasicLSTMCell, SIZES, FORGET_BIASES, ACTIVATIONS)
PLAIN = COMPILED | st.builds(GRUCell, SIZES, ACTIVATIONS, st.booleans()) | lstm_cells()
PLAIN |= st.builds(CoupledInputForgetGateLSTMCell, SIZES, st.booleans(), forget_bias=FORGET_BIASES)
ATTENTIVE = st.builds(AttentionCellWrapper, PLAIN, SIZES, SIZES | st.none(), SIZES | st.none(), SIZES | st.none())
CELLS = PLAIN | ATTENTIVE | st.lists(PLAIN | ATTENTIVE, min_size=1, max_size=3).map(MultiRNNCell)
COMPILED_CELLS = COMPILED | st.lists(COMPILED, min_size=1, max_size=3).map(MultiRNNCell)


@st.composite
def cases(draw, cells, wrap=False):
    cell, batch_size, num_steps, input_size = draw(cells), draw(st.integers(1, 5)), draw(st.integers(1, 7)), draw(SIZES)
    if wrap and draw(st.booleans()):
        cell = ResidualWrapper(MultiRNNCell([cell, BasicRNNCell(input_size)]))
    lengths = st.tuples(*[st.integers(0, num_steps)] * batch_size)
    return Case(cell, draw(st.none() | lengths), batch_size, num_steps, input_size)


@st.composite
def frequency_cases(draw):
    """Draw a cell over time and frequency together with inputs that hold just the windows it names."""
    feature_size, skip, count, left_over = draw(SIZES), draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(SIZES)
    options = {
        "num_units": draw(SIZES),
        "use_peepholes": draw(st.booleans()),
        "cell_clip": draw(BOUNDS),
        "forget_bias": draw(FORGET_BIASES),
        "feature_size": feature_size,
        "frequency_skip": skip,
    }
    if draw(st.booleans()):
        cell = TimeFreqLSTMCell(num_shifts=count, **options)
    else:
        coupled, shared = draw(st.booleans()), draw(st.booleans())
        cell = GridLSTMCell(
            num_frequency_blocks=(count,),
            couple_input_forget_gates=coupled,
            share_time_frequency_weights=shared,
            **options,
        )
    # Columns too few for another window are left over.
    input_size = feature_size + skip * (count - 1) + left_over % skip
    batch_size, num_steps = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    lengths = draw(st.none() | st.tuples(*[st.integers(0, num_steps)] * batch_size))
    return Case(cell, lengths, batch_size, num_steps, input_size)


def as_one(results):
    """Return outputs and states as one vector, and all gradients as another.

    In sizes this small a single quantity may cancel to almost nothing, and rounding is then all that is left of it: the
    scale of an error is that of the whole gradient.
    """
    values, gradients = results[:2], results[2:]
    return tuple(
        np.concatenate([leaf.ravel() for _, leaf in named_leaves(tuple(part))]) for part in (values, gradients)
    )


drawn = settings(
    max_examples=40, deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck)
)


@drawn
@given(
    case=cases(CELLS, wrap=True) | frequency_cases(),
    dtype=st.sampled_from([np.float64, np.float32]),
    unroll=st.sampled_from([run_dynamic, run_static]),
)
def test_numpy_agrees_with_tensorflow(case, dtype, unroll):
    problem = case.draw(dtype)
    actual = unroll(scratch, case, problem)
    assert_parity(as_one(actual), as_one(unroll(tf_impl, case, problem)))
    if case.sequence_length is not None:
        assert_padding_is_zero(case, actual)


@drawn
@given(case=cases(COMPILED_CELLS), dtype=st.sampled_from([np.float64, np.float32]), time_major=st.booleans())
def test_numba_agrees_with_numpy(case, dtype, time_major):
    problem = case.draw(dtype)
    actual = run_dynamic(scratch, case, problem, engine="numba", time_major=time_major)
    assert_parity(as_one(actual), as_one(run_dynamic(scratch, case, problem)))
    if case.sequence_length is not None:
        assert_padding_is_zero(case, actual)
