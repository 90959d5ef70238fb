import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.harness import assert_parity
from scratch import (
    mask_by_length,
    mask_by_sign,
    masked_loss,
    masked_loss_backward,
    sequence_loss_backward,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_backward,
    sparse_softmax_cross_entropy_with_logits,
)
from scratch.gradient_check import complex_step, to_complex
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


def draw(shape, dtype, num_classes=4):
    rng = np.random.default_rng(0)
    logits = 3 * rng.standard_normal((*shape, num_classes))
    soft = rng.dirichlet(np.ones(num_classes), shape)
    classes = rng.integers(num_classes, size=shape)
    return logits.astype(dtype), soft.astype(dtype), classes, rng.standard_normal(shape).astype(dtype)


def run(backend, name, labels, logits, d_loss):
    loss, cache = getattr(backend, name)(labels, logits)
    return loss, backend.softmax_cross_entropy_with_logits_backward(cache, d_loss)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(7,), (5, 6)], ids=str)
def test_agrees_with_tensorflow(shape, dtype):
    logits, soft, classes, d_loss = draw(shape, dtype)
    one_hot = np.eye(4, dtype=dtype)[classes]
    for name, labels in [
        ("softmax_cross_entropy_with_logits", one_hot),
        ("softmax_cross_entropy_with_logits", soft),
        ("sparse_softmax_cross_entropy_with_logits", classes),
        ("sparse_softmax_cross_entropy_with_logits", classes.astype(np.int32)),
    ]:
        assert_parity(run(scratch, name, labels, logits, d_loss), run(tf_impl, name, labels, logits, d_loss))


def test_a_class_number_is_a_one_hot_row():
    logits, _, classes, d_loss = draw((5, 6), np.float64)
    one_hot = np.eye(4)[classes]
    assert_parity(
        run(scratch, "sparse_softmax_cross_entropy_with_logits", classes, logits, d_loss),
        run(scratch, "softmax_cross_entropy_with_logits", one_hot, logits, d_loss),
        limit=0,
    )


