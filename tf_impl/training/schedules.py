"""TensorFlow's learning rates as functions of the step, ``tf.compat.v1.train`` and, for the warm-up, Keras's."""

from functools import singledispatch
from typing import Any

import scratch.training.schedules
from tf_impl.tensorflow import Tensor, tf, v1


@singledispatch
def rate(schedule: Any, step: Tensor) -> Tensor:
    """Return the learning rate of a schedule of ``scratch`` at the integer tensor ``step``, in float64."""
    raise TypeError(f"tf_impl knows no TensorFlow schedule for {type(schedule).__name__}")


@rate.register
def constant(schedule: scratch.training.schedules.ConstantSchedule, step: Tensor) -> Tensor:
    return double(schedule.learning_rate)


@rate.register
def exponential(schedule: scratch.training.schedules.ExponentialDecay, step: Tensor) -> Tensor:
    start = double(schedule.initial_learning_rate)
    return called(
        v1.train.exponential_decay(start, step, schedule.decay_steps, double(schedule.decay_rate), schedule.staircase)
    )


@rate.register
def inverse_time(schedule: scratch.training.schedules.InverseTimeDecay, step: Tensor) -> Tensor:
    start = double(schedule.initial_learning_rate)
    return called(
        v1.train.inverse_time_decay(start, step, schedule.decay_steps, double(schedule.decay_rate), schedule.staircase)
    )


@rate.register
def polynomial(schedule: scratch.training.schedules.PolynomialDecay, step: Tensor) -> Tensor:
    # With cycle, TensorFlow's can be had in float32 alone.
    dtype = tf.float32 if schedule.cycle else tf.float64
    start, end, power = (
        tf.constant(value, dtype)
        for value in (schedule.initial_learning_rate, schedule.end_learning_rate, schedule.power)
    )
    found = v1.train.polynomial_decay(start, step, schedule.decay_steps, end, power, schedule.cycle)
    return tf.cast(called(found), tf.float64)


@rate.register
def cosine(schedule: scratch.training.schedules.CosineDecay, step: Tensor) -> Tensor:
    """Return the rate of Keras's ``CosineDecay``: that of ``v1.train`` can be had in float32 alone."""
    start, alpha = double(schedule.initial_learning_rate), double(schedule.alpha)
    return tf.keras.optimizers.schedules.CosineDecay(start, schedule.decay_steps, alpha)(step)


@rate.register
def piecewise(schedule: scratch.training.schedules.PiecewiseConstantDecay, step: Tensor) -> Tensor:
    step = tf.cast(step, tf.int64)
    boundaries = [tf.constant(boundary, tf.int64) for boundary in schedule.boundaries]
    return called(v1.train.piecewise_constant(step, boundaries, [double(value) for value in schedule.values]))


@rate.register
def warm_up(schedule: scratch.training.schedules.WarmUp, step: Tensor) -> Tensor:
    """Return the rate of Keras's ``CosineDecay`` with ``warmup_steps``; TensorFlow warms up before no other."""
    cosine = schedule.schedule
    if not isinstance(cosine, scratch.training.schedules.CosineDecay):
        raise TypeError(f"TensorFlow warms up before a CosineDecay alone, not before {type(cosine).__name__}")
    keras_schedule = tf.keras.optimizers.schedules.CosineDecay(
        double(schedule.initial_learning_rate),
        cosine.decay_steps,
        double(cosine.alpha),
        warmup_target=double(cosine.initial_learning_rate),
        warmup_steps=schedule.warmup_steps,
    )
    return keras_schedule(step)


def double(value: float) -> Tensor:
    return tf.constant(value, tf.float64)


def called(found: Any) -> Tensor:
    """Return the tensor: where TensorFlow runs eagerly, it returns a function of none."""
    return found() if callable(found) else found
