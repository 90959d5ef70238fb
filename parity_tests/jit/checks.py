"""What every compiled recurrence has to pass."""

import scratch
import tf_impl
from parity_tests.harness import assert_padding_is_zero, assert_parity, run_dynamic


def check_against_numpy_and_tensorflow(case, dtype):
    """Outputs, states and every gradient of the compiled loop, against the text book's and against TensorFlow's."""
    problem = case.draw(dtype)
    actual = run_dynamic(scratch, case, problem, engine="numba")
    assert_parity(actual, run_dynamic(scratch, case, problem, engine="numpy"))
    assert_parity(actual, run_dynamic(tf_impl, case, problem))
    if case.sequence_length is not None:
        assert_padding_is_zero(case, actual)
