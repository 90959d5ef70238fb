"""Faults of how one gets in: the table of engines, what is imported when, what a program does without its extras."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "engines.py",
        "unroll/test_dynamic.py",
        (
            "outputs left time-major",
            "return in_layout(np.stack(outputs), run.time_major)",
            "return np.stack(outputs)",
        ),
        ("inputs read with the time last", "return in_layout(self.inputs, self.time_major)", "return self.inputs"),
        ("a row as long as its length and one more", "[:, None, None] < self", "[:, None, None] <= self"),
        ("gradients left time-major", "return in_layout(np.stack(d_inputs), time_major)", "return np.stack(d_inputs)"),
        ("gradients read with the time last", "backward_steps(tape, d_steps", "backward_steps(tape, d_outputs"),
        ("gradient reversed in time", "backward_steps(tape, d_steps, d", "backward_steps(tape, d_steps[::-1], d"),
        ("lengths lost on the way to the kernels", "if run.lengths is None else run.lengths", ""),
    ),
    *faults_in(
        "engines.py",
        "unroll/test_dynamic.py::test_arguments_and_results_are_safe_from_one_another",
        ("final state shares memory with a cache", "map_tree(np.copy, state), tape", "state, tape"),
    ),
    *faults_in(
        "engines.py",
        "unroll/test_checkpointed.py",
        ("every state kept", "run.steps, self.checkpoint_every, run.state", "run.steps, 1, run.state"),
        ("gradients left time-major", "return in_layout(d_inputs, time_major)", "return d_inputs"),
    ),
    *faults_in(
        "engines.py",
        "unroll/test_forward_only.py",
        ("keep_tape makes no difference to the text book", "if not run.keep_tape:", "if False:"),
        ("outputs left time-major without a tape", "return in_layout(outputs, run.time_major)", "return outputs"),
        ("states kept without a tape", "run.masks, run.keep_tape\n", "run.masks, True\n"),
    ),
    *faults_in(
        "engines.py",
        "unroll/test_streaming.py",
        ("state not carried to the next step", "output, self.state, _ = masked_forward(", "output, _, _ = masked_forward("),
        ("a wrapper that drops nothing left without its masks", "x, self.state, masks)", "x, self.state, ())"),
        ("every stream run by the text book", "return jit.make_stream(cell, params, input_size, state)", "return CellStream(cell, params, state)"),
    ),
    *faults_in(
        "engines.py",
        "test_entry.py",
        ("a missing package found out in the middle", "    ENGINES[name].check_installed()\n", ""),
    ),
    *faults_in(
        "__init__.py",
        "test_entry.py",
        ("compiled code imported at once", 'FROM_JIT = ("S', 'jit.get_num_threads()\nFROM_JIT = ("S'),
        ("names of compiled code promised where there is none", 'if find_spec("numba"):', "if True:"),
    ),
    *faults_in(
        "jit/__init__.py",
        "test_entry.py",
        ("a bare ImportError", "    check_installed()\n    value", "    value"),
    ),
    *faults_in(
        "inputs/wire/compiling.py",
        "test_entry.py",
        ("no reader without Numba", "    except ImportError:\n        return False", "    except ImportError:\n        raise"),
    ),
    *faults_in(
        "inputs/wire/compiling.py",
        "inputs/test_tfrecord.py::test_masked_checksums_are_tensorflows",
        ("one lesson for each reader", "        while lessons:\n", "        if lessons:\n"),
        compiled=True,
    ),
]
