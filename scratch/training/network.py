"""A network: a chain of layers, each with a name, and itself a layer.

    forward     y⁰ = x          yˡ⁺¹ = layerˡ(yˡ)          y = yᴺ
    backward    ∂L/∂yᴺ given    ∂L/∂yˡ, ∂L/∂θˡ = the adjoint of layerˡ at ∂L/∂yˡ⁺¹, the last layer first

It is the chain rule and nothing else: what flows down is the gradient of each layer's input, as in ``MultiRNNCell``.
The parameters are a nested dict with a branch for each layer that has any, under the layer's name, which is
TensorFlow's scope. States, masks and moving statistics are dicts by the same names. The page is
``docs/training/network.md``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from scratch.arrays import Array, DType, Masks, Params, State
from scratch.checks import check_array, check_dtype
from scratch.layer import NOTHING, Given, Kept, Layer
from scratch.options import check_count
from scratch.passes import check_given, check_kept
from scratch.shown import shown
from scratch.tree import check_keys


@dataclass(frozen=True)
class Network(Layer):
    """A chain of ``layers``, a dict of them under their names, from the first that x meets to the last.

    Like a cell, it holds no weights and no state::

        network = Network({"rnn": RNN(BasicLSTMCell(24)), "last": LastOutput(), "dense": Dense(10)})
        params  = network.init_params(rng, input_size, dtype)
        y, kept = network.forward(params, x, Given(sequence_length=lengths))
        d_x, d_params = network.backward(params, kept, d_y)

    Raises ``ValueError`` or ``TypeError`` where there is no layer, one is none, or a name is not made of letters,
    digits and ``. _ -``.
    """

    layers: dict[str, Layer]

    def __post_init__(self) -> None:
        if not isinstance(self.layers, dict) or not self.layers:
            raise TypeError(f"layers must be a dict of layers under their names, but is {shown(self.layers)}")
        check_keys("layers", self.layers)
        for name, layer in self.layers.items():
            if not isinstance(layer, Layer) or "/" in name:
                raise TypeError(f"layers must be layers, such as Dense(10), but {shown(name)} is {shown(layer)}")
        object.__setattr__(self, "layers", dict(self.layers))

    def __hash__(self) -> int:
        return hash(tuple(self.layers.items()))

    def init_params(self, rng: np.random.Generator, input_size: int, dtype: DType = np.float32) -> Params:
        """Return freshly drawn parameters for inputs of width ``input_size``, the first layer's drawn first.

        For a network that begins with an ``Embedding``, the width is the number of words.
        """
        check_dtype("dtype", dtype)
        shape: tuple[Any, ...] = (1, 1, check_count("input_size", input_size))
        params: Params = {}
        for name, layer in self.layers.items():
            if found := layer.chain_params(rng, shape[-1], dtype):
                params[name] = found
            shape = layer.output_shape(shape)
        return params

    def chain_moving(self, params: Params, input_size: int | None, dtype: DType) -> Params:
        """Return ``{name: moving statistics}`` to start from, for the layers that have any.

        ``input_size`` may be ``None`` where a layer, or its parameters, say of which width the statistics are.
        """
        shape: tuple[Any, ...] = (1, 1, input_size)
        moving: Params = {}
        for name, layer in self.layers.items():
            if found := layer.chain_moving(params.get(name, {}), shape[-1], dtype):
                moving[name] = found
            shape = layer.output_shape(shape)
        return moving

    def output_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        for layer in self.layers.values():
            shape = layer.output_shape(shape)
        return shape

    def zero_state(self, batch_size: int, dtype: DType = np.float32) -> State:
        """Return ``{name: state}``, zeros, for the layers that have one."""
        states = {name: layer.zero_state(batch_size, dtype) for name, layer in self.layers.items()}
        return without_nothing(states)

    def draw_masks(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Masks:
        """Return ``{name: masks}`` for x of this shape, for the layers with dropout, the first layer's drawn first."""
        masks = {}
        for name, layer in self.layers.items():
            masks[name] = layer.draw_masks(rng, shape)
            shape = layer.output_shape(shape)
        return without_nothing(masks)

    def forward(self, params: Params, x: Array, given: Given = NOTHING) -> tuple[Array, Kept]:
        """Return ``(y, kept)``; ``kept.state`` and ``kept.moving`` are dicts by the names of the layers.

        Raises ``ValueError`` or ``TypeError``, by name, where arguments do not fit one another; a note says in which
        layer.
        """
        check_given(given)
        self.check_branches(params)
        self.check_parts(given)
        caches: dict[str, Kept] = {}
        for name, layer in self.layers.items():
            try:
                # yˡ⁺¹ = layerˡ(yˡ)
                x, caches[name] = layer.chain_forward(params.get(name, {}), x, given.of(name))
            except (TypeError, ValueError) as error:
                error.add_note(f"in the layer {name!r}, {layer}")
                raise
        states = without_nothing({name: kept.state for name, kept in caches.items()})
        return x, Kept(caches, states, without_nothing({name: kept.moving for name, kept in caches.items()}))

    def backward(self, params: Params, kept: Kept, d_y: Array) -> tuple[Array | None, Params]:
        """Return ``(d_x, d_params)``, the latter in the order of ``params``.

        ``d_x`` is ``None`` where x is numbers of words.
        """
        d_x, d_params = self.above_first(params, kept, d_y)
        name, layer = next(iter(self.layers.items()))
        d_x, d_params[name] = layer.chain_backward(params.get(name, {}), kept.cache[name], d_x)
        return d_x, {name: d_params[name] for name in params}

    def d_params(self, params: Params, kept: Kept, d_y: Array) -> Params:
        """Return the ``d_params`` of ``backward``, to the last bit, without d_x: what a training step asks for."""
        d_x, d_params = self.above_first(params, kept, d_y)
        name, layer = next(iter(self.layers.items()))
        d_params[name] = layer.chain_d_params(params.get(name, {}), kept.cache[name], d_x)
        return {name: d_params[name] for name in params}

    def above_first(self, params: Params, kept: Kept, d_y: Array) -> tuple[Any, Params]:
        """Return the gradients of the first layer's y, and of the parameters of all layers above it."""
        check_kept(kept)
        self.check_branches(params)
        check_array("d_y", d_y, (...,))
        d_x: Any = d_y
        d_params: Params = {}
        # The last layer to run is the first to be differentiated.
        for name, layer in list(self.layers.items())[:0:-1]:
            d_x, d_params[name] = layer.chain_backward(params.get(name, {}), kept.cache[name], d_x)
        return d_x, d_params

    def check_branches(self, params: Any) -> None:
        """Refuse all but a dict with branches of these layers."""
        if not isinstance(params, dict):
            raise TypeError(f"params must be a dict with a branch for each layer, but is {shown(params)}")
        self.check_names("params", params)

    def check_parts(self, given: Given) -> None:
        """Refuse a state, masks or moving statistics that are no dict of these layers' own."""
        for part in ("state", "masks", "moving"):
            by_name = getattr(given, part)
            if by_name is not None and not isinstance(by_name, dict):
                raise TypeError(f"{part} must be a dict by the names of the layers, but is {shown(by_name)}")
            self.check_names(part, by_name or {})

    def check_names(self, part: str, by_name: dict[Any, Any]) -> None:
        for name in by_name.keys() - self.layers.keys():
            raise ValueError(f"{part} has an unknown {shown(name)}; the layers are {', '.join(map(repr, self.layers))}")

    chain_params, chain_forward, chain_backward = init_params, forward, backward
    chain_d_params = d_params


def without_nothing(parts: dict[str, Any]) -> dict[str, Any]:
    """Return the dict without what is ``()`` or an empty dict: the layers that have no such part."""
    return {name: part for name, part in parts.items() if not (isinstance(part, dict | tuple) and not part)}
