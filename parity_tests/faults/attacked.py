"""Faults of what is refused: an argument that does not fit and is computed with all the same, a hang, a bare error."""

from parity_tests.faults.fault import faults_in

BACK = "test_arguments.py::test_arrays"

FAULTS = [
    *faults_in(
        "cell.py",
        BACK,
        ("parameters not looked at on the way back", '        check_fit(params, self.param_shapes, x_shape[1], dtype, "x")\n', ""),
        ("gradient of the state not looked at", '        check_state("d_new_state", d_new_state, self.state_size, x_shape[0], dtype)\n', ""),
        ("gradient of the output not looked at", '        check_array("d_output", d_output, (x_shape[0], self.output_size), dtype)\n', ""),
    ),
    *faults_in("cells/multi.py", BACK, ("left to the layers", "        self.check_step_back(params, shape, d_output, d_new_state, dtype)\n", "")),
    *faults_in("cells/dropout.py", BACK, ("gradients broadcast to the masks", "        self.check_step_back(params, shape, d_output, d_new_state, dtype)\n", "")),
    *faults_in("cells/time_freq_lstm.py", BACK, ("parameters not looked at on the way back", '        check_fit(params, self.param_shapes, shape[1], dtype, "x")\n', "")),
    *faults_in("cells/full_lstm.py", BACK, ("width of x without the projection", "xh.shape[1] - self.output_size), d_output", "xh.shape[1] - self.num_units), d_output")),
    *faults_in("training/dense.py", f"{BACK}[Dense.backward]", ("parameters not looked at on the way back", '        check_fit(params, self.param_shapes, inputs.shape[-1], inputs.dtype, "inputs")\n        # Every', "        # Every")),
    *faults_in("training/embedding.py", f"{BACK}[Embedding.backward]", ("parameters not looked at on the way back", '        check_params("params", params, self.param_shapes())\n        numbers,', "        numbers,")),
    *faults_in("training/batch_norm.py", f"{BACK}[BatchNormalization.backward]", ("parameters not looked at on the way back", '        check_fit(params, self.param_shapes, len(inverse), x_hat.dtype, "x")\n', "")),
    *faults_in(
        "checks.py",
        BACK,
        ("shapes of what is usual not compared", "            if leaf.shape != shape or leaf.dtype", "            if leaf.dtype"),
        ("dtypes of what is usual not compared", "leaf.shape != shape or leaf.dtype != dtype or", "leaf.shape != shape or"),
        ("fewer arrays are usual", "    if len(params) != len(shapes):", "    if len(params) < len(shapes):"),
        ("any array with a * of its own", "type(value) in (np.ndarray, np.memmap)", "isinstance(value, np.ndarray) and not isinstance(value, np.matrix | np.ma.MaskedArray)"),
    ),
    *faults_in(
        "checks.py",
        "test_checks.py",
        ("an array twice is usual", " or id(leaf) in found:", ":"),
        ("ids of what is usual not gathered", "            found.add(id(leaf))\n", ""),
        ("arrays that lie in a file refused", "in (np.ndarray, np.memmap)", "in (np.ndarray,)"),
    ),
]
