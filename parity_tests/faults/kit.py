"""Faults in the conformance vectors, and in the bounds of rounding that their tolerances come from."""

from parity_tests.faults.fault import Fault

BOUNDS, VECTORS = "parity_tests/bounds", "parity_tests/vectors"


def faults_in(path, test, *faults):
    return [Fault(what, path, old, new, test) for what, old, new in faults]


FAULTS = [
    *faults_in(
        f"{BOUNDS}/running.py",
        f"{BOUNDS}/test_bounds.py",
        ("error of one factor forgotten", "rest = abs(a) * rest_b + abs(b) * rest_a + both", "rest = abs(a) * rest_b + both"),
        ("factors of a product mistaken for one another", "combined(b, a, first_a, first_b)", "combined(a, b, first_a, first_b)"),
        ("sum bounded by its result, not by its terms", "(self.terms - 1) * self.unit) * self.size", "(self.terms - 1) * self.unit) * abs(self.value)"),
        ("one addition too few", "(self.terms - 1) * self.unit", "(self.terms - 2) * self.unit"),
        ("sign of a followed error lost", "first = None if self.first is None else -self.first", "first = self.first"),
        ("two errors under one number", "first[next(self.numbers)] = rest", "first[0] = rest"),
        ("followed error added where another is", "first[next(self.numbers)] = rest", "first[next(self.numbers)] = 0"),
        ("rounding of tanh left out", "slope * radius + second, FUNCTION_UNITS)", "slope * radius + second, 1)"),
        ("slope of sigmoid without the square", 'value * (1 - value), CURVATURE["sigmoid"]', 'value, CURVATURE["sigmoid"]'),
        ("error of a divisor forgotten", "rest = (rest_a + abs(value) * rest_b) / size", "rest = rest_a / size"),
        ("kink passed over", "if abs(difference) <= margin and margin > 0:", "if abs(difference) < 0:"),
        ("option taken to be exact in float32", "cls.unit * abs(number)\n", "0.0\n"),
    ),
    *faults_in(
        f"{BOUNDS}/walk.py",
        f"{BOUNDS}/test_bounds.py",
        ("step at the length of a row taken to be live", "np.flatnonzero((t < lengths) &", "np.flatnonzero((t <= lengths) &"),
        ("state of the rows that are over changed", "array[rows] = SETTLED(new) if new.dtype == object else new", "array[:] = np.resize(new, array.shape)"),
        ("gradient of the weights taken from the last step", "map_tree(np.add, d_params, d_step)", "d_step"),
    ),
    *faults_in(
        f"{BOUNDS}/walk.py",
        f"{VECTORS}/test_vectors.py::test_the_walk_that_computes_them_is_that_of_scratch",
        ("both directions forwards", "lengths, bw, reverse=True, **options)", "lengths, bw, **options)"),
        ("mask of steps not looked at", "(True if mask is None else mask[:, t])", "True"),
        ("gradient of a repeated output dropped", "d_output = d_outputs[:, t] + d_repeated", "d_output = d_outputs[:, t]"),
        ("output repeated from the step before in memory", "outputs[:, steps[-1].t]", "outputs[:, t - 1]"),
    ),
    *faults_in(
        f"{BOUNDS}/exact.py",
        f"{BOUNDS}/test_bounds.py::test_fifty_digits_are_fifty",
        ("digits of a float", "CONTEXT.dps = DIGITS", "CONTEXT.dps = 15"),
    ),
    *faults_in(
        f"{BOUNDS}/arithmetic.py",
        f"{BOUNDS}/test_bounds.py::test_the_text_book_is_put_back",
        ("text book left as it was changed", "setattr(module, name, value)", "pass"),
    ),
    *faults_in(
        f"{BOUNDS}/__main__.py",
        f"{BOUNDS}/test_bounds.py",
        ("begins anew each time", "first = drawn.get(seed, 0)", "first = 0"),
        ("bound exceeded without a word", "return 0 if all(worst.part <= 1", "return 0 if all(worst.part >= 0"),
    ),
    *faults_in(
        f"{VECTORS}/cases.py",
        f"{VECTORS}/test_vectors.py::test_no_two_cases_are_of_the_same_numbers",
        ("one case's numbers for all", "zlib.crc32(name.encode())", "0"),
    ),
    *faults_in(
        f"{VECTORS}/cases.py",
        f"{VECTORS}/test_vectors.py::test_a_case_is_given_the_same_numbers_in_both_dtypes",
        ("numbers drawn anew for each dtype", 'self.name.rpartition("-")[0] + f"-{attempt}"', 'self.name + f"-{attempt}"'),
    ),
    *faults_in(
        f"{VECTORS}/cases.py",
        f"{VECTORS}/test_vectors.py::test_a_draw_that_is_near_a_kink_is_drawn_anew",
        ("draw that does not depend on the attempt", '[0] + f"-{attempt}"', "[0]"),
    ),
    *faults_in(
        f"{VECTORS}/writing.py",
        f"{VECTORS}/test_vectors.py::test_what_is_written_is_what_the_document_says",
        ("witnesses not asked", "witness.check(case, problem, expected, bounds)", "[]"),
    ),
    *faults_in(
        f"{VECTORS}/writing.py",
        f"{VECTORS}/test_writing.py::test_two_processes_write_what_one_does",
        ("first case left to nobody", "pool.map(partial(write_case, folder), cases)", "pool.map(partial(write_case, folder), cases[1:])"),
        ("ONNX asked for what it cannot say", "    if said:\n", "    if not said:\n"),
    ),
    *faults_in(
        f"{VECTORS}/__main__.py",
        f"{VECTORS}/test_writing.py::test_no_process_is_refused",
        ("no process at all", "if arguments.processes < 1:", "if arguments.processes < 0:"),
    ),
    *faults_in(
        f"{VECTORS}/document.py",
        f"{VECTORS}/test_vectors.py::test_a_tolerance_is_no_less_than_any_bound_of_its_array",
        ("tolerance of the smallest bound", "float(bound.max() +", "float(bound.min() * 0 +"),
        ("lengths not written", 'trees["sequence_length"] = np.array(case.sequence_length)', "pass"),
    ),
    *faults_in(
        f"{VECTORS}/witness.py",
        f"{VECTORS}/test_vectors.py::test_a_quantity_that_is_off_is_not_written",
        ("bound that nobody is held to", "beyond = np.abs(have - want) > bound", "beyond = np.abs(have - want) > 1 + bound"),
    ),
    *faults_in(
        f"{VECTORS}/witness.py",
        f"{VECTORS}/test_vectors.py::test_every_option_has_a_witness_and_is_read_again",
        ("two directions of one problem", "own = {name: getattr(problem, name)[side]", "own = {name: getattr(problem, name)[0]"),
        ("Keras's outputs in the order of computing", "results._replace(outputs=results.outputs[:, turn])", "results"),
        ("rows of length 0 given to PyTorch", "rows = np.flatnonzero(lengths)", "rows = np.arange(len(lengths))"),
    ),
    *faults_in(
        f"{VECTORS}/witness.py",
        f"{VECTORS}/test_vectors.py::test_complex_steps_see_each_gradient",
        ("complex steps that are not compared", "<= limit * max(scale, 1)", "<= max(scale, 1)"),
        ("one argument moved for all", "if path == moved else leaf", "if path == 'inputs' else leaf"),
    ),
    *faults_in(
        f"{VECTORS}/onnx_folders.py",
        f"{VECTORS}/test_vectors.py::test_onnx_runners_agree_where_they_can",
        ("lengths left out", 'found if lengths is None else found | {"sequence_lens"', 'found if True else found | {"sequence_lens"'),
        ("initial state left out", "    found |= scratch.state_to_onnx(cell, problem.initial_state)\n", ""),
        ("outputs batch-major", ".transpose(2, 0, 1, 3)", ".transpose(1, 0, 2, 3)"),
        ("direction left out", ' | {"direction": DIRECTIONS[case.direction]}', ""),
    ),
    *faults_in(
        f"{VECTORS}/check_vectors.py",
        f"{VECTORS}/test_vectors.py::test_forty_lines_of_numpy_check_them",
        ("rows read to their ends", "if live := t < length and", "if live := t <= length and"),
        ("forget bias left out by the reader", ' + cell["forget_bias"]', ""),
    ),
]
