"""Keras 3's layers on whichever backend it was imported with: a mask for lengths, outputs past the end 0."""

import itertools

import keras

from parity_tests.harness import Results
from parity_tests.scoreboard.engine import asked, layers_of, live_steps, words_for
from scratch import BasicRNNCell, GRUCell, LSTMState
from scratch.conversions import gradients_from_keras, to_keras


def differentiate(run, arrays, seeds):
    """Return what ``run(*tensors)`` returns, and its gradients with the given weights, by the backend's own means."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        tensors = [tf.constant(array) for array in arrays]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            results = run(*tensors)
        gradients = tape.gradient(results, tensors, [tf.constant(seed) for seed in seeds])
    elif backend == "torch":
        import torch

        tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
        results = run(*tensors)
        gradients = torch.autograd.grad(results, tensors, [torch.tensor(seed) for seed in seeds])
    else:
        import jax

        results, pull_back = jax.vjp(run, *map(keras.ops.convert_to_tensor, arrays))
        gradients = pull_back([keras.ops.convert_to_tensor(seed) for seed in seeds])
    return [[keras.ops.convert_to_numpy(array) for array in part] for part in (results, gradients)]


def layer_of(cell, dtype, **options):
    options |= {"activation": cell.activation, "return_sequences": True, "return_state": True, "dtype": dtype}
    options["zero_output_for_mask"] = True
    if isinstance(cell, BasicRNNCell):
        return keras.layers.SimpleRNN(cell.num_units, **options)
    if isinstance(cell, GRUCell):
        return keras.layers.GRU(cell.num_units, reset_after=cell.reset_after, **options)
    return keras.layers.LSTM(cell.num_units, **options)


def parts(state):
    return [state.h, state.c] if isinstance(state, LSTMState) else [state]


def answer(case, problem):
    """Each layer is a function of its weights; a pair of directions is a layer and one that goes backwards."""
    dtype, both = problem.inputs.dtype.name, case.direction == "both"
    keras.config.set_floatx(dtype)
    cells = [case.cell, case.cell] if both else layers_of(case.cell)
    stacked = len(cells) > 1
    own = [problem.params[f"{'fb'[n]}w" if both else f"cell_{n}"] for n in range(2)] if stacked else [problem.params]
    states = list(problem.initial_state) if stacked else [problem.initial_state]
    with words_for():
        weights = [to_keras(cell, params) for cell, params in zip(cells, own, strict=True)]
    width, count = len(parts(states[0])), len(weights[0])
    mask = live_steps(case)
    mask = None if mask is None else keras.ops.convert_to_tensor(mask)
    with asked():
        layers = [layer_of(cell, dtype, go_backwards=both and n == 1) for n, cell in enumerate(cells)]
        layers[0].build(problem.inputs.shape)
        for layer in layers[1:]:
            layer.build(problem.inputs.shape if both else (*problem.inputs.shape[:2], cells[0].output_size))

    def run(x, *rest):
        found, finals = [], []
        for n, layer in enumerate(layers):
            at, fixed = len(layers) * count + n * width, [variable.value for variable in layer.non_trainable_variables]
            own, start = list(rest[n * count : (n + 1) * count]), list(rest[at : at + width])
            (y, *final), _ = layer.stateless_call(own, fixed, x, initial_state=start, mask=mask, training=True)
            finals += final
            if both:
                found.append(keras.ops.flip(y, 1) if n else y)
            else:
                x, found = y, [y]
        return [*found, *finals]

    arrays = [problem.inputs, *itertools.chain(*weights), *itertools.chain(*map(parts, states))]
    d_states = list(problem.d_final_state) if stacked else [problem.d_final_state]
    seeds = [*(problem.d_outputs if both else [problem.d_outputs]), *itertools.chain(*map(parts, d_states))]
    with asked():
        results, gradients = differentiate(run, arrays, seeds)
    return together(case, cells, results, gradients, count, width)


def together(case, cells, results, gradients, count, width):
    """Return the ``Results`` from flat lists: outputs and states; and the gradients of x, weights and states."""
    both, stacked = case.direction == "both", len(cells) > 1

    def states_of(flat):
        pairs = [flat[n * width : (n + 1) * width] for n in range(len(cells))]
        found = tuple(LSTMState(c=pair[1], h=pair[0]) if width == 2 else pair[0] for pair in pairs)
        return found if stacked else found[0]

    d_weights = [gradients[1 + n * count : 1 + (n + 1) * count] for n in range(len(cells))]
    d_params = [gradients_from_keras(cell, list(part)) for cell, part in zip(cells, d_weights, strict=True)]
    names = ("fw", "bw") if both else ("cell_0", "cell_1")
    return Results(
        tuple(results[:2]) if both else results[0],
        states_of(results[2 if both else 1 :]),
        gradients[0],
        states_of(gradients[1 + len(cells) * count :]),
        dict(zip(names, d_params, strict=True)) if stacked else d_params[0],
    )
