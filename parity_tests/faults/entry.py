"""Faults of how one gets in: the table of engines, what is imported when, what a program does without its extras."""

from parity_tests.faults.fault import Fault, faults_in


def faults_at(path, tests, *faults):
    """Return a ``Fault`` for each ``(what, old, new)`` in one file outside ``scratch``."""
    return [Fault(what, path, old, new, f"parity_tests/{tests}") for what, old, new in faults]


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
        ("one step too many", "[:, None, None] < self", "[:, None, None] <= self"),
        ("gradients left time-major", "in_layout(np.stack(d_inputs), time_major)", "np.stack(d_inputs)"),
        ("gradients read with the time last", "backward_steps(tape, d_steps", "backward_steps(tape, d_outputs"),
        ("gradient reversed in time", "backward_steps(tape, d_steps, d", "backward_steps(tape, d_steps[::-1], d"),
    ),
    *faults_in(
        "engines.py",
        "unroll/test_dynamic.py::test_a_row_of_length_0_hands_any_state_through_and_teaches_nothing",
        ("lengths lost on the way to the kernels", "run.inputs, run.lengths, run.state, run.masks, run.time_major", "run.inputs, None, run.state, run.masks, run.time_major"),
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
        ("gradients left time-major with checkpoints", "return in_layout(d_inputs, time_major)", "return d_inputs"),
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
        ("compiled code imported at once", 'FROM_JIT = ("g', 'jit.get_num_threads()\nFROM_JIT = ("g'),
        ("names of compiled code promised where there is none", 'if find_spec("numba"):', "if True:"),
    ),
    *faults_in(
        "jit/__init__.py",
        "test_entry.py",
        ("a bare ImportError", "        check_installed()\n        value", "        value"),
    ),
    *faults_in(
        "inputs/wire/_compiling.py",
        "test_entry.py",
        ("no reader without Numba", "    except ImportError:\n        return False", "    except ImportError:\n        raise"),
    ),
    *faults_in(
        "inputs/wire/_compiling.py",
        "inputs/test_tfrecord.py::test_masked_checksums_are_tensorflows",
        ("one registration for each reader", "        while pending:\n", "        if pending:\n"),
        compiled=True,
    ),
    *faults_in(
        "extras.py",
        "test_unrolled.py::test_what_is_missing_is_had_by_another_command_in_a_checkout",
        ("a checkout told to install what there is elsewhere", 'if not (folder / "setup.py").exists():', "if True:"),
        ("the folder of a checkout believed to be this one", 'folder == Path.cwd() else folder', "True else folder"),
        ("Keras in no extra", "BROUGHT_ALONG.get(module) or next(", "next("),
        ("a package called as it is imported", "package = PACKAGES.get(module, module)", "package = module"),
    ),
    *faults_in(
        "extras.py",
        "test_unrolled.py::test_setup_has_the_version_the_packages_and_the_extras",
        ("an extra that lost a package", '"sklearn", "tensorboard")', '"sklearn")'),
    ),
    *faults_at(
        "unrolled/__init__.py",
        "test_unrolled.py",
        ("any scratch taken", "if found is None or Path(found).resolve() != BESIDE:", "if False:"),
        ("the first scratch on the path taken", "    if module is None:\n", "    import scratch as module\n    if module is None:\n"),
        ("half a scratch left behind", '            del sys.modules["scratch"]\n', ""),
        ("scratch not there for its own imports", 'module = sys.modules["scratch"] = module_from_spec', "module = module_from_spec"),
        ("everything imported to answer any question", 'if name.startswith("__") and name != "__all__":', "if False:"),
        ("no star", ' and name != "__all__"', ""),
    ),
    *faults_at(
        "unrolled/__main__.py",
        "test_unrolled.py::test_python_m_unrolled_says_what_there_is",
        ("what is missing not named", "if find_spec(module) is None]", "if find_spec(module) is not None]"),
    ),
    *faults_at(
        "unrolled/program.py",
        "test_programs.py::test_how_a_program_ends",
        ("a status lost", "        status = ended.code\n", "        status = 0\n"),
        ("a result lost", "        status = main()\n", "        status = main() and None\n"),
        ("Ctrl-C like any end", "say(str(interrupt) or STOPPED, INTERRUPTED)", "say(str(interrupt) or STOPPED, 1)"),
        ("nothing said of what is missing", "        status = say(str(error), 1)\n", "        status = 1\n"),
        ("a file that is not there not named", "error.filename is None and ", ""),
    ),
    *faults_at(
        "unrolled/program.py",
        "test_programs.py::test_ctrl_c_that_is_ignored_stays_ignored",
        ("Ctrl-C for what runs in the background", "    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:\n        signal.signal(signal.SIGINT, stop)\n        #", "    if True:\n        signal.signal(signal.SIGINT, stop)\n        #"),
    ),
    *faults_at(
        "unrolled/program.py",
        "test_programs.py::test_nobody_reads_the_output",
        ("the output written once more at the end", "        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())\n", "        pass\n"),
        ("a closed output of no status of its own", "CLOSED if error.errno == errno.EPIPE else 1", "1"),
    ),
    *faults_at(
        "unrolled/program.py",
        "test_programs.py::test_there_is_no_room_for_the_output",
        ("the last words not looked after", "    sys.stdout.flush()\n    return status\n", "    return status\n"),
    ),
    *faults_at(
        "examples/common.py",
        "test_programs.py::test_blas_has_one_thread_unless_the_user_says_otherwise",
        ("the user overruled", "if not any(name in environment for name in (*BLAS_THREADS, OF_ALL)):", "if True:"),
        ("the variable of all passed over", "(*BLAS_THREADS, OF_ALL)):", "BLAS_THREADS):"),
    ),
    *faults_at(
        "examples/common.py",
        "test_programs.py::test_blas_is_told_before_numpy_is_imported",
        ("BLAS told nothing", "    choose_blas_threads(os.environ)\n", ""),
    ),
    *faults_at(
        "examples/common.py",
        "test_programs.py::test_ctrl_c_while_it_imports_takes_a_line[echo]",
        ("Ctrl-C while it imports", "    begin()\n", ""),
    ),
    *faults_at(
        "examples/common.py",
        "test_programs.py::test_an_empty_out_is_refused[echo]",
        ("the folder one works in written into", "    if not text:\n", "    if False:\n"),
    ),
    *faults_at(
        "examples/common.py",
        "test_programs.py::test_with_numpy_and_numba_alone_it_does_what_it_can[masked_loss]",
        ("no program without TensorFlow", "        left_out(console, \"TensorFlow's side\", error)\n        return None\n", "        raise\n"),
        ("no program without pictures", "        left_out(console, \"the pictures\", lacking(\"they need\", \"matplotlib\"))\n        return\n", "        raise\n"),
        ("pictures left out without a word", "        left_out(console, \"the pictures\", lacking(\"they need\", \"matplotlib\"))\n", ""),
    ),
    *faults_at(
        "examples/mnist_common.py",
        "test_programs.py::test_ctrl_c_in_the_middle_says_how_to_go_on",
        ("stopped without a word of --resume", 'raise KeyboardInterrupt(f"stopped before the end: {goes_on}") from interrupt', "raise"),
    ),
    *faults_at(
        "examples/mnist_common.py",
        "test_programs.py::test_with_numpy_and_numba_alone_it_does_what_it_can[mnist_rows]",
        ("no digits without scikit-learn", "        return draw_digits()\n", "        raise\n"),
    ),
    *faults_at(
        "examples/plain.py",
        "test_programs.py::test_plain_tables_and_words",
        ("markup printed", "print(without_markup(words) if markup else words", "print(words"),
        ("only the first line of a cell", "for number in range(max(map(len, row))):", "for number in range(1):"),
    ),
    *faults_at(
        "examples/cluster/alone.py",
        "test_programs.py::test_with_numpy_and_numba_alone_it_does_what_it_can[distributed]",
        ("the mean of the workers' means", "(count / counts.sum(), part)", "(1 / len(counts), part)"),
    ),
]
