"""The layers of Keras 3, ``SimpleRNN``, ``LSTM`` and ``GRU``: what students meet today, as a witness.

Keras has its own order of the gates, its forget bias inside the bias, and a mask in place of lengths. The weights go
there and the gradients come back through ``scratch.conversions``; everything between is Keras.
"""

import os
from typing import Any

import scratch.cells.full_lstm
import scratch.cells.gru
import scratch.cells.lstm
import scratch.cells.rnn
from scratch import conversions
from scratch.arrays import Array, Bool, Float, Lengths, Params, State
from scratch.cells.lstm import LSTMState
from scratch.extras import lacking
from tf_impl.activations import activation
from tf_impl.tensorflow import Tensor, quiet, tf

# TensorFlow is what the tests compare with, also where the user has chosen another backend.
os.environ["KERAS_BACKEND"] = "tensorflow"
try:
    with quiet():
        import keras
except ImportError as error:
    raise ImportError(lacking("tf_impl.keras_layers needs", str(error.name))) from error
if keras.config.backend() != "tensorflow":
    raise ImportError(
        f"tf_impl.keras_layers needs Keras on TensorFlow, but it was imported on {keras.config.backend()}"
    )

# For each cell: the layer, and how weights get there and back.
LAYERS = {
    scratch.cells.rnn.BasicRNNCell: (keras.layers.SimpleRNN, conversions.rnn_to_keras, conversions.rnn_from_keras),
    scratch.cells.lstm.BasicLSTMCell: (keras.layers.LSTM, conversions.lstm_to_keras, conversions.lstm_from_keras),
    scratch.cells.full_lstm.LSTMCell: (keras.layers.LSTM, conversions.lstm_to_keras, conversions.lstm_from_keras),
    scratch.cells.gru.GRUCell: (keras.layers.GRU, conversions.gru_to_keras, conversions.gru_from_keras),
}


def keras_rnn(
    cell: Any,
    params: Params,
    inputs: Float[Array, "B T D"],
    initial_state: State,
    d_outputs: Float[Array, "B T H"],
    d_final_state: State,
    sequence_length: Lengths = None,
    mask: Bool[Array, "B T"] | None = None,
    **options: Any,
) -> tuple[Float[Array, "B T H"], State, Float[Array, "B T D"], State, Params]:
    """Return ``(outputs, final_state, d_inputs, d_initial_state, d_params)`` of the Keras layer for ``cell``.

    ``cell`` is the description of a ``BasicRNNCell``, ``BasicLSTMCell``, ``GRUCell`` or of an ``LSTMCell`` that is a
    ``BasicLSTMCell``; the arrays are those of ``scratch.dynamic_rnn``, batch-major. ``zero_output_for_mask`` makes
    Keras's padding TF1's. ``mask`` is a mask of steps, in the place of lengths, and ``options`` are further ones of the
    layer: with ``go_backwards`` its outputs, and ``d_outputs``, are in the order in which they are computed.
    Raises ``TypeError`` or ``ValueError`` for any other cell.
    """
    if type(cell) not in LAYERS:
        raise TypeError(f"Keras has no layer for {type(cell).__name__}")
    kind, to_keras, _ = LAYERS[type(cell)]
    options = {"zero_output_for_mask": True, "use_bias": cell.use_bias, **options}
    options |= {"reset_after": cell.reset_after} if kind is keras.layers.GRU else {}
    if hasattr(cell, "recurrent_activation"):
        options["recurrent_activation"] = activation(cell.recurrent_activation)
    layer = kind(
        cell.num_units,
        activation=activation(cell.activation),
        return_sequences=True,
        return_state=True,
        dtype=inputs.dtype.name,
        **options,
    )
    layer.build(inputs.shape)
    weights = [variable.value for variable in layer.trainable_variables]
    for variable, array in zip(weights, to_keras(cell, params), strict=True):
        variable.assign(array)
    if sequence_length is not None:
        mask = tf.sequence_mask(sequence_length, inputs.shape[1])
    x, state = tf.constant(inputs), keras_state(initial_state)
    with tf.GradientTape() as tape:
        tape.watch([x, state])
        outputs, *final_state = layer(x, initial_state=state, mask=mask)
    d_results = [tf.constant(d_outputs), keras_state(d_final_state)]
    d_arguments = tape.gradient([outputs, final_state], [x, state, weights], d_results, unconnected_gradients="zero")
    outputs, final_state, d_inputs, d_state, d_weights = tf.nest.map_structure(
        lambda tensor: tensor.numpy(), [outputs, final_state, *d_arguments]
    )
    return (
        outputs,
        scratch_state(final_state),
        d_inputs,
        scratch_state(d_state),
        conversions.gradients_from_keras(cell, d_weights),
    )


def keras_state(state: State) -> list[Float[Tensor, "B H"]]:
    """Return the state as tensors in Keras's order: h, then c."""
    return [tf.constant(array) for array in ([state.h, state.c] if isinstance(state, LSTMState) else [state])]


def scratch_state(arrays: list[Float[Array, "B H"]]) -> State:
    """Return ``LSTMState(c, h)`` of h and c, or the one array itself."""
    return LSTMState(c=arrays[1], h=arrays[0]) if len(arrays) == 2 else arrays[0]
