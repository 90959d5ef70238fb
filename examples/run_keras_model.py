"""Take the weights out of a saved Keras model, and run it without TensorFlow.

    run_keras_model.py export MODEL.keras WEIGHTS.npz                the layers and their weights, in one file
    run_keras_model.py run WEIGHTS.npz INPUTS.npy OUTPUTS.npy        what model.predict returns, in float32

A model is a chain of layers of Keras: Embedding, SimpleRNN, LSTM, GRU, Bidirectional of these, Dense, and Dropout and
SpatialDropout1D, which do nothing once a model is trained. Whatever else it holds is refused by name.
"""

import argparse
import json
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np

from scratch import BasicLSTMCell, BasicRNNCell, Dense, GRUCell, dynamic_rnn
from scratch.activations import relu, sigmoid
from scratch.conversions import gru_from_keras, lstm_from_keras, rnn_from_keras
from scratch.files import written_whole

FORMAT = "a Keras model for unrolled, 1"


def softmax(z):
    p = np.exp(z - z.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


ACTIVATIONS = {"linear": lambda z: z, "relu": relu, "tanh": np.tanh, "sigmoid": sigmoid, "softmax": softmax}
MERGES = {
    "concat": lambda y, y_back: np.concatenate([y, y_back], axis=-1),
    "sum": np.add,
    "mul": np.multiply,
    "ave": lambda y, y_back: (y + y_back) / 2,
}

# The options of each layer that are written down, with the values that can be run; an empty tuple stands for any.
RECURRENT = {
    "units": (),
    "activation": ("tanh", "relu"),
    "return_sequences": (),
    "go_backwards": (),
    "zero_output_for_mask": (),
}
KEPT = {
    "Embedding": {"input_dim": (), "mask_zero": ()},
    "SimpleRNN": RECURRENT,
    "LSTM": RECURRENT,
    "GRU": {**RECURRENT, "reset_after": ()},
    "Bidirectional": {"merge_mode": tuple(MERGES)},
    "Dense": {"units": (), "activation": tuple(ACTIVATIONS)},
    "Dropout": {},
    "SpatialDropout1D": {},
}
# The options of which only one value can be run.
ONLY = {
    "recurrent_activation": ("sigmoid",),
    "return_state": (False,),
    "stateful": (False,),
    "quantization_config": (None,),
    "lora_rank": (None,),
}
# The options that change nothing once a model is trained, or that show in the weights.
HARMLESS = ("name", "trainable", "dtype", "seed", "dropout", "recurrent_dropout", "rate", "noise_shape", "unroll")
HARMLESS += ("use_bias", "unit_forget_bias", "output_dim", "layer", "backward_layer")
HARMLESS_ENDS = ("_initializer", "_regularizer", "_constraint")
# What NumPy raises for a file that is cut short, damaged, or something else altogether.
UNREADABLE = (OSError, ValueError, EOFError, KeyError, TypeError, AttributeError, MemoryError)
UNREADABLE += (zipfile.BadZipFile, zlib.error)


class Refused(Exception):
    """What the user is told, in one line."""


# --- export: Keras is asked what the model is -------------------------------------------------------------------------


def export(model_path, weights_path):
    """Write the layers of a saved model and their weights to one file."""
    if model_path.suffix != ".keras" or not model_path.is_file():
        raise Refused(f"{model_path} must be a file saved by Keras 3, with a name that ends in .keras")
    # Only this command needs TensorFlow, which takes seconds to import and is in an extra.
    from tf_impl.keras_layers import keras

    try:
        model = keras.saving.load_model(model_path, compile=False)
    except Exception as error:
        # A layer may raise anything at all while it is made; the last line of Keras's report says what was wrong.
        raise Refused(f"{model_path} cannot be loaded: {str(error).strip().splitlines()[-1]}") from error
    if not model.built or not getattr(model, "inputs", None):
        raise Refused("the model has no weights yet: give it an Input, or call it on data, before it is saved")
    # All layers before the chain: to name what cannot be run says more than that the chain is none.
    for layer in model.layers:
        if type(layer).__name__ != "InputLayer":
            describe(layer, "", {})
    if len(model.inputs) > 1 or len(model.outputs) > 1:
        raise Refused(
            f"the model has {len(model.inputs)} inputs and {len(model.outputs)} outputs, but may have one each"
        )
    arrays = {}
    layers = [describe(layer, f"{index}", arrays) for index, layer in enumerate(chain(model))]
    if any(layer["kind"] == "Embedding" for layer in layers[1:]):
        raise Refused("an Embedding must be the first layer")
    architecture = {"format": FORMAT, "input_shape": model.input_shape, "layers": layers}
    with written_whole(weights_path) as path, open(path, "wb") as file:
        np.savez(file, architecture=json.dumps(architecture), **arrays)
    print(f"{weights_path}: {len(layers)} layers, {sum(array.size for array in arrays.values())} weights")


def chain(model):
    """Return the layers from input to output, each of which must read the one before it and nothing else."""
    layers, masked, tensor = [], None, model.outputs[0]
    while tensor is not model.inputs[0]:
        layer, arguments = caller(tensor)
        check_kind(layer)
        for name, value in arguments.kwargs.items():
            if name == "mask" and value is not None and is_not_zero(value, model.inputs[0]):
                masked = layer
            elif value is not None and value is not False:
                raise Refused(f"{layer.name} is called with {name}, which cannot be run")
        if len(arguments.args) != 1:
            raise Refused(f"{layer.name} must read the layer before it and nothing else, but is called on more")
        (tensor,) = arguments.args
        layers.insert(0, layer)
    # Keras hands the mask of an Embedding on from layer to layer; without one it was made by hand.
    if masked and not getattr(layers[0], "mask_zero", False):
        raise Refused(f"{masked.name} is called with mask, which cannot be run")
    return layers


def caller(tensor):
    """Return what computes a tensor of a model, and the arguments it is called with."""
    operation, index, _ = tensor._keras_history
    return operation, operation._inbound_nodes[index].arguments


def is_not_zero(mask, inputs):
    """Say whether a mask is ``inputs != 0``, that of an Embedding with mask_zero."""
    operation, arguments = caller(mask)
    return type(operation).__name__ == "NotEqual" and arguments.args[0] is inputs and arguments.args[1:] == (0,)


def check_kind(layer):
    kind = type(layer).__name__
    if kind not in KEPT or not type(layer).__module__.startswith("keras."):
        raise Refused(f"{layer.name} is a {kind}, which cannot be run; these can: {', '.join(KEPT)}")


def describe(layer, name, arrays):
    """Return the kind and the options of a layer; put its weights into ``arrays``, under names below ``name``."""
    check_kind(layer)
    kind, config = type(layer).__name__, layer.get_config()
    described = {"kind": kind, **{option: config[option] for option in KEPT[kind]}}
    for option, value in config.items():
        if option.endswith(HARMLESS_ENDS) or option in HARMLESS:
            continue
        if option.endswith("activation"):
            # What is not one of Keras's own functions comes as a dict or an object; only its name is wanted.
            function = getattr(layer, option)
            value = getattr(function, "__name__", type(function).__name__)
        choices = {**ONLY, **KEPT[kind]}.get(option, (None, False))
        if choices and value not in choices:
            wanted = " or ".join(map(repr, choices))
            raise Refused(f"{layer.name}: {option}={value!r} of {kind} cannot be run; it must be {wanted}")
    if layer.compute_dtype != "float32":
        raise Refused(f"{layer.name} computes in {layer.compute_dtype}, but only float32 can be run")
    if kind == "Bidirectional":
        for direction in ("forward", "backward"):
            described[direction] = describe(getattr(layer, f"{direction}_layer"), f"{name}/{direction}", arrays)
    holder = getattr(layer, "cell", layer)
    for variable in ("embeddings", "kernel", "recurrent_kernel", "bias"):
        if getattr(holder, variable, None) is not None:
            arrays[f"{name}/{variable}"] = getattr(holder, variable).numpy()
        elif variable == "bias" and hasattr(holder, "use_bias"):
            rows = (2,) if getattr(holder, "reset_after", False) else ()
            arrays[f"{name}/bias"] = np.zeros((*rows, holder.kernel.shape[1]), np.float32)
    return described


# --- run: no Keras, no TensorFlow -------------------------------------------------------------------------------------


def run(weights_path, inputs_path, outputs_path, engine):
    """Write what the exported model makes of the inputs."""
    if not outputs_path.parent.is_dir():
        raise Refused(f"{outputs_path} cannot be written: there is no folder {outputs_path.parent}")
    architecture, arrays = load_weights(weights_path)
    layers = architecture["layers"]
    x, lengths = load_inputs(inputs_path, layers, architecture["input_shape"]), None
    for index, layer in enumerate(layers):
        try:
            x, lengths = apply(layer, below(arrays, f"{index}/"), x, lengths, engine)
        except KeyError as error:
            raise Refused(f"{weights_path} is not whole: layer {index} has no {error}") from error
    with written_whole(outputs_path) as path, open(path, "wb") as file:
        np.save(file, x)
    print(f"{outputs_path}: {x.dtype} {list(x.shape)}")


def load_weights(path):
    """Return ``(architecture, arrays)`` from a file that ``export`` has written."""
    try:
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        architecture = json.loads(str(arrays.pop("architecture")))
        known = architecture["format"] == FORMAT and "layers" in architecture and "input_shape" in architecture
    except FileNotFoundError:
        raise
    except UNREADABLE as error:
        raise Refused(f"{path} is not a whole file written by export: {error}") from error
    if not known:
        raise Refused(f"{path} was written by another version of this program: {architecture['format']!r}")
    return architecture, arrays


def load_inputs(path, layers, input_shape):
    """Return the inputs: whole numbers for an Embedding, float32 for any other layer."""
    try:
        with open(path, "rb") as opened:
            inputs = np.load(opened, allow_pickle=False)
        shape = inputs.shape
    except FileNotFoundError:
        raise
    except UNREADABLE as error:
        raise Refused(f"{path} is not a whole .npy file of numbers: {error}") from error
    if len(shape) != len(input_shape) or any(
        want not in (None, have) for have, want in zip(shape[1:], input_shape[1:], strict=True)
    ):
        wanted = ", ".join(["B", *("any" if size is None else str(size) for size in input_shape[1:])])
        raise Refused(f"the inputs must have shape [{wanted}], but have {list(shape)}")
    if layers and layers[0]["kind"] == "Embedding":
        if inputs.dtype.kind not in "iu":
            raise Refused(f"the inputs of an Embedding must be whole numbers, but are {inputs.dtype}")
        known = layers[0]["input_dim"]
        for place in map(tuple, np.argwhere((inputs < 0) | (inputs >= known))):
            raise Refused(f"inputs{list(map(int, place))} is {inputs[place]}, but the Embedding knows 0 to {known - 1}")
        return inputs
    if inputs.dtype.kind not in "iuf":
        raise Refused(f"the inputs must be numbers, but are {inputs.dtype}")
    return inputs.astype(np.float32)


def apply(layer, weights, x, lengths, engine):
    """Return ``(y, lengths)`` of one layer; ``lengths`` [B] is the mask that goes with y, or ``None``."""
    kind = layer["kind"]
    if kind == "Embedding":
        return weights["embeddings"][x], mask_to_lengths(x != 0) if layer["mask_zero"] else None
    if kind == "Dense":
        y, _ = Dense(layer["units"]).forward(weights, x)
        return ACTIVATIONS[layer["activation"]](y), lengths
    if kind == "Bidirectional":
        halves = []
        for direction in ("forward", "backward"):
            y, kept = apply(layer[direction], below(weights, f"{direction}/"), x, lengths, engine)
            halves.append(y)
        # The two run towards one another: step t of one is step T − 1 − t of the other.
        if layer["backward"]["return_sequences"]:
            halves[1] = halves[1][:, ::-1]
        return MERGES[layer["merge_mode"]](*halves), kept
    if kind in ("SimpleRNN", "LSTM", "GRU"):
        return recurrent(layer, weights, x, lengths, engine)
    return x, lengths


def below(arrays, prefix):
    """Return the arrays whose names begin with ``prefix``, under the rest of their names."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def mask_to_lengths(mask):
    """Return how many steps of each row are live, refusing rows whose masked steps are not all at the end."""
    lengths = mask.sum(axis=1)
    wrong = np.argwhere(mask != (np.arange(mask.shape[1]) < lengths[:, None]))
    if len(wrong):
        row, step = wrong[0]
        raise Refused(
            f"row {row} has a 0 at step {step}, before its end: mask_zero can be run only with zeros at the end"
        )
    return lengths


def recurrent(layer, weights, x, lengths, engine):
    """Return ``(y, lengths)`` of a recurrent layer, with Keras's padding and in Keras's order of time."""
    units, activation = layer["units"], layer["activation"]
    if layer["kind"] == "SimpleRNN":
        cell, from_keras = BasicRNNCell(units, activation), rnn_from_keras
    elif layer["kind"] == "LSTM":
        # Keras's forget bias is in its bias, and stays there.
        cell, from_keras = BasicLSTMCell(units, forget_bias=0.0, activation=activation), lstm_from_keras
    else:
        cell, from_keras = GRUCell(units, activation, layer["reset_after"]), gru_from_keras
    params = from_keras(cell, [weights[name] for name in ("kernel", "recurrent_kernel", "bias")])
    batch_size, num_steps = x.shape[:2]
    ends, steps = np.full((batch_size, 1), num_steps) if lengths is None else lengths[:, None], np.arange(num_steps)
    live = steps < ends
    if layer["go_backwards"]:
        x = in_order(x, np.where(live, ends - 1 - steps, steps))
    outputs, _, _ = dynamic_rnn(cell, params, x, ends[:, 0], engine=engine)
    if layer["go_backwards"]:
        # Keras goes through the padding first, which is then at the start, and of which it makes zeros.
        outputs = in_order(outputs, (steps + ends) % num_steps)
    elif not layer["zero_output_for_mask"]:
        # Past its end a row repeats its last output.
        outputs = in_order(outputs, np.clip(np.minimum(steps, ends - 1), 0, None))
    return (outputs, lengths) if layer["return_sequences"] else (outputs[:, -1], None)


def in_order(sequences, order):
    """Return sequences [B, T, size] with the steps of each row in the order [B, T]."""
    return np.take_along_axis(sequences, order[..., None], axis=1)


# --- both -------------------------------------------------------------------------------------------------------------


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    command = commands.add_parser("export", help="take the weights out of a saved model; needs the extra 'tf'")
    command.add_argument("model", type=Path, metavar="MODEL.keras", help="as model.save writes it")
    command.add_argument("weights", type=Path, metavar="WEIGHTS.npz", help="the file to write")
    command = commands.add_parser("run", help="run an exported model; needs no TensorFlow")
    command.add_argument("weights", type=Path, metavar="WEIGHTS.npz", help="as export writes it")
    command.add_argument("inputs", type=Path, metavar="INPUTS.npy", help="[B, T] whole numbers, or [B, T, D]")
    command.add_argument("outputs", type=Path, metavar="OUTPUTS.npy", help="the file to write")
    command.add_argument("--engine", choices=("numpy", "numba"), default="numpy", help="what computes (default numpy)")
    return parser.parse_args(argv)


def main(argv=None):
    arguments = parse(argv)
    try:
        if arguments.command == "export":
            export(arguments.model, arguments.weights)
        else:
            run(arguments.weights, arguments.inputs, arguments.outputs, arguments.engine)
    except (Refused, ImportError, OSError, TypeError, ValueError) as error:
        # The library's own refusals name what does not fit.
        sys.exit(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
