"""TensorFlow's optimisers: ``tf.compat.v1.train.GradientDescentOptimizer`` and ``AdagradOptimizer``."""

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

import scratch.training.optimizers
from scratch.arrays import Array, Params
from scratch.training.optimizers import Optimizer
from scratch.tree import map_named, map_tree
from tf_impl.program import Program
from tf_impl.tensorflow import tf, v1


@singledispatch
def genuine(optimizer: Any) -> Any:
    """Return TensorFlow's own optimiser for a description in ``scratch.training.optimizers``."""
    raise TypeError(f"tf_impl knows no TensorFlow optimiser for {type(optimizer).__name__}")


@genuine.register
def GradientDescentOptimizer(optimizer: scratch.training.optimizers.GradientDescentOptimizer) -> Any:
    """Return ``GradientDescentOptimizer`` with the same learning rate; it has no slots."""
    return v1.train.GradientDescentOptimizer(optimizer.learning_rate)


@genuine.register
def AdagradOptimizer(optimizer: scratch.training.optimizers.AdagradOptimizer) -> Any:
    """Return ``AdagradOptimizer`` with the same options; its slot is ``accumulator``."""
    return v1.train.AdagradOptimizer(optimizer.learning_rate, optimizer.initial_accumulator_value)


def train(optimizer: Optimizer, params: Params, gradients: Sequence[Params]) -> list[tuple[Params, dict[str, Array]]]:
    """Return ``(params, slots)`` before the first step and after each, applying the list ``gradients`` in turn.

    ``slots`` is the dict of all the variables that TensorFlow's optimiser made for itself, under their own names.
    """
    program = Program()
    with program.graph.as_default():
        variables = map_named(lambda path, array: v1.Variable(tf.constant(array), name=path), params)
        d_variables = map_tree(lambda array: v1.placeholder(array.dtype, array.shape), params)
        pairs = list(zip(tf.nest.flatten(d_variables), tf.nest.flatten(variables), strict=True))
        tf_optimizer = genuine(optimizer)
        step = tf_optimizer.apply_gradients(pairs)
        slots = {variable.op.name: variable for variable in tf_optimizer.variables()}
        program.run(v1.global_variables_initializer())
    seen = [program.run((variables, slots))]
    for gradient in gradients:
        feeds = zip(tf.nest.flatten(d_variables), tf.nest.flatten(gradient), strict=True)
        program.session.run(step, dict(feeds))
        seen.append(program.run((variables, slots)))
    return seen
