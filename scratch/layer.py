"""What a layer is: the contract of a cell, for a whole batch.

A layer is a frozen dataclass of hyper-parameters. It holds no weights and no state::

    params        = layer.init_params(rng, input_size, dtype)     # nested dict under TensorFlow's own variable names
    y, cache      = layer.forward(params, x)
    d_x, d_params = layer.backward(params, cache, d_y)

A chain of layers, ``scratch/training/network.py``, calls every layer alike, by the methods whose names begin with
``chain``: with what a pass may be ``Given`` beside x, and for what it may leave behind beside y, ``Kept``. A layer that
needs no more than its parameters and x inherits them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from scratch.arrays import Array, Cache, DType, Lengths, Masks, Params, State
from scratch.checks import check_dtype
from scratch.finite import quiet_methods
from scratch.initializers import check_draw, check_generator
from scratch.options import check_count


class Given(NamedTuple):
    """What a forward pass may be given beside the parameters and x. In a network, each layer gets its own of the first.

    - ``state``: what the layer starts from; ``masks``: of its dropout; ``moving``: its moving statistics.
    - ``sequence_length``: [B] integers from 0 to T; ``None`` where all rows are full.
    - ``training``: whether it is a step of training: then dropout needs masks, and batch normalisation takes the
      batch's own statistics.
    - ``engine``: what unrolls a cell. ``keep_tape``: ``False`` for a pass that no backward pass follows.
    """

    state: State = None
    masks: Masks = None
    moving: Params | None = None
    sequence_length: Lengths = None
    training: bool = False
    engine: str = "numpy"
    keep_tape: bool = True

    def of(self, name: str) -> "Given":
        """Return what is for the layer of this name, of what is for its network."""
        own = [None if part is None else part.get(name) for part in (self.state, self.masks, self.moving)]
        return self._replace(state=own[0], masks=own[1], moving=own[2])


NOTHING = Given()


class Kept(NamedTuple):
    """What a forward pass leaves behind beside y: the cache for its backward pass, and what goes on from it.

    ``state`` is the one after the last step, ``moving`` are the new moving statistics; ``()`` for a layer without.
    """

    cache: Cache
    state: State = ()
    moving: Any = ()


class Layer:
    """One layer of a network. A subclass gives ``init_params``, ``forward`` and ``backward``, and inherits the rest.

    Infinities and NaN come without a warning of NumPy's.
    """

    def __init_subclass__(cls) -> None:
        quiet_methods(cls, "forward", "backward", "chain_forward", "chain_backward", "chain_d_params")

    init_params: Callable[..., Params]
    forward: Callable[..., Any]
    backward: Callable[..., Any]

    def output_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the shape of y for x of this shape, such as [B, T, D]: the same where the layer does not change it."""
        return shape

    def chain_params(self, rng: np.random.Generator, input_size: int, dtype: DType) -> Params:
        """Return freshly drawn parameters for inputs of this width; ``{}`` for a layer that has none."""
        return self.init_params(rng, input_size, dtype)

    def chain_moving(self, params: Params, input_size: int | None, dtype: DType) -> Params:
        """Return the moving statistics to start from; ``{}`` for a layer that has none."""
        return {}

    def zero_state(self, batch_size: int, dtype: DType = np.float32) -> State:
        """Return the state to start from; ``()`` for a layer that has none."""
        check_count("batch_size", batch_size, least=0)
        check_dtype("dtype", dtype)
        return ()

    def draw_masks(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Masks:
        """Return the masks of dropout for x of this shape; ``()`` for a layer that has none."""
        check_draw(shape, np.float32, rng)
        return ()

    def chain_forward(self, params: Params, x: Array, given: Given) -> tuple[Array, Kept]:
        """Return ``(y, kept)``, as every layer of a chain is called."""
        y, cache = self.forward(params, x)
        return y, Kept(cache)

    def chain_backward(self, params: Params, kept: Kept, d_y: Array) -> tuple[Array | None, Params]:
        """Return ``(d_x, d_params)``; ``d_x`` is ``None`` where x is numbers, which have no gradient."""
        return self.backward(params, kept.cache, d_y)

    def chain_d_params(self, params: Params, kept: Kept, d_y: Array) -> Params:
        """Return ``d_params`` alone: what is asked of the lowest layer, whose x nobody differentiates."""
        return self.chain_backward(params, kept, d_y)[1]


class Plain(Layer):
    """A layer without parameters."""

    def init_params(self, rng: np.random.Generator, input_size: int, dtype: DType = np.float32) -> Params:
        """Return ``{}``: nothing is drawn."""
        check_generator(rng)
        check_count("input_size", input_size)
        check_dtype("dtype", dtype)
        return {}
