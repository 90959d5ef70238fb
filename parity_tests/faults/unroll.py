"""Faults in the loops over time."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "unroll/static.py",
        "unroll/test_static.py",
        (
            "state not copied past the end",
            "new_state = map_tree(partial(np.where, live[t]), new_state, old_state)",
            "pass",
        ),
        (
            "state zeroed past the end",
            "partial(np.where, live[t]), new_state, old_state)",
            "partial(np.multiply, live[t]), new_state)",
        ),
        (
            "outputs not zeroed past the end",
            "output = np.where(live[t], output, 0)",
            "pass",
        ),
        (
            "one step too many",
            "live = np.arange(len(inputs))[:, None, None] <",
            "live = np.arange(len(inputs))[:, None, None] <=",
        ),
        (
            "state not carried",
            "        state = new_state\n",
            "",
        ),
        (
            "gradient of the outputs past the end let in",
            "d_output = np.where(live[t], d_output, 0)",
            "pass",
        ),
        (
            "gradient of a copied state let into the cell",
            "np.where(live_t, d, 0), d_state)",
            "np.where(True, d, 0), d_state)",
        ),
        (
            "gradient of a copied state dropped",
            "d_previous = map_tree(partial(np.where, live[t]), d_previous, d_state)",
            "pass",
        ),
        (
            "gradient not carried",
            "        d_state = d_previous\n",
            "",
        ),
        (
            "gradient of the last step only",
            "np.add(total, d, out=total)",
            "np.copyto(total, d)",
        ),
        (
            "gradient of the final state ignored",
            "d_state = d_final_state\n",
            "d_state = None\n",
        ),
    ),
    *faults_in(
        "unroll/static.py",
        "unroll/test_dynamic.py",
        (
            "padding reaches the cell",
            "x = np.where(live[t], x, 0)",
            "pass",
        ),
        (
            "initial state ignored",
            "return initial_state\n",
            "return cell.zero_state(batch_size, dtype)\n",
        ),
    ),
    *faults_in(
        "unroll/dynamic.py",
        "unroll/test_dynamic.py",
        (
            "time_major inputs transposed",
            "steps = inputs if time_major",
            "steps = inputs if not time_major",
        ),
        (
            "outputs left time-major",
            "outputs = outputs if time_major else outputs.swapaxes(0, 1)",
            "pass",
        ),
        (
            "sequence_length not handed on",
            "list(steps), initial_state, sequence_length, masks)",
            "list(steps), initial_state, None, masks)",
        ),
        (
            "gradient reversed in time",
            "static_rnn_backward(run, list(d_steps)",
            "static_rnn_backward(run, list(d_steps[::-1])",
        ),
    ),
    *faults_in(
        "unroll/truncated.py",
        "unroll/test_truncated.py",
        (
            "gradient crosses into the window before",
            "d_state, stop = None, start",
            "d_state, stop = d_initial_state, start",
        ),
        (
            "state not carried to the next window",
            "inputs[:, window], left, state,",
            "inputs[:, window], left, initial_state,",
        ),
        (
            "lengths not counted down",
            "np.clip(lengths - window.start, 0,",
            "np.clip(lengths, 0,",
        ),
        (
            "gradient of the final state dropped",
            "d_state = d_final_state\n",
            "d_state = None\n",
        ),
        (
            "windows overlap by a step",
            "min(start + truncated_backprop_length, num_steps)",
            "min(start + truncated_backprop_length + 1, num_steps)",
        ),
        (
            "weights' gradient of the first window only",
            "map_tree(np.add, d_params, d_window_params)",
            "d_window_params",
        ),
    ),
    *faults_in(
        "unroll/static.py",
        "unroll/test_dynamic.py::test_arguments_and_results_are_safe_from_one_another",
        (
            "final state shares memory with a cache",
            "map_tree(np.copy, state)",
            "state",
        ),
    ),
    *faults_in(
        "unroll/static.py",
        "unroll/test_dynamic.py::test_a_row_of_length_0_hands_any_state_through_and_teaches_nothing",
        (
            "state of a dead row reaches the cell",
            "state = map_tree(lambda old, live_t=live[t]: np.where(live_t, old, 0), state)",
            "pass",
        ),
    ),
    *faults_in(
        "unroll/truncated.py",
        "cells/test_dropout.py::test_windows_take_their_part_of_the_masks",
        (
            "every window takes the first window's masks",
            "mask[window], masks)",
            "mask[: window.stop - window.start], masks)",
        ),
    ),
]
