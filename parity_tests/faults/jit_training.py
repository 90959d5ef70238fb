"""Faults in the compiled training step."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "jit/training/updates.py",
        "jit/test_training.py::test_every_optimizer_takes_the_steps_of_the_text_book_to_the_bit",
        ("Adagrad's root of the old a", "gradient * numbers[0, 0] / square_root(a))", "gradient * numbers[0, 0] / a)"),
        ("Nesterov steps along a", "direction + rounded_product(a, mu) if nesterov else a", "a"),
        ("the mean not taken off", "r = r - rounded_product(q, q)", "pass"),
        ("Adam divides by v", "(square_root(v) + epsilon)", "(v + epsilon)"),
    ),
    *faults_in(
        "jit/training/clipping.py",
        "jit/test_training.py::test_three_kinds_of_clipping",
        ("short gradients made longer", "numbers[0, 0] if norm <= numbers[0, 0] else norm", "norm"),
        ("bounds exchanged", "numbers[0, 1]), numbers[0, 0])", "numbers[0, 0]), numbers[0, 1])"),
    ),
    *faults_in(
        "jit/training/losses.py",
        "jit/test_training.py::test_an_output_layer_and_its_loss",
        ("gradient without its share", "store(d_y, row, k, fraction * share)", "store(d_y, row, k, fraction)"),
        ("labels not taken off", "(p[row, label] - 1) * share", "p[row, label] * share"),
    ),
    *faults_in(
        "jit/training/flat_state.py",
        "training/test_compiled.py::test_what_was_handed_out_stays_as_it_was_and_what_is_given_is_taken",
        ("what was handed out is changed", "if trainer.left is not self:", "if False:"),
    ),
    *faults_in(
        "jit/training/last_output.py",
        "training/test_compiled.py::test_the_last_output_is_the_h_of_the_final_state",
        ("the last output of a row that has none", "np.where(np.asarray(given.sequence_length)[:, None] > 0, h, 0)", "h"),
        ("c gets the gradient of h", "np.zeros_like(state.c), d_y", "np.resize(d_y, state.c.shape), d_y"),
        ("the name of a layer that nobody made", "return repr(RNN(self.cell, self.start))", "return 'LastOfRNN()'"),
    ),
    *faults_in(
        "jit/stack.py",
        "training/test_compiled.py::test_the_last_output_is_the_h_of_the_final_state",
        ("a small network given no gradients", "elif isinstance(tape, SmallTape) or not is_compiled(tape.cell):", "elif False:"),
    ),
    *faults_in(
        "jit/training/padding.py",
        "training/test_small_body.py::test_agrees_with_the_text_book",
        ("both directions from the same end", "lengths[forwards.rows] - 1, step_stride=-1", "0, step_stride=1"),
    ),
    *faults_in(
        "jit/training/padding.py",
        "training/test_small_body.py::test_full_rows_and_lengths_in_a_list",
        ("a row's mean taken for that of all steps", "lengths[:, None], mean, dtype)", 'lengths[:, None], "steps", dtype)'),
    ),
    *faults_in(
        "jit/training/small_body.py",
        "training/test_small_body.py::test_agrees_with_the_text_book",
        ("both directions in the same columns", "column=columns[number],", "column=0,"),
    ),
    *faults_in(
        "jit/training/body_share.py",
        "training/test_small_body.py::test_agrees_with_the_text_book",
        ("padding that has a share", "if t < fed.lengths[0, b] else 0", ""),
        ("one direction's gradient of x alone", "add_row(other, row, d_x, row)", "pass"),
        ("gradients added to those of the step before", "clear_row(d_e, word, 0, layout.depth)", "pass"),
    ),
    *faults_in(
        "jit/training/body_share.py",
        "training/test_small_body.py::test_whoever_fails_nobody_waits_for_ever_and_nothing_changes[1]",
        ("a step without the other half", "if first == 0 and are_there(team, threads):", "if first == 0:"),
    ),
    *faults_in(
        "jit/training/direction.py",
        "training/test_small_body.py::test_agrees_with_the_text_book",
        ("a direction from the state after it", "    clear_row(parts.states, 0, 0, layout.num_states)\n    most", "    most"),
    ),
    *faults_in(
        "jit/training/step.py",
        "training/test_small_body.py::test_a_state_that_is_carried_is_left_to_other_kernels",
        ("a state carried and forgotten", "if trainer.carry_state or not is_plain(x)", "if not is_plain(x)"),
    ),
]
