import numpy as np
import pytest

import scratch
import tf_impl
from parity_tests.harness import assert_parity, complex_step, to_complex
from scratch import (
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_backward,
    sparse_softmax_cross_entropy_with_logits,
)


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
    with pytest.raises(TypeError, match="labels must be an array of whole numbers, but is float64"):
        sparse_softmax_cross_entropy_with_logits(classes.astype(float), logits)
    with pytest.raises(TypeError, match="labels must be an array of whole numbers, but is list"):
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
