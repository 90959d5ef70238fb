"""Bidirectional layers on top of one another: ``stack_bidirectional_dynamic_rnn`` of TensorFlow 1.15's ``tf.contrib``.

    x⁰ = inputs
    xˡ⁺¹ = [output_fwˡ, output_bwˡ]       l = 0 … N − 1, side by side along the features
    outputs = xᴺ

Each layer reads both directions of the one below, so from the second layer on a cell knows the whole row at every step.
Two ``MultiRNNCell`` in one ``bidirectional_dynamic_rnn`` are something else: there the directions never meet. The page
is ``docs/unroll/stack_bidirectional.md``.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Unpack

import numpy as np

from scratch.arguments import UnrollOptions, check_tape
from scratch.arrays import Array, DType, Float, Initializer, Lengths, Masks, Params, Shapes, State
from scratch.cell import Cell
from scratch.checks import check_array, check_state
from scratch.engines import check_engine
from scratch.fit import check_fit
from scratch.initializers import glorot_uniform
from scratch.options import check_count
from scratch.unroll.bidirectional import (
    BidirectionalTape,
    Pair,
    bidirectional_dynamic_rnn,
    bidirectional_dynamic_rnn_backward,
    bidirectional_params,
    check_cells,
    check_inputs,
    check_pair,
    check_starts,
    param_shapes,
)


def stack_bidirectional_params(
    rng: np.random.Generator,
    cells_fw: Sequence[Cell],
    cells_bw: Sequence[Cell],
    input_size: int,
    dtype: DType = np.float32,
    kernel_initializer: Initializer = glorot_uniform,
) -> Params:
    """Return freshly drawn ``{"cell_0": {"fw": …, "bw": …}, …}`` for the layers over inputs of width ``input_size``."""
    layers = check_layers(cells_fw, cells_bw, check_count("input_size", input_size))
    params = {}
    for layer, (cells, width) in enumerate(layers):
        cell_fw, cell_bw = cells.values()
        params[f"cell_{layer}"] = bidirectional_params(rng, cell_fw, cell_bw, width, dtype, kernel_initializer)
    return params


def stack_bidirectional_dynamic_rnn(
    cells_fw: Sequence[Cell],
    cells_bw: Sequence[Cell],
    params: Params,
    inputs: Float[Array, "_ _ D"],
    initial_states_fw: Sequence[State] | None = None,
    initial_states_bw: Sequence[State] | None = None,
    sequence_length: Lengths = None,
    time_major: bool = False,
    *,
    engine: str = "numpy",
    masks: Masks = None,
    **options: Unpack[UnrollOptions],
) -> tuple[Float[Array, "_ _ fw_and_bw"], State, State, list[BidirectionalTape] | None]:
    """Unroll bidirectional layers over ``inputs`` [B, T, D] and return ``(outputs, states_fw, states_bw, tapes)``.

    - ``cells_fw``, ``cells_bw``: lists of N cells each, from the lowest layer to the highest.
    - ``params``: ``{"cell_0": {"fw": …, "bw": …}, …}``, as ``stack_bidirectional_params`` draws them.
    - ``initial_states_fw``, ``initial_states_bw``: a state for each layer; zeros where not given.
    - ``masks``: for each layer the pair that ``bidirectional_dynamic_rnn`` takes, where a cell has dropout.

    ``outputs`` is [B, T, H_fw + H_bw] of the highest layer, the states are tuples of N, ``tapes`` is a list of N, or
    ``None`` without ``keep_tape``.
    All else, the errors too, is as in ``bidirectional_dynamic_rnn``.
    Source: ``tf.contrib.rnn.stack_bidirectional_dynamic_rnn`` of TensorFlow 1.15.
    """
    sizes = check_inputs(inputs, sequence_length, time_major)
    check_engine(engine)
    layers = check_layers(cells_fw, cells_bw, sizes[2])

    def shapes(input_size: int) -> Shapes:
        found = check_layers(cells_fw, cells_bw, input_size)
        return {f"cell_{layer}": param_shapes(cells, width) for layer, (cells, width) in enumerate(found)}

    check_fit(params, shapes, sizes[2], inputs.dtype, "inputs")
    starts_fw = one_a_layer("initial_states_fw", initial_states_fw, len(layers))
    starts_bw = one_a_layer("initial_states_bw", initial_states_bw, len(layers))
    masks = one_a_layer("masks", masks, len(layers))
    for layer, (cells, width) in enumerate(layers):
        starts = f"initial_states_fw[{layer}]", f"initial_states_bw[{layer}]"
        states = dict(zip(starts, (starts_fw[layer], starts_bw[layer]), strict=True))
        check_starts(cells, states, masks[layer], (sizes[0], sizes[1], width), inputs.dtype, engine, f"masks[{layer}]")

    outputs, final_states, tapes = inputs, [], []
    unroll: Any = partial(bidirectional_dynamic_rnn, time_major=time_major, engine=engine, **options)
    for layer, (cells, _) in enumerate(layers):
        (cell_fw, cell_bw), own, masks_of_layer = cells.values(), params[f"cell_{layer}"], masks[layer]
        states = {"initial_state_fw": starts_fw[layer], "initial_state_bw": starts_bw[layer]}
        pair, states_of_layer, tape = unroll(
            cell_fw, cell_bw, own, outputs, sequence_length, masks=masks_of_layer, **states
        )
        # xˡ⁺¹ = [output_fwˡ, output_bwˡ]
        outputs = np.concatenate(pair, axis=2)
        final_states.append(states_of_layer)
        tapes.append(tape)
    states_fw, states_bw = zip(*final_states, strict=True)
    return outputs, states_fw, states_bw, None if tapes[0] is None else tapes


def stack_bidirectional_dynamic_rnn_backward(
    tapes: list[BidirectionalTape], d_outputs: Any = None, d_final_states: Pair = None
) -> tuple[Float[Array, "_ _ D"], State, Params]:
    """Return ``(d_inputs, (d_initial_states_fw, d_initial_states_bw), d_params)``.

    ``d_outputs`` is in the shape of the outputs and ``d_final_states`` is the pair ``(d_states_fw, d_states_bw)`` of
    tuples with a state for each layer; ``None``, for any of these, stands for zeros.
    """
    if not isinstance(tapes, list) or not tapes:
        raise TypeError("tapes must be the list that stack_bidirectional_dynamic_rnn returned")
    for layer, tape in enumerate(tapes):
        check_tape(f"tapes[{layer}]", tape, BidirectionalTape)
    if d_outputs is not None:
        *leading, width_fw = tapes[-1].fw.output_shape
        shape = *leading, width_fw + tapes[-1].bw.output_shape[2]
        check_array("d_outputs", d_outputs, shape, tapes[-1].fw.tape.dtype)
    d_states = []
    for side, d_side in enumerate(check_pair("d_final_states", d_final_states)):
        if d_side is not None:
            state_size = tuple((tape.fw, tape.bw)[side].tape.cell.state_size for tape in tapes)
            check_state(f"d_final_states[{side}]", d_side, state_size, tapes[0].batch_size, tapes[0].fw.tape.dtype)
        d_states.append([None] * len(tapes) if d_side is None else d_side)

    d_initial_states: list[State] = []
    d_params: Params = {}
    # The last layer to run is the first to be differentiated.
    for layer in reversed(range(len(tapes))):
        if d_outputs is not None:
            d_outputs = np.split(d_outputs, [tapes[layer].fw.output_shape[2]], axis=2)
        d_outputs, d_initial_state, d_params[f"cell_{layer}"] = bidirectional_dynamic_rnn_backward(
            tapes[layer], d_outputs, (d_states[0][layer], d_states[1][layer])
        )
        d_initial_states.insert(0, d_initial_state)
    d_params = {f"cell_{layer}": d_params[f"cell_{layer}"] for layer in range(len(tapes))}
    return d_outputs, tuple(zip(*d_initial_states, strict=True)), d_params


def check_layers(cells_fw: Any, cells_bw: Any, input_size: int) -> list[tuple[dict[str, Cell], int]]:
    """Return ``({name: cell_fw, name: cell_bw}, width of the input)`` of each layer, refusing what makes no layers."""
    for name, cells in {"cells_fw": cells_fw, "cells_bw": cells_bw}.items():
        if not isinstance(cells, list | tuple):
            raise TypeError(f"{name} must be a list of cells, one a layer, but is {type(cells).__name__}")
        if not cells:
            raise ValueError(f"{name} must hold at least one cell, but is empty")
    if len(cells_fw) != len(cells_bw):
        raise ValueError(f"cells_fw has {len(cells_fw)} layers, but cells_bw has {len(cells_bw)}")
    layers = []
    for layer, (cell_fw, cell_bw) in enumerate(zip(cells_fw, cells_bw, strict=True)):
        cells = {f"cells_fw[{layer}]": cell_fw, f"cells_bw[{layer}]": cell_bw}
        check_cells(cells)
        layers.append((cells, input_size))
        input_size = cell_fw.output_size + cell_bw.output_size
    return layers


def one_a_layer(name: str, given: Any, num_layers: int) -> Any:
    """Return a list or tuple with an entry for each layer, all ``None`` where it is ``None``, refusing all else."""
    if given is None:
        return [None] * num_layers
    if not isinstance(given, list | tuple) or len(given) != num_layers:
        raise TypeError(f"{name} must be a list with an entry for each of the {num_layers} layers")
    return given
