"""Faults in the compiled recurrences."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "jit/activations.py",
        "jit/test_rnn.py",
        (
            "slope of relu 1 everywhere",
            "1.0 if a > 0 else 0.0",
            "1.0",
        ),
        (
            "slope of tanh without the square",
            "1 - a * a",
            "1 - a",
        ),
    ),
    *faults_in(
        "jit/rnn.py",
        "jit/test_rnn.py",
        (
            "state not copied past the end",
            "h[t + 1, b] = h[t, b]\n",
            "h[t + 1, b] = 0\n",
        ),
        (
            "gradient of a copied state dropped",
            "            if t < lengths[b]:\n                d_h[b] = d_h_prev[b]",
            "            d_h[b] = d_h_prev[b]",
        ),
        (
            "recurrent kernel not transposed",
            "kernel[input_size:].T.copy()",
            "kernel[input_size:].copy()",
        ),
        (
            "kernel gradient from the new h",
            "h_live = h[:-1].copy()",
            "h_live = h[1:].copy()",
        ),
    ),
    *faults_in(
        "jit/lstm.py",
        "jit/test_lstm.py",
        (
            "gates i and j swapped",
            "z_i, z_j, z_f, z_o = split(gates[t, b])",
            "z_j, z_i, z_f, z_o = split(gates[t, b])",
        ),
        (
            "forget bias dropped",
            "z_f[k] + forget_bias",
            "z_f[k]",
        ),
        (
            "memory not copied past the end",
            "c[t + 1, b], h[t + 1, b] = c[t, b], h[t, b]",
            "c[t + 1, b], h[t + 1, b] = 0, h[t, b]",
        ),
        (
            "forget gate's gradient from the new c",
            "d_c_k * c[t, b, k] * f[k]",
            "d_c_k * c[t + 1, b, k] * f[k]",
        ),
        (
            "carried c not scaled by the forget gate",
            "d_c[b, k] = d_c_k * f[k]",
            "d_c[b, k] = d_c_k",
        ),
    ),
    *faults_in(
        "jit/stack.py",
        "unroll/test_dynamic.py::test_arguments_and_results_are_safe_from_one_another",
        (
            "final state shares memory with the tape",
            "map_tree(np.copy, final_state)",
            "final_state",
        ),
    ),
    *faults_in(
        "jit/stack.py",
        "jit/test_stack.py",
        (
            "states of the layers reversed",
            "tuple(reversed(d_states))",
            "tuple(d_states)",
        ),
        (
            "every layer reads the input",
            "            x = x_above\n",
            "",
        ),
        (
            "gradients named by the order of the dict",
            "{name: named[name] for name in tape.params}",
            "dict(zip(tape.params, named.values(), strict=True))",
        ),
    ),
    *faults_in(
        "jit/stack.py",
        "cells/test_dropout.py::test_numba_agrees_with_numpy_given_the_same_masks",
        (
            "input's gradient not dropped",
            "return drop(d_x, masks.input, cell.input_keep_prob), d_initial_state",
            "return d_x, d_initial_state",
        ),
        (
            "outputs not dropped",
            "outputs = plain(drop(outputs, masks.output, cell.output_keep_prob))",
            "outputs = plain(outputs)",
        ),
    ),
    *faults_in(
        "jit/lstm.py",
        "unroll/test_dynamic.py::test_a_row_of_length_0_hands_any_state_through_and_teaches_nothing",
        (
            "state of a dead row reaches the kernel's gradient",
            "h_live[lengths[b] :, b] = 0",
            "pass",
        ),
    ),
    *faults_in(
        "jit/stack.py",
        "jit/test_stack.py::test_any_memory_layout_gives_the_same_bits",
        (
            "read-only arrays compile anew and fail",
            '"C_CONTIGUOUS", "ALIGNED", "WRITEABLE"',
            '"ALIGNED"',
        ),
        compiled=True,
    ),
]
