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
        "jit/training/direction.py",
        "training/test_small_body.py::test_agrees_with_the_text_book",
        ("both directions from the same end", "return length - 1 - t if layout.backwards else t", "return t"),
    ),
    *faults_in(
        "jit/training/small_body.py",
        "training/test_small_body.py::test_agrees_with_the_text_book",
        ("both directions in the same columns", "            column += width\n", ""),
    ),
    *faults_in(
        "jit/training/small_body.py",
        "training/test_small_body.py::test_what_could_overflow_past_the_end_of_a_row_is_left_to_other_kernels",
        ("states that may overflow", 'getattr(layer, "activation", None) == "tanh"', "True"),
    ),
    *faults_in(
        "jit/training/step.py",
        "training/test_small_body.py::test_a_state_that_is_carried_is_left_to_other_kernels",
        ("a state carried and forgotten", "if trainer.carry_state or not is_plain(x)", "if not is_plain(x)"),
    ),
    *faults_in(
        "jit/training/turns.py",
        "training/test_small_body.py::test_whoever_fails_nobody_waits_for_ever",
        ("the head before both are there", "if first == 0 and its.wait():", "if first == 0:"),
    ),
]
