"""Take the weights out of a saved Keras model, and run it without TensorFlow.

    run_keras_model.py export MODEL.keras WEIGHTS.npz                the model and its weights, in one file
    run_keras_model.py run WEIGHTS.npz INPUTS.npy OUTPUTS.npy        what model.predict returns, in float32

A model is any graph of the layers below, saved by Keras 3 or Keras 2 as ``.keras`` or ``.h5``. Several inputs or
outputs are arrays in one ``.npz``, under the names that ``export`` prints. What cannot be run is refused by name.
"""

import argparse
import sys
from pathlib import Path

from common import Parser, end

import numpy as np
from keras_model import Refused
from keras_model.exported import read_exported, write_exported
from keras_model.kinds import layers_that_run
from keras_model.running import predict, wanted_shape

from scratch.archives import read_arrays, write_arrays
from scratch.files import written_whole


def export(model_path, weights_path):
    """Write the layers of a saved model and their weights to one file."""
    from keras_model.export import describe
    from keras_model.saved import load_saved

    description, arrays = describe(*load_saved(model_path))
    write_exported(weights_path, description, arrays)
    inputs = [f"{spec['name']} {wanted_shape(spec['shape'])}" for spec in description["inputs"]]
    print(f"inputs: {', '.join(inputs)}\noutputs: {', '.join(description['outputs'])}")
    layers = [part for part in description["model"]["parts"].values() if not part["kind"].startswith("ops.")]
    print(f"{weights_path}: {len(layers)} layers, {sum(array.size for array in arrays.values())} weights")


def run(weights_path, inputs_path, outputs_path, engine):
    """Write what the exported model makes of the inputs."""
    if not outputs_path.parent.is_dir():
        raise Refused(f"{outputs_path} cannot be written: there is no folder {outputs_path.parent}")
    described = read_exported(weights_path)
    names = described.outputs
    if len(names) > 1 and outputs_path.suffix != ".npz":
        raise Refused(f"{len(names)} outputs take a name that ends in .npz, which {outputs_path.name} does not")
    outputs = predict(described, read_inputs(inputs_path), engine)
    if outputs_path.suffix == ".npz":
        write_arrays(outputs_path, dict(zip(names, outputs, strict=True)))
    else:
        with written_whole(outputs_path) as path, open(path, "wb") as file:
            np.save(file, outputs[0])
    for name, output in zip(names, outputs, strict=True):
        print(f"{outputs_path}: {name} {output.dtype} {list(output.shape)}")


def read_inputs(path):
    """Return ``{name: array}`` of an ``.npz`` file, or an array of an ``.npy`` file."""
    with open(path, "rb") as file:
        if file.read(2) == b"PK":
            return read_arrays(path, ".npz file of numbers")
        file.seek(0)
        try:
            return np.lib.format.read_array(file, allow_pickle=False)
        except Exception as error:
            # NumPy's reader of headers raises errors of many kinds for damaged bytes.
            raise Refused(f"{path} is not a whole .npy file of numbers: {error}") from error


def parse(argv):
    layers = f"Layers that can be run: {layers_that_run()}."
    parser = Parser(description=__doc__, epilog=layers, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    command = commands.add_parser("export", help="take the weights out of a saved model; needs the extra 'tf'")
    command.add_argument("model", type=Path, metavar="MODEL.keras", help="as model.save writes it, or .h5")
    command.add_argument("weights", type=Path, metavar="WEIGHTS.npz", help="the file to write")
    command = commands.add_parser("run", help="run an exported model; needs no TensorFlow")
    command.add_argument("weights", type=Path, metavar="WEIGHTS.npz", help="as export writes it")
    command.add_argument("inputs", type=Path, metavar="INPUTS.npy", help="an array, or an .npz of several by name")
    command.add_argument("outputs", type=Path, metavar="OUTPUTS.npy", help="the file to write, .npz for several")
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
    end(main)