def test_gradient_agrees_with_complex_steps():
    logits, soft, _, d_loss = draw((5, 6), np.float64)
    _, cache = softmax_cross_entropy_with_logits(soft, logits)

    def scalar(logits):
        return (softmax_cross_entropy_with_logits(soft.astype(complex), logits)[0] * d_loss).sum()

    actual = softmax_cross_entropy_with_logits_backward(cache, d_loss)
    assert_parity(actual, complex_step(scalar, to_complex(logits)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_huge_logits_give_finite_losses_and_gradients(dtype):
    logits = np.array([[1000, -1000, 0], [-1000, 1000, 1000], [-1000, -1000, -1000]], dtype)
    labels = np.array([1, 2, 0])
    d_loss = np.ones(3, dtype)
    loss, d_logits = run(scratch, "sparse_softmax_cross_entropy_with_logits", labels, logits, d_loss)
    assert_parity(loss, np.array([2000, np.log(2), np.log(3)], dtype))
    third = 1 / 3
    assert_parity(d_logits, np.array([[1, -1, 0], [0, 0.5, -0.5], [third - 1, third, third]], dtype))
    expected = run(tf_impl, "sparse_softmax_cross_entropy_with_logits", labels, logits, d_loss)
    assert_parity((loss, d_logits), expected)


def test_a_class_ruled_out_by_a_logit_of_minus_infinity():
    logits = np.array([[-np.inf, 0.0, 1.0]])
    args = "sparse_softmax_cross_entropy_with_logits", np.array([1]), logits, np.ones(1)
    assert_parity(run(scratch, *args), run(tf_impl, *args))


def test_many_classes_cost_no_square_of_their_number():
    logits = np.zeros((1, 200_000), np.float32)
    loss, _ = sparse_softmax_cross_entropy_with_logits(np.array([7]), logits)
    assert loss == pytest.approx(np.log(200_000), rel=1e-5)


def test_refusals():
    logits, soft, classes, d_loss = draw((7,), np.float64)
    with pytest.raises(ValueError, match="labels\\[2\\] is 4, but the logits have classes 0 to 3"):
        sparse_softmax_cross_entropy_with_logits(np.array([0, 1, 4, 3, 2, 1, 0]), logits)
    with pytest.raises(ValueError, match="labels\\[0\\] is -1, but the logits have classes 0 to 3"):
        sparse_softmax_cross_entropy_with_logits(classes - classes[0] - 1, logits)
    with pytest.raises(TypeError, match="labels must be an array of integers, but is float64"):
        sparse_softmax_cross_entropy_with_logits(classes.astype(float), logits)
    with pytest.raises(TypeError, match="labels must be an array of integers, but is list"):
        sparse_softmax_cross_entropy_with_logits(classes.tolist(), logits)
    with pytest.raises(ValueError, match="labels must have shape \\[7\\], but has \\[7, 1\\]"):
        sparse_softmax_cross_entropy_with_logits(classes[:, None], logits)
    with pytest.raises(ValueError, match="labels must have shape \\[7, 4\\], but has \\[7, 3\\]"):
        softmax_cross_entropy_with_logits(soft[:, :3], logits)
    with pytest.raises(ValueError, match="labels must be distributions"):
        softmax_cross_entropy_with_logits(2 * soft, logits)
    with pytest.raises(ValueError, match="labels must be distributions"):
        softmax_cross_entropy_with_logits(soft * [2, -1, 0, 0] / (soft * [2, -1, 0, 0]).sum(1, keepdims=True), logits)
    with pytest.raises(TypeError, match="labels is float32, but the inputs are float64"):
        softmax_cross_entropy_with_logits(soft.astype(np.float32), logits)
    with pytest.raises(TypeError, match="logits must be float32 or float64, but is int64"):
        sparse_softmax_cross_entropy_with_logits(classes, logits.astype(int))
    with pytest.raises(ValueError, match="logits must have at least one class"):
        sparse_softmax_cross_entropy_with_logits(classes, logits[:, :0])
    _, cache = softmax_cross_entropy_with_logits(soft, logits)
    with pytest.raises(ValueError, match="d_loss must have shape \\[7\\], but has \\[1\\]"):
        softmax_cross_entropy_with_logits_backward(cache, d_loss[:1])


LABELS = np.array([[2, 0, 0, 0, 0, 0], [3, 0, 1, 2, 0, 2], [0, 0, 0, 0, 0, 0], [1, 3, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0]])
LENGTHS = (1, 6, 0, 4, 3)


def run_masked(backend, labels, logits, mask, mean, d_loss=1.7):
    loss, cache = backend.masked_loss(labels, logits, mask, mean)
    return loss, backend.masked_loss_backward(cache, d_loss)


def test_masks_agree_with_tensorflow():
    for dtype in (np.int64, np.int32, np.uint8):
        labels = LABELS.astype(dtype)
        by_sign, by_length = mask_by_sign(labels), mask_by_length(labels, LENGTHS)
        assert by_sign.tolist() == tf_impl.mask_by_sign(labels.astype(np.int32)).tolist()
        assert by_length.tolist() == tf_impl.mask_by_length(labels, LENGTHS).tolist()
        # Steps 1 and 4 of row 1, and 2 and 3 of row 3, are real and of class 0.
        assert np.argwhere(by_sign != by_length).tolist() == [[1, 1], [1, 4], [3, 2], [3, 3]]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("mean", ["examples", "steps"])
def test_masked_losses_agree_with_tensorflow(mean, dtype):
    logits = draw((5, 6), dtype)[0]
    every, none = np.ones((5, 6), bool), np.zeros((5, 6), bool)
    for mask in (mask_by_sign(LABELS), mask_by_length(LABELS, LENGTHS), every, none):
        actual = run_masked(scratch, LABELS, logits, mask, mean)
        assert_parity(actual, run_masked(tf_impl, LABELS, logits, mask, mean))
        assert (actual[1][~mask] == 0).all()
        assert (actual[1][mask] != 0).all()
    with np.errstate(all="raise"):
        assert run_masked(scratch, LABELS, logits, none, mean)[0] == 0
    assert actual[0] == 0


def test_the_tutorials_masked_loss():
    """B 4, T 8, 10 classes, lengths 1, 2, 3, 8: each example's sum over its length, and the mean of these."""
    rng = np.random.default_rng(0)
    lengths = np.array([1, 2, 3, 8])
    logits = rng.standard_normal((4, 8, 10))
    labels = rng.integers(1, 10, (4, 8)) * (np.arange(8) < lengths[:, None])
    program = Program()
    with program.graph.as_default():
        tf_labels, tf_logits = program.feed(labels), program.feed(logits)
        losses = v1.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.reshape(tf_labels, [-1]), logits=tf.reshape(tf_logits, [-1, 10])
        )
        masked = tf.reshape(tf.sign(tf.cast(tf.reshape(tf_labels, [-1]), tf.float64)) * losses, tf.shape(tf_labels))
        loss = tf.reduce_mean(tf.reduce_sum(masked, axis=1) / lengths)
        program.differentiate((loss,), (tf_logits,))
    expected = program.run(loss), program.backward((1.7,))[0]
    assert_parity(run_masked(scratch, labels, logits, mask_by_sign(labels), "examples"), expected)
    assert_parity(run_masked(scratch, labels, logits, mask_by_length(labels, lengths), "examples"), expected)


@pytest.mark.parametrize("mean", ["examples", "steps"])
def test_masked_gradient_agrees_with_complex_steps(mean):
    logits, mask = draw((5, 6), np.float64)[0], mask_by_length(LABELS, LENGTHS)
    expected = complex_step(lambda logits: 1.7 * masked_loss(LABELS, logits, mask, mean)[0], to_complex(logits))
    assert_parity(run_masked(scratch, LABELS, logits, mask, mean)[1], expected)


def test_the_means_are_those_of_each_example_alone_at_its_own_length():
    logits = draw((5, 6), np.float64)[0]
    mask = mask_by_length(LABELS, LENGTHS)
    alone = []
    for label, row, length in zip(LABELS, logits, LENGTHS, strict=True):
        alone.append(sparse_softmax_cross_entropy_with_logits(label[:length], row[:length])[0])
    # Row 2 has no steps: it is in no sum and in no count.
    by_example = np.mean([losses.mean() for losses in alone if losses.size])
    assert_parity(masked_loss(LABELS, logits, mask, "examples")[0], by_example)
    assert_parity(masked_loss(LABELS, logits, mask, "steps")[0], np.concatenate(alone).mean())
    for mean in ("examples", "steps"):
        kept = [0, 1, 3, 4]
        without = run_masked(scratch, LABELS[kept], logits[kept], mask[kept], mean)
        loss, d_logits = run_masked(scratch, LABELS, logits, mask, mean)
        assert_parity((loss, d_logits[kept]), without)


def test_where_0_is_a_class_the_sign_of_the_label_forgets_it():
    """A network that is sure of classes 1 to 3 and never says 0 has no loss by sign, and a large one by length."""
    logits = 20.0 * np.eye(4)[np.maximum(LABELS, 1)]
    by_sign = run_masked(scratch, LABELS, logits, mask_by_sign(LABELS), "steps")
    by_length = run_masked(scratch, LABELS, logits, mask_by_length(LABELS, LENGTHS), "steps")
    assert by_sign[0] < 1e-8
    assert by_length[0] == pytest.approx(20 * 4 / 14)
    real_zeros = mask_by_length(LABELS, LENGTHS) & (LABELS == 0)
    assert (by_sign[1][real_zeros] == 0).all()
    assert (by_length[1][real_zeros][:, 0] < -0.1).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_huge_logits_in_masked_losses(dtype):
    logits = 1000 * np.sign(draw((5, 6), dtype)[0])
    for mask in (mask_by_sign(LABELS), mask_by_length(LABELS, LENGTHS)):
        for mean in ("examples", "steps"):
            actual = run_masked(scratch, LABELS, logits, mask, mean)
            assert np.isfinite(actual[0])
            assert np.isfinite(actual[1]).all()
            assert_parity(actual, run_masked(tf_impl, LABELS, logits, mask, mean))


def test_what_the_padding_holds_is_never_looked_at():
    logits, mask = draw((5, 6), np.float64)[0], mask_by_length(LABELS, LENGTHS)
    for rubbish in (np.nan, np.inf, -np.inf):
        filled = np.where(mask[..., None], logits, rubbish)
        kept = filled.copy()
        expected = run_masked(scratch, LABELS, logits, mask, "examples")
        assert_parity(run_masked(scratch, LABELS, filled, mask, "examples"), expected, limit=0)
        np.testing.assert_array_equal(filled, kept)
    # TensorFlow multiplies by 0 at the end, and 0 · NaN is NaN.
    assert np.isnan(run_masked(tf_impl, LABELS, filled, mask, "examples")[0])


def test_a_label_in_the_padding_must_be_a_class_as_in_tensorflow():
    logits, mask = draw((5, 6), np.float64)[0], mask_by_length(LABELS, LENGTHS)
    for wrong in (4, -1):
        labels = np.where(mask, LABELS, wrong)
        with pytest.raises(ValueError, match=f"labels\\[0, 1\\] is {wrong}, but the logits have classes 0 to 3"):
            masked_loss(labels, logits, mask)
        with pytest.raises(tf.errors.InvalidArgumentError, match="outside the valid range"):
            tf_impl.masked_loss(labels, logits, mask)


def test_a_cache_of_another_loss_is_refused():
    labels, logits = np.zeros((2, 3), int), np.zeros((2, 3, 4))
    losses, cache = sparse_softmax_cross_entropy_with_logits(labels, logits)
    with pytest.raises(TypeError, match="cache must be the MaskedLossCache of .*, but is CrossEntropyCache"):
        masked_loss_backward(cache)
    with pytest.raises(TypeError, match="cache must be the CrossEntropyCache of .*, but is None"):
        softmax_cross_entropy_with_logits_backward(None, losses)
    with pytest.raises(TypeError, match="cache must be the SequenceLossCache of .*, but is CrossEntropyCache"):
        sequence_loss_backward(cache)


def test_masked_refusals():
    logits, mask = draw((5, 6), np.float64)[0], mask_by_length(LABELS, LENGTHS)
    with pytest.raises(TypeError, match="mask must be an array of Booleans, but is float64"):
        masked_loss(LABELS, logits, mask.astype(float))
    with pytest.raises(ValueError, match="mask must have shape \\[5, 6\\], but has \\[6, 5\\]"):
        masked_loss(LABELS, logits, mask.T)
    with pytest.raises(ValueError, match="mean must be one of 'examples', 'steps', but is 'batch'"):
        masked_loss(LABELS, logits, mask, "batch")
    with pytest.raises(ValueError, match="logits must have shape \\[B, T, C\\], but has \\[30, 4\\]"):
        masked_loss(LABELS, logits.reshape(30, 4), mask)
    with pytest.raises(ValueError, match="labels must have shape \\[5, 6\\], but has \\[5, 5\\]"):
        masked_loss(LABELS[:, 1:], logits, mask)
    with pytest.raises(ValueError, match="labels must be at least 0, but hold -1"):
        mask_by_sign(LABELS - 1)
    with pytest.raises(TypeError, match="labels must be an array of integers, but is float64"):
        mask_by_sign(LABELS.astype(float))
    with pytest.raises(TypeError, match="labels must be an array of integers, but is list"):
        mask_by_length(LABELS.tolist(), LENGTHS)
    with pytest.raises(ValueError, match="labels must have shape \\[B, T\\], but has \\[30\\]"):
        mask_by_length(LABELS.ravel(), LENGTHS)
    with pytest.raises(ValueError, match="sequence_length\\[1\\] is 7, but inputs have only 6 time steps"):
        mask_by_length(LABELS, (1, 7, 0, 4, 3))
    with pytest.raises(ValueError, match="sequence_length\\[1\\] is -1, but a length cannot be negative"):
        mask_by_length(LABELS, (1, -1, 0, 4, 3))
    with pytest.raises(ValueError, match="sequence_length must have shape \\[5\\]"):
        mask_by_length(LABELS, LENGTHS[1:])
    with pytest.raises(TypeError, match="sequence_length must be integers, but its dtype is float64"):
        mask_by_length(LABELS, (1, 2.5, 0, 4, 3))
    _, cache = masked_loss(LABELS, logits, mask)
    with pytest.raises(TypeError, match="d_loss must be a number"):
        masked_loss_backward(cache, np.ones(5))
    with pytest.raises(ValueError, match="d_loss must be finite, but is nan"):
        masked_loss_backward(cache, np.nan)
