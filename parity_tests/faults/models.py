"""Faults in ``examples/saved_model``, each noticed by one model of ``parity_tests/keras_models.py``."""

from parity_tests.faults.fault import Fault

TESTS = "parity_tests/test_run_model.py::test_a_model_is_run_as_keras_runs_it"


def in_file(name, *faults):
    """Return a ``Fault`` for each ``(what, old, new, model)`` in one file of the package."""
    return [
        Fault(what, f"examples/saved_model/{name}", old, new, f"{TESTS}[{model}]") for what, old, new, model in faults
    ]


FAULTS = [
    *in_file(
        "recurrent.py",
        ("steps that do not count run first", "np.argsort(~live", "np.argsort(live", "front_last"),
        ("a hole shows the first output", "np.maximum(count - 1, 0)", "np.minimum(count - 1, 0)", "front_sequences"),
        ("padding in front shows the first output", " * (count > 0)[..., None]", "", "front_sequences"),
        ("zero_output_for_mask not looked at", "    if not options[\"zero_output_for_mask\"]:\n        return outputs\n", "    return outputs\n", "front_zeros"),
        ("an unrolled layer's mask not turned around", 'if options["unroll"] and options["go_backwards"]', 'if options["go_backwards"] and False', "front_unrolled"),
        ("the mask not turned around with the inputs", "x, live = x[:, ::-1], live[:, ::-1]", "x = x[:, ::-1]", "front_backwards"),
        ("the mask dropped behind the layer", "Tensor(outputs, mask) if", "Tensor(outputs) if", "front_sequences_of_2"),
        ("Keras 3's mask with a first state", 'options["keras"] == 3 and not call.mask_given', "False", "talk_decoder"),
        ("Keras 2's mask with a first state", 'call.initial_state and options["keras"] == 3', "call.initial_state", "talk_decoder_of_2"),
        ("a mask by hand not seen with a first state", " and not call.mask_given", "", "gaps_given"),
        ("first state in the other order", "LSTMState(c=states[1], h=states[0])", "LSTMState(c=states[0], h=states[1])", "talk_decoder"),
        ("states in the other order", "[state.h, state.c]", "[state.c, state.h]", "numbers_states"),
        ("stateful forgets", "        call.states[layer.path] = states\n", "        pass\n", "batches_stateful"),
        ("both halves are the first", "given[number * len(given) // 2 :", "given[0 * len(given) // 2 :", "numbers_states"),
        ("backward outputs in their own order", "Tensor(y_back.value[:, ::-1], y_back.mask)", "y_back", "front_both"),
    ),
    *in_file(
        "cells.py",
        ("gates of the LSTM in TF1's order", "z_i, z_f, z_j, z_o = self.split(z)", "z_i, z_j, z_f, z_o = self.split(z)", "numbers_gates"),
        ("reset gate on the input's part", "x_n + (r * h_n if", "r * x_n + (h_n if", "numbers_recurrent"),
        ("u and 1 - u swapped", "h = u * state + (1 - u) * n", "h = (1 - u) * state + u * n", "numbers_recurrent"),
        ("the gates' activation on the cell", "o * activate(self.activation, c)", "o * activate(self.recurrent_activation, c)", "numbers_gates"),
    ),
    *in_file(
        "layer_options.py",
        ("hard_sigmoid of Keras 3 for that of Keras 2", 'name == "hard_sigmoid" and keras == 2', "False", "numbers_gates_of_2"),
        ("a slope of a LeakyReLU forgotten", '"LeakyReLU": ("leaky_relu", ("negative_slope",))', '"LeakyReLU": ("leaky_relu", ())', "numbers_activation_layers"),
    ),
    *in_file(
        "merging.py",
        ("Keras 3 asks all masks", "functools.reduce(np.logical_or, masks)\n\n\ndef concatenate", "functools.reduce(np.logical_and, masks)\n\n\ndef concatenate", "talk_merged"),
        ("Keras 2 asks any mask", "functools.reduce(np.logical_and, masks) if masks", "functools.reduce(np.logical_or, masks) if masks", "talk_merged_of_2"),
        ("masked steps multiplied in", "np.where(mask[..., None], x, 1)", "x", "talk_merged"),
        ("a unit vector by the sum of its squares", "x / np.sqrt(", "x / (", "pair_merged"),
    ),
    *in_file(
        "along_time.py",
        ("odd padding to the front", "before, after = missing // 2, missing - missing // 2", "before, after = missing - missing // 2, missing // 2", "numbers_pool"),
        ("padding counts in an average", "return total / count", "return total / size", "numbers_pool"),
        ("causal padding behind", "before, after = size - 1, 0", "before, after = 0, size - 1", "numbers_conv"),
        ("padding counts in the mean of all", "np.where(live, x, 0).sum", "x.sum", "holes_average"),
    ),
    *in_file(
        "simple.py",
        ("a masked step not made 0", "x * mask[..., None], mask)", "x, mask)", "gaps_masking"),
        ("the mask of Masking is that of all features", ".any(axis=-1)", ".all(axis=-1)", "gaps_masking"),
        ("epsilon outside of the root", 'np.sqrt(variance + np.float32(options["epsilon"]))', '(np.sqrt(variance) + np.float32(options["epsilon"]))', "numbers_norm"),
        ("the mask of each page lost", "step_mask = mask.reshape(", "_ = mask.reshape(", "pages_time_distributed"),
    ),
    *in_file(
        "attention.py",
        ("steps that do not count are looked at", "if value.mask is not None:", "if value.mask is None and False:", "holes_attention"),
        ("a masked query has an output", "y if query.mask is None else y * query.mask[..., None]", "y", "holes_attention"),
    ),
    *in_file(
        "export.py",
        ("a layer described anew for each call", "self.parts[name] = describe_layer(operation, f\"{self.path}{name}/\"", "self.parts[name] = describe_layer(operation, f\"{self.path}0/\"", "pair_shared"),
        ("a call made anew for each output", "if (id(operation), call, output) not in self.numbers:", "if True:", "numbers_states"),
    ),
    *in_file(
        "saved.py",
        ("weights of Windows not found", '    if keras == 2:', '    if keras == 4:', "front_zeros_of_2"),
        ("weights up to 2.14 not found", '== "_layer_checkpoint_dependencies"]', '== "layers"]', "front_unrolled_of_2"),
        ("HDF5 known by its name", "hdf5 = file.read(len(HDF5)) == HDF5", 'hdf5 = path.suffix == ".h5"', "front_sequences_of_2"),
    ),
    Fault(
        "code in a layer inside a layer",
        "examples/saved_model/saved.py",
        "    for part in config if isinstance(config, list) else ():\n        refuse_code(part)\n",
        "",
        "parity_tests/test_run_model.py::test_what_is_no_model_is_named",
    ),
]
