"""What turns gradients into new weights, with TF1's formulas.

    gradient descent    θ ← θ − η g
    Adagrad             a ← a + g²        θ ← θ − η g / √a

An optimiser is a frozen dataclass of hyper-parameters. What it remembers between steps, its slots, goes in and comes
out beside the parameters, under the names TensorFlow gives them; nothing is changed in place::

    slots         = optimizer.init_slots(params)
    params, slots = optimizer.apply_gradients(params, gradients, slots)

TF1 rounds every hyper-parameter to float32 even where the weights are float64, so η = 0.3 is 0.300000011920929 there,
and here. The page is ``docs/training/optimizers.md``. Momentum, RMSProp and Adam have files of their own beside this.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Protocol

import numpy as np

from scratch.arrays import Array, DType, Params
from scratch.checks import check_array, check_like, check_params
from scratch.finite import quiet
from scratch.options import check_number, check_options, check_positive
from scratch.shown import shown
from scratch.tree import map_named, map_tree, named_leaves
from scratch.variables import check_variables, names_of


class Optimizer(Protocol):
    """What an optimiser is: this and every other file that ends in ``Optimizer`` has one.

    ``slot_names`` are TensorFlow's endings for its slots.
    """

    @property
    def slot_names(self) -> dict[str, str]: ...

    def init_slots(self, params: Params) -> Params: ...

    def apply_gradients(self, params: Params, gradients: Params, slots: Params) -> tuple[Params, Params]: ...


@dataclass(frozen=True)
class GradientDescentOptimizer:
    """θ ← θ − η g. Source: ``tf.compat.v1.train.GradientDescentOptimizer``.

    Raises ``ValueError`` or ``TypeError`` where ``learning_rate`` is not a finite number of at least 0.
    """

    learning_rate: float
    slot_names: ClassVar[dict[str, str]] = {}

    def __post_init__(self) -> None:
        check_options(self, learning_rate=check_learning_rate)

    def init_slots(self, params: Params) -> Params:
        """Return ``{}``: plain descent remembers nothing."""
        check_weights(params)
        return {}

    def apply_gradients(self, params: Params, gradients: Params, slots: Params) -> tuple[Params, Params]:
        """Return ``(new_params, new_slots)``; params and gradients are nested dicts of the same arrays."""
        eta = rounded(self.learning_rate, check_step(params, gradients, slots, {}))
        # θ ← θ − η g
        return map_numbers(lambda theta, g: theta - eta * g, params, gradients), {}


@dataclass(frozen=True)
class AdagradOptimizer:
    """a ← a + g², θ ← θ − η g / √a. Source: Duchi et al. (2011); ``tf.compat.v1.train.AdagradOptimizer``.

    ``initial_accumulator_value`` is the a that every weight starts with: it plays the part of the ε that later
    optimisers add below the root. Raises ``ValueError`` or ``TypeError`` where it is not above 0, or where
    ``learning_rate`` is not a finite number of at least 0.
    """

    learning_rate: float
    initial_accumulator_value: float = 0.1
    slot_names: ClassVar[dict[str, str]] = {"accumulator": "Adagrad"}

    def __post_init__(self) -> None:
        check_options(self, learning_rate=check_learning_rate, initial_accumulator_value=check_positive)

    def init_slots(self, params: Params) -> Params:
        """Return ``{"accumulator": …}``, an array like each parameter, filled with ``initial_accumulator_value``."""
        check_weights(params)
        return {"accumulator": map_tree(lambda theta: np.full_like(theta, self.initial_accumulator_value), params)}

    def apply_gradients(self, params: Params, gradients: Params, slots: Params) -> tuple[Params, Params]:
        """Return ``(new_params, new_slots)``; params, gradients and ``slots["accumulator"]`` hold the same names."""
        eta = rounded(self.learning_rate, check_step(params, gradients, slots, {"accumulator": params}))
        # a ← a + g²
        accumulator = map_numbers(lambda a, g: a + g * g, slots["accumulator"], gradients)
        # θ ← θ − η g / √a
        new_params = map_numbers(lambda theta, g, a: theta - eta * g / np.sqrt(a), params, gradients, accumulator)
        return new_params, {"accumulator": accumulator}


def slot_variables(optimizer: Optimizer, slots: Params) -> dict[str, Array]:
    """Return ``{name: array}``: the arrays of ``slots`` under the names of TensorFlow's variables.

    A slot of the variable ``rnn/kernel`` is called after it: Adam's m is ``rnn/kernel/Adam`` and its v
    ``rnn/kernel/Adam_1``. What no variable has for itself, such as ``beta1_power``, is called as it is here. Raises
    ``TypeError`` or ``ValueError`` for slots that are not those of the ``optimizer``.
    """
    check_optimizer(optimizer)
    like = optimizer.init_slots({"any": np.zeros(1)})
    if not isinstance(slots, dict) or slots.keys() != like.keys():
        came = ", ".join(map(shown, slots)) or "nothing" if isinstance(slots, dict) else shown(slots)
        raise TypeError(f"slots must be a dict of {', '.join(map(repr, like)) or 'nothing'}, but is of {came}")
    for slot, part in slots.items():
        if isinstance(part, dict) != isinstance(like[slot], dict):
            raise TypeError(f"slots/{slot} must be {type(like[slot]).__name__}, but is {type(part).__name__}")
    for path, leaf in named_leaves(slots, "slots"):
        # What was computed of an array of no axes is a number to NumPy.
        check_array(path, np.asarray(leaf) if isinstance(leaf, np.generic) else leaf, (...,))
    return {variable_name(optimizer, path): leaf for path, leaf in named_leaves(slots)}


def slots_from_variables(optimizer: Optimizer, params: Params, variables: dict[str, Array]) -> Params:
    """Return the slots that an ``optimizer`` of ``params`` has in the dict ``variables``: ``slot_variables`` undone.

    ``variables`` may be all that a checkpoint holds, and its names may have more scopes in them, as for
    ``params_from_variables``. Raises ``ValueError`` or ``TypeError`` where one is missing, or has another shape or
    dtype than ``init_slots(params)``.
    """
    check_optimizer(optimizer)
    check_variables(variables)
    slots = optimizer.init_slots(params)
    paths = [variable_name(optimizer, path) for path, _ in named_leaves(slots)]
    names = names_of(paths, variables, f"{type(optimizer).__name__} needs")

    def find(path: str, like: Array) -> Array:
        name = names[variable_name(optimizer, path)]
        found = variables[name]
        if isinstance(found, np.generic):
            found = np.asarray(found)  # TensorFlow hands out a variable of no axes as a number.
        check_array(f"variables/{name}", found, like.shape)
        check_slot_dtype(f"variables/{name}", found, like)
        return found

    return map_named(find, slots)


def check_optimizer(optimizer: Any) -> None:
    if not hasattr(optimizer, "init_slots"):
        raise TypeError(f"optimizer must be one such as AdamOptimizer(), but is {shown(optimizer)}")


def variable_name(optimizer: Optimizer, path: str) -> str:
    """Return what TensorFlow calls the slot at ``path``, such as ``m/rnn/kernel``."""
    slot, _, variable = path.partition("/")
    return f"{variable}/{optimizer.slot_names[slot]}" if variable else slot


@quiet
def map_numbers(function: Callable[..., Any], tree: Params, *others: Params) -> Params:
    """Return ``map_tree``: of infinite gradients, infinite and NaN weights, as in TensorFlow, and no warning."""
    return map_tree(function, tree, *others)


def rounded(value: float, dtype: DType) -> Any:
    """Return a hyper-parameter as TF1 uses it with weights of ``dtype``: rounded to float32, then of that dtype."""
    return dtype.type(np.float32(value))


def check_weights(params: Any, name: str = "params") -> DType:
    """Refuse all but a nested dict of floating-point arrays of one dtype, and return that dtype."""
    if not isinstance(params, dict) or not any(named_leaves(params)):
        raise TypeError(f"{name} must be a dict of arrays, but is {shown(params)}")
    _, first = next(named_leaves(params))
    for path, leaf in named_leaves(params, name):
        check_array(path, leaf, (...,), getattr(first, "dtype", None))
    return first.dtype


def check_step(params: Any, gradients: Any, slots: Any, slots_like: Params) -> DType:
    """Refuse gradients and slots that are not as the parameters and ``slots_like``; return the weights' dtype."""
    dtype = check_weights(params)
    check_like("gradients", gradients, params)
    check_params("slots", slots, map_tree(np.shape, slots_like))
    slots = dict(named_leaves(slots))
    for path, like in named_leaves(slots_like):
        check_slot_dtype(f"slots/{path}", slots[path], like)
    return dtype


def check_slot_dtype(name: str, slot: Array, like: Array) -> None:
    # Not always that of the weights: Adam's powers of β are float32 beside float64 weights.
    if slot.dtype != like.dtype:
        raise TypeError(f"{name} must be {like.dtype}, but is {slot.dtype}")


check_learning_rate = partial(check_number, least=0)
