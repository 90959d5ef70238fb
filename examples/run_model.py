"""Take the weights out of a saved model of Keras, ONNX or PyTorch, and run it without any of them.

    run_model.py export MODEL.keras WEIGHTS.npz                            a model of Keras 3 or 2, also .h5
    run_model.py export MODEL.onnx WEIGHTS.npz                             a model of ONNX
    run_model.py export MODEL.safetensors WEIGHTS.npz --layers WORD ...    a state of PyTorch, and what it is of
    run_model.py run WEIGHTS.npz INPUTS.npy OUTPUTS.npy                    what the model computes of the inputs

The modules of a state are named in their order, NAME:KIND with NAME as in the state: --layers embedding:Embedding
rnn:LSTM last fc:Linear softmax. KIND is Embedding, RNN, LSTM, GRU, Linear or LayerNorm; rnn:RNN:relu has the other
activation, and rnn:LSTM:state hands on the last state. last, mean and max say what is kept of the steps. Several inputs
or outputs are arrays in one .npz, under the names that export prints. What cannot be run is refused by name.
"""

import argparse
import sys
from pathlib import Path

from common import Parser, end

import numpy as np
from saved_model import Refused
from saved_model.exported import read_exported, write_exported
from saved_model.kinds import layers_that_run, operators_that_run
from saved_model.running import predict, wanted_shape

from scratch.archives import read_arrays, write_arrays
from scratch.files import open_file, written_whole


def described(path, layers, ignored):
    """Return the description of a model in a file, and its arrays, by what the file is."""
    from saved_model.saved import kind_of_file, load_saved

    kind = kind_of_file(path)
    if kind != "safetensors" and (layers or ignored):
        raise Refused(f"--layers and --ignore are for a state in .safetensors, but {path} is of {kind}")
    if kind == "keras":
        from saved_model.export import describe

        return describe(*load_saved(path))
    if kind == "onnx":
        from saved_model.onnx_export import describe_onnx, load_onnx

        return describe_onnx(load_onnx(path))
    from saved_model.torch_export import describe_torch, load_state

    return describe_torch(load_state(path), layers, ignored)


def export(model_path, weights_path, layers, ignored):
    """Write the layers of a saved model and their weights to one file."""
    description, arrays = described(model_path, layers, ignored)
    write_exported(weights_path, description, arrays)
    batched = description["framework"] != "onnx"
    inputs = [f"{spec['name']} {wanted_shape(spec['shape'], batched)}" for spec in description["inputs"]]
    print(f"inputs: {', '.join(inputs)}\noutputs: {', '.join(description['outputs'])}")
    parts = [part for part in description["model"]["parts"].values() if not part["kind"].startswith("ops.")]
    print(f"{weights_path}: {len(parts)} layers, {sum(array.size for array in arrays.values())} weights")


def run(weights_path, inputs_path, outputs_path, engine):
    """Write what the exported model makes of the inputs."""
    if not outputs_path.parent.is_dir():
        raise Refused(f"{outputs_path} cannot be written: there is no folder {outputs_path.parent}")
    described = read_exported(weights_path)
    names = described.outputs
    if len(names) > 1 and outputs_path.suffix != ".npz":
        raise Refused(f"{len(names)} outputs take a name that ends in .npz, which {outputs_path.name} does not")
    outputs = predict(described, read_inputs(inputs_path), engine)
    if len(outputs) != len(names):
        raise Refused(f"{weights_path} is not whole: it names {len(names)} outputs, and the model has {len(outputs)}")
    write_outputs(outputs_path, names, outputs)
    for name, output in zip(names, outputs, strict=True):
        print(f"{outputs_path}: {name} {output.dtype} {list(output.shape)}")


def write_outputs(path, names, outputs):
    """Write arrays to an ``.npz`` file under their names, or the only one to an ``.npy`` file."""
    if path.suffix == ".npz":
        write_arrays(path, dict(zip(names, outputs, strict=True)))
    else:
        with written_whole(path) as unfinished, open(unfinished, "wb") as file:
            np.save(file, outputs[0])


def read_inputs(path):
    """Return ``{name: array}`` of an ``.npz`` file, or an array of an ``.npy`` file."""
    with open_file(path) as file:
        if file.read(2) == b"PK":
            return read_arrays(path, ".npz file of numbers")
        file.seek(0)
        try:
            return np.lib.format.read_array(file, allow_pickle=False)
        except Exception as error:
            # NumPy's reader of headers raises errors of many kinds for damaged bytes.
            raise Refused(f"{path} is not a whole .npy file of numbers: {error}") from error


def parse(argv):
    known = f"Layers of Keras that can be run: {layers_that_run()}.\n\nOperators of ONNX: {operators_that_run()}."
    parser = Parser(description=__doc__, epilog=known, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    command = commands.add_parser("export", help="take the weights out; needs the extra 'tf' or 'convert'")
    command.add_argument("model", type=Path, metavar="MODEL", help="a .keras, .h5, .onnx or .safetensors file")
    command.add_argument("weights", type=Path, metavar="WEIGHTS.npz", help="the file to write")
    command.add_argument("--layers", nargs="+", default=[], metavar="WORD", help="the modules of a PyTorch state")
    command.add_argument("--ignore", nargs="+", default=[], metavar="NAME", help="weights of a state to leave out")
    command = commands.add_parser("run", help="run an exported model; needs NumPy alone")
    command.add_argument("weights", type=Path, metavar="WEIGHTS.npz", help="as export writes it")
    command.add_argument("inputs", type=Path, metavar="INPUTS.npy", help="an array, or an .npz of several by name")
    command.add_argument("outputs", type=Path, metavar="OUTPUTS.npy", help="the file to write, .npz for several")
    command.add_argument("--engine", choices=("numpy", "numba"), default="numpy", help="what computes (default numpy)")
    return parser.parse_args(argv)


def main(argv=None):
    arguments = parse(argv)
    try:
        if arguments.command == "export":
            export(arguments.model, arguments.weights, arguments.layers, arguments.ignore)
        else:
            run(arguments.weights, arguments.inputs, arguments.outputs, arguments.engine)
    except (Refused, ImportError, OSError, TypeError, ValueError) as error:
        # The library's own refusals name what does not fit.
        sys.exit(str(error))
    return 0


if __name__ == "__main__":
    end(main)
