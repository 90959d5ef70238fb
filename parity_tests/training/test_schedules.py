import numpy as np
import pytest

from scratch.training.schedules import (
    ConstantSchedule,
    CosineDecay,
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
    WarmUp,
)
from tf_impl.tensorflow import tf, v1
from tf_impl.training.schedules import rate

SCHEDULES = [
    ConstantSchedule(0.3),
    ExponentialDecay(0.3, 7, 0.6),
    ExponentialDecay(0.3, 7, 0.6, staircase=True),
    InverseTimeDecay(0.3, 7, 0.6),
    InverseTimeDecay(0.3, 7, 0.6, staircase=True),
    PolynomialDecay(0.3, 7, 0.05),
    PolynomialDecay(0.3, 7, 0.05, power=0.5),
    PolynomialDecay(0.3, 8, 0.05, power=2.0, cycle=True),
    CosineDecay(0.3, 17),
    CosineDecay(0.3, 17, alpha=0.2),
    PiecewiseConstantDecay([3, 4, 11], [0.3, 0.1, 0.2, 0.05]),
    PiecewiseConstantDecay([], [0.3]),
]


def witness(schedule, steps):
    """Return TensorFlow's learning rate at each of the steps."""
    with tf.Graph().as_default(), v1.Session() as session:
        step = v1.placeholder(tf.int64, [])
        tensor = rate(schedule, step)
        assert tensor.dtype == tf.float64
        return [session.run(tensor, {step: n}) for n in steps]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
def test_agrees_with_tensorflow_at_every_step(schedule):
    steps = [*range(30), 500]
    if schedule == SCHEDULES[-1]:
        # TensorFlow's wants a boundary at least.
        assert [schedule(n) for n in steps] == [0.3] * len(steps)
        return
    # TensorFlow's polynomial with cycle is float32.
    rtol = 1e-6 if getattr(schedule, "cycle", False) else 1e-12
    np.testing.assert_allclose([schedule(n) for n in steps], witness(schedule, steps), rtol=rtol)


def test_a_warm_up_agrees_with_keras():
    schedule, steps = WarmUp(CosineDecay(0.3, 17, 0.1), 5, 0.02), [*range(25), 1000]
    np.testing.assert_allclose([schedule(n) for n in steps], witness(schedule, steps), rtol=1e-12)
    after = WarmUp(PolynomialDecay(0.3, 7, 0.05), 4)
    assert [after(n) for n in range(4)] == [0, 0.3 / 4, 0.6 / 4, pytest.approx(0.9 / 4)]
    assert [after(n) for n in range(4, 20)] == [PolynomialDecay(0.3, 7, 0.05)(n) for n in range(16)]


def test_refusals():
    for wrong in (-1, 1.0, True, None):
        with pytest.raises((TypeError, ValueError), match="step must be"):
            CosineDecay(0.1, 5)(wrong)
    with pytest.raises(ValueError, match="boundaries must rise, but are \\(3, 3\\)"):
        PiecewiseConstantDecay([3, 3], [1, 2, 3])
    with pytest.raises(ValueError, match="values must be 2, one more than boundaries, but are 3"):
        PiecewiseConstantDecay([3], [1, 2, 3])
    with pytest.raises(TypeError, match="values must be a list or tuple"):
        PiecewiseConstantDecay([3], 0.1)
    with pytest.raises(TypeError, match="schedule must be a function of the step, but is 0.1"):
        WarmUp(0.1, 5)
    with pytest.raises(ValueError, match="alpha must be at most 1, but is 2"):
        CosineDecay(0.1, 5, 2)
