"""Faults in the walk of one row, ``scratch/jit/single``, and where it is taken."""

from parity_tests.faults.fault import faults_in

AT_ANY_LENGTH = "jit/test_single.py::test_agrees_with_numpy_at_any_length"
EVERY_CELL = "jit/test_single.py::test_every_cell_agrees_with_numpy_whole_and_step_by_step"

FAULTS = [
    *faults_in(
        "jit/single/walk.py",
        AT_ANY_LENGTH,
        ("a block begins with the state of the last one", "copy_row(rows, steps, layer.one + 1,", "copy_row(rows, 0, layer.one + 1,"),
        ("every block has the inputs of the first", "copy_row(x, start + t,", "copy_row(x, t,"),
        ("outputs a step late", "copy_row(rows, t + 1, highest", "copy_row(rows, t, highest"),
        ("h W_h instead of x W_x", "unit + size), plan.inputs > 0)", "unit + size), False)"),
        ("z of x among the units of the first gate", "column // size * plan.gate_size + unit", "unit"),
        ("the rows of x are those of h", "+ plan.inputs * plan.gates * size\n", "\n"),
    ),
    *faults_in(
        "jit/single/layout.py",
        EVERY_CELL,
        ("h for r ⊙ h", "source=scope.h_size if equations.own in names else 0", "source=0"),
        ("gates of few units as wide as a vector", "target=target + gate * width", "target=target + gate * self.vector"),
        ("a later product over the gates of the first", "            target += len(product.gates) * width\n", ""),
    ),
    *faults_in(
        "jit/single/plan.py",
        EVERY_CELL,
        ("the forget bias left out", "in self.packing.constants:", "in []:"),
    ),
    *faults_in(
        "jit/single/packing.py",
        EVERY_CELL,
        ("peepholes left out", "1, 1, width, width, 0, 0, units)", "1, 1, width, width, 0, 0, 0)"),
        ("every parameter begins where the first does", "(strips.at if is_one_of_all else 0)", "0"),
    ),
    *faults_in(
        "jit/single/entry.py",
        EVERY_CELL,
        ("the final state is anything", "    move_states(table, numbers, final, 0, False)\n", ""),
        ("the state begins among the parameters", "given, num_params, True)", "given, 0, True)"),
    ),
    *faults_in(
        "jit/single/packing.py",
        AT_ANY_LENGTH,
        ("every parameter in the first rows", "strips.row + k, gate * size", "k, gate * size"),
        ("the first gate's weights for all", "(strips.gate + gate) * strips.units + unit", "strips.gate * strips.units + unit"),
    ),
    *faults_in(
        "jit/stack.py",
        AT_ANY_LENGTH,
        ("steps past the end of the row", "matrix(x)[:length], matrix(outputs)[:length]", "matrix(x), matrix(outputs)"),
    ),
    *faults_in(
        "jit/stream.py",
        EVERY_CELL,
        ("the step that compiles counts", "        plan.set_state(self.row.numbers, state)\n", ""),
    ),
    *faults_in(
        "jit/stream.py",
        "jit/test_single.py::test_nothing_is_kept_of_the_callers_and_nothing_compiled_anew",
        ("compiled for another layout", "self.row.run(plain(x), output)", "self.row.run(x, output)"),
        compiled=True,
    ),
    *faults_in(
        "jit/machine/tile.py",
        "jit/test_single.py::test_a_strip_is_a_product_of_one_row",
        ("a strip with the first gate's weights for all", "row_of_b[i * vectors + j]", "row_of_b[j]"),
        compiled=True,
    ),
    *faults_in(
        "jit/single/walk.py",
        "jit/test_meetings.py::test_any_number_of_threads_gives_the_same_bits",
        ("every thread begins with the first unit", "groups * (share.me + more) // share.threads", "groups * more"),
        compiled=True,
    ),
]
