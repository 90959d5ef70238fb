"""A chain of TensorFlow's own layers, and its gradients by TensorFlow's own differentiation."""

from collections.abc import Iterator
from typing import Any

import numpy as np

import scratch.training.network
from scratch.arrays import Array, Bool, DType, Masks, Params, State
from scratch.layer import NOTHING, Given, Kept
from scratch.tree import named_leaves
from tf_impl.cells.dropout import noise
from tf_impl.program import Program
from tf_impl.tensorflow import Tensor, tf, v1
from tf_impl.training.layers import Built, build, drawn


@build.register
def build_network(layer: scratch.training.network.Network, name: str, input_size: Any, dtype: DType) -> Built:
    """Return the chain of the layers ``Built``, each in its own scope within the scope ``name``; ``""`` for none."""
    chain, shape = {}, (1, 1, input_size)
    with v1.variable_scope(name or v1.get_variable_scope()):
        for part, link in layer.layers.items():
            chain[part] = build(link, part, shape[-1], dtype)
            shape = link.output_shape(shape)

    def call(x: Tensor, given: Given) -> tuple[Tensor, State]:
        states = {}
        for part, link in chain.items():
            x, states[part] = link.call(x, given.of(part))
        return x, {part: state for part, state in states.items() if not isinstance(state, tuple | dict) or state}

    weights = {part: link.weights for part, link in chain.items() if link.weights}
    return Built(call, weights, {part: link.moving for part, link in chain.items() if link.moving})


@drawn.register
def drawn_by_network(
    layer: scratch.training.network.Network, masks: Masks, num_steps: int
) -> Iterator[Bool[Array, "..."]]:
    for part, link in layer.layers.items():
        yield from drawn(link, (masks or {}).get(part, ()), num_steps)


def feed_masks(graph: Any, network: scratch.training.network.Network, masks: Masks, num_steps: int) -> dict[Any, Array]:
    """Return ``{tensor: noise}``, what a session feeds so that the layers' dropout drops as ``masks`` say."""
    masks_in_order = list(drawn(network, masks, num_steps))
    tensors = [op.outputs[0] for op in graph.get_operations() if op.type == "RandomUniform"]
    # The first were drawn where the cells were made.
    tensors = tensors[len(tensors) - len(masks_in_order) :]
    pairs = zip(tensors, masks_in_order, strict=True)
    return {tensor: noise(mask, tensor.dtype.as_numpy_dtype) for tensor, mask in pairs}


class Network:
    """The twin of the description ``scratch.Network``: the same ``forward`` and ``backward``."""

    def __init__(self, network: scratch.training.network.Network) -> None:
        self.network = network

    def forward(self, params: Params, x: Array, given: Given = NOTHING) -> tuple[Array, Kept]:
        """Return ``(y, kept)``; the cells are unrolled statically where there are masks to feed."""
        program, network = Program(), self.network
        (_, first), *_ = named_leaves(params)
        with program.graph.as_default():
            numbers = x.dtype.kind in "iu"
            built = build(network, "", x.shape[-1], first.dtype)
            weights = program.load(params, tf.nest.flatten(built.weights))
            tf_moving = program.load(given.moving, tf.nest.flatten(built.moving)) if given.moving else {}
            tf_x = program.feed(x)
            lengths = None if given.sequence_length is None else program.feed(np.asarray(given.sequence_length))
            state = None if given.state is None else program.feed(given.state)
            engine = "static" if given.masks else "dynamic"
            tf_given = Given(state, None, None, lengths, given.training, engine)
            y, new_state = built.call(tf_x, tf_given)
            program.differentiate((y,), (weights,) if numbers else (tf_x, weights))
            program.d_arguments = tf.nest.map_structure(tf.convert_to_tensor, program.d_arguments)
            updates = v1.get_collection(v1.GraphKeys.UPDATE_OPS)
        masks = feed_masks(program.graph, network, given.masks, x.shape[1]) if given.masks else {}
        program.feeds |= {tensor.ref(): array for tensor, array in masks.items()}
        y, state = program.run((y, new_state))
        program.run(updates)
        return y, Kept(program, state, program.run(tf_moving))

    def backward(self, params: Params, kept: Kept, d_y: Array) -> tuple[Array | None, Params]:
        """Return ``(d_x, d_params)``, from ``tf.gradients``."""
        *d_x, d_params = kept.cache.backward((d_y,))
        return (d_x[0] if d_x else None), d_params
