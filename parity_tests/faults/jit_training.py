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
]
