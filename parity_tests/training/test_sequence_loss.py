import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.harness import assert_parity
from scratch import (
    legacy_sequence_loss,
    mask_by_length,
    masked_loss,
    sequence_loss,
    sequence_loss_backward,
    sequence_loss_by_example,
    unstack,
)
from scratch.gradient_check import complex_step, to_complex
from tf_impl.tensorflow import tf

AXES = ("timesteps", "batch")
# Averages, sums, one axis alone, and nothing at all.
REDUCTIONS = [
    {f"average_across_{axis}": False for axis in AXES} | options
    for options in (
        {"average_across_timesteps": True, "average_across_batch": True},
        {"average_across_timesteps": True},
        {"average_across_batch": True},
        {"sum_over_timesteps": True, "sum_over_batch": True},
        {"sum_over_timesteps": True},
        {"sum_over_batch": True},
        {},
    )
]
LENGTHS = (1, 6, 0, 4, 3)


def draw(dtype, kind="real"):
    """Return logits [5, 6, 4], targets and weights: real numbers with zeros among them, a mask, or all 0."""
    rng = np.random.default_rng(0)
    logits, targets = 3 * rng.standard_normal((5, 6, 4)), rng.integers(4, size=(5, 6))
    mask = mask_by_length(targets, LENGTHS)
    # Of the weights some are large, some small, and no example and no time has the sum 1.
    weights = {"real": mask * rng.uniform(0.2, 3, (5, 6)), "mask": mask, "none": 0 * mask}[kind]
    return logits.astype(dtype), targets, weights.astype(dtype)


def run(backend, name, arrays, **options):
    """Return the loss and d_logits, with the gradient of the loss random; lists of steps come back as arrays."""
    listed = name != "sequence_loss"
    arrays = [unstack(array) for array in arrays] if listed else arrays
    loss, cache = getattr(backend, name)(*arrays, **options)
    d_loss = np.random.default_rng(1).standard_normal(loss.shape).astype(loss.dtype)
    d_logits = backend.sequence_loss_backward(cache, d_loss if loss.shape else float(d_loss))
    return loss, np.stack(d_logits, 1) if listed else d_logits


def calls():
    """Return ``(name, options)``: every loss with every option."""
    by_example = [{"average_across_timesteps": value} for value in (True, False)]
    legacy = [options | {"average_across_batch": value} for options in by_example for value in (True, False)]
    return (
        [("sequence_loss", options) for options in REDUCTIONS]
        + [("legacy_sequence_loss", options) for options in legacy]
        + [("sequence_loss_by_example", options) for options in by_example]
    )


def name_of(value):
    return "-".join(name for name, on in value.items() if on) or "neither" if isinstance(value, dict) else value


@pytest.mark.parametrize(("name", "options"), calls(), ids=name_of)
def test_agrees_with_tensorflow(name, options):
    for dtype in (np.float64, np.float32):
        for kind in ("real", "mask", "none"):
            arrays = draw(dtype, kind)
            actual = run(scratch, name, arrays, **options)
            assert_parity(actual, run(tf_impl, name, arrays, **options))
            assert (actual[1][arrays[2] == 0] == 0).all()
    assert (actual[0] == 0).all()
    assert (actual[1] == 0).all()


@pytest.mark.parametrize("name", ["sequence_loss", "legacy_sequence_loss", "sequence_loss_by_example"])
def test_weights_near_and_far_from_the_1e_12_of_the_elder_losses(name):
    """At weights of 1e-12 the elder halve the loss; the younger divides by what there is."""
    for scale in (1e-12, 1e-6, 1e6):
        logits, targets, weights = draw(np.float64)
        arrays = logits, targets, scale * weights
        assert_parity(run(scratch, name, arrays), run(tf_impl, name, arrays))
    logits, targets = np.zeros((1, 1, 4)), np.zeros((1, 1), int)
    loss, _ = run(scratch, name, (logits, targets, np.full((1, 1), 1e-12)))
    assert loss == pytest.approx(np.log(4) if name == "sequence_loss" else np.log(4) / 2)


@pytest.mark.parametrize(("name", "options"), calls(), ids=name_of)
def test_gradient_agrees_with_complex_steps(name, options):
    logits, targets, weights = draw(np.float64)
    loss, d_logits = run(scratch, name, (logits, targets, weights), **options)
    d_loss = np.random.default_rng(1).standard_normal(loss.shape)

    def scalar(logits):
        arrays = logits, targets, to_complex(weights)
        if name != "sequence_loss":
            arrays = [unstack(array) for array in arrays]
        return (getattr(scratch, name)(*arrays, **options)[0] * d_loss).sum()

    assert_parity(d_logits, complex_step(scalar, to_complex(logits)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_huge_logits_give_finite_losses_and_gradients(dtype):
    logits, targets, weights = draw(dtype)
    arrays = 1000 * np.sign(logits), targets, weights
    for name in ("sequence_loss", "legacy_sequence_loss", "sequence_loss_by_example"):
        actual = run(scratch, name, arrays)
        assert all(np.isfinite(part).all() for part in actual)
        assert_parity(actual, run(tf_impl, name, arrays))


def test_what_a_weight_of_0_covers_is_never_looked_at():
    logits, targets, weights = draw(np.float64)
    filled = np.where(weights[..., None] != 0, logits, np.nan)
    for name, options in calls():
        expected = run(scratch, name, (logits, targets, weights), **options)
        assert_parity(run(scratch, name, (filled, targets, weights), **options), expected, limit=0)
    assert np.isnan(run(tf_impl, "sequence_loss", (filled, targets, weights))[0])


def test_an_example_of_no_steps_in_each_mean():
    """The elder loss counts it in the batch, ``masked_loss`` does not; a mean over all steps cannot tell."""
    logits, targets, weights = draw(np.float64, "mask")
    mask = weights == 1
    by_example, _ = sequence_loss_by_example(*map(unstack, (logits, targets, weights)))
    assert by_example[2] == 0
    elder, _ = legacy_sequence_loss(*map(unstack, (logits, targets, weights)))
    examples, _ = masked_loss(targets, logits, mask, "examples")
    assert_parity(elder, by_example.sum() / 5)
    assert elder == pytest.approx(examples * 4 / 5)
    steps, _ = masked_loss(targets, logits, mask, "steps")
    assert_parity(sequence_loss(logits, targets, weights)[0], steps)


def test_the_sums_divide_as_well():
    logits, targets, weights = draw(np.float64)
    by_step, _ = sequence_loss(logits, targets, weights, False, False)
    total, _ = sequence_loss(logits, targets, weights, False, False, True, True)
    assert_parity(total, by_step.sum() / np.count_nonzero(weights))


def test_a_gradient_of_the_loss_that_is_not_given_is_1():
    _, cache = sequence_loss(*draw(np.float64))
    np.testing.assert_array_equal(sequence_loss_backward(cache), sequence_loss_backward(cache, 1.0))


def test_arguments_are_not_written_to():
    arrays = draw(np.float64)
    kept = [array.copy() for array in arrays]
    for name, options in calls():
        run(scratch, name, arrays, **options)
    for array, copy in zip(arrays, kept, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_refusals():
    logits, targets, weights = draw(np.float64)
    with pytest.raises(ValueError, match="weights must have shape \\[5, 6\\], but has \\[5\\]"):
        sequence_loss(logits, targets, weights[:, 0])
    with pytest.raises(TypeError, match="weights is float32, but the inputs are float64"):
        sequence_loss(logits, targets, weights.astype(np.float32))
    with pytest.raises(TypeError, match="weights must be float32 or float64, but is bool"):
        sequence_loss(logits, targets, weights > 0)
    for wrong in (-1.0, np.nan, np.inf):
        bad = weights.copy()
        bad[3, 1] = wrong
        with pytest.raises(ValueError, match=f"weights of row 3, step 1 is {wrong}, but a weight is finite and at"):
            sequence_loss(logits, targets, bad)
        with pytest.raises(ValueError, match=f"weights of row 3, step 1 is {wrong}, but a weight is finite and at"):
            sequence_loss_by_example(unstack(logits), unstack(targets), unstack(bad))
    with pytest.raises(ValueError, match="logits must have shape \\[B, T, C\\], but has \\[30, 4\\]"):
        sequence_loss(logits.reshape(30, 4), targets, weights)
    with pytest.raises(ValueError, match="targets must have shape \\[5, 6\\], but has \\[5, 6, 1\\]"):
        sequence_loss(logits, targets[..., None], weights)
    # TensorFlow's kernel knows no weights, so a target under a weight of 0 must be a class too.
    assert weights[0, 1] == 0
    for wrong in (4, -1):
        bad = targets.copy()
        bad[0, 1] = wrong
        with pytest.raises(ValueError, match=f"targets\\[0, 1\\] is {wrong}, but the logits have classes 0 to 3"):
            sequence_loss(logits, bad, weights)
        with pytest.raises(tf.errors.InvalidArgumentError, match="outside the valid range"):
            tf_impl.sequence_loss(logits, bad, weights)
        with pytest.raises(ValueError, match=f"targets\\[1\\]\\[0\\] is {wrong}, but the logits have classes 0 to 3"):
            legacy_sequence_loss(unstack(logits), unstack(bad), unstack(weights))


def test_refused_options():
    arrays = draw(np.float64)
    with pytest.raises(ValueError, match="average_across_batch must be one of False, True, but is 1"):
        sequence_loss(*arrays, average_across_batch=1)
    with pytest.raises(ValueError, match="average_across_timesteps must be one of False, True, but is None"):
        legacy_sequence_loss(*map(unstack, arrays), average_across_timesteps=None)
    both = "sum_over_timesteps and sum_over_batch need both averages set to False, but one is True"
    for average, total in np.ndindex(2, 2):
        options = {f"average_across_{AXES[average]}": False, f"sum_over_{AXES[total]}": True}
        with pytest.raises(ValueError, match=both):
            sequence_loss(*arrays, **options)


def test_refused_lists():
    arrays = draw(np.float64)
    logits, targets, weights = map(unstack, arrays)
    for loss in (sequence_loss_by_example, legacy_sequence_loss):
        with pytest.raises(TypeError, match="logits must be a list of arrays, one a time step, but is ndarray"):
            loss(*arrays)
        with pytest.raises(ValueError, match="logits must hold at least one time step, but is empty"):
            loss([], [], [])
        with pytest.raises(ValueError, match="targets must hold 6 time steps, as the logits do, but holds 5"):
            loss(logits, targets[1:], weights)
        with pytest.raises(ValueError, match="weights must hold 6 time steps, as the logits do, but holds 5"):
            loss(logits, targets, weights[1:])
        with pytest.raises(ValueError, match="logits\\[3\\] must have shape \\[5, 4\\], but has \\[4, 4\\]"):
            loss([*logits[:3], logits[3][1:], *logits[4:]], targets, weights)
        with pytest.raises(ValueError, match="weights\\[0\\] must have shape \\[5\\], but has \\[4\\]"):
            loss(logits, targets, [weights[0][1:], *weights[1:]])
        with pytest.raises(TypeError, match="weights\\[0\\] is float32, but the inputs are float64"):
            loss(logits, targets, [weights[0].astype(np.float32), *weights[1:]])


def test_refused_gradients():
    arrays = draw(np.float64)
    _, cache = sequence_loss(*arrays)
    with pytest.raises(TypeError, match="d_loss must be a number"):
        sequence_loss_backward(cache, np.ones(5))
    _, cache = sequence_loss(*arrays, average_across_batch=False)
    with pytest.raises(ValueError, match="d_loss must have shape \\[5\\], but has \\[6\\]"):
        sequence_loss_backward(cache, np.ones(6))
    with pytest.raises(TypeError, match="d_loss must be a NumPy array of shape \\[5\\], but is float"):
        sequence_loss_backward(cache)
