"""Faults in the loops over time."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "loop.py",
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
    ),
    *faults_in(
        "loop.py",
        "unroll/test_dynamic.py::test_what_the_padding_holds_is_never_looked_at",
        (
            "padding reaches the cell",
            "x = np.where(live[t], x, 0)",
            "pass",
        ),
    ),
    *faults_in(
        "unroll/static.py",
        "unroll/test_static.py",
        ("gradient of the final state ignored", "(tape, d_steps, d_final_state)", "(tape, d_steps)"),
        ("list read as if batch-major", "time_major=True)", "time_major=False)"),
    ),
    *faults_in(
        "arguments.py",
        "unroll/test_dynamic.py",
        (
            "time_major inputs transposed",
            "steps = inputs if time_major",
            "steps = inputs if not time_major",
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
            "sequence_length not handed on",
            "inputs, lengths, state, masks, time_major",
            "inputs, None, state, masks, time_major",
        ),
    ),
    *faults_in(
        "unroll/truncated.py",
        "unroll/test_truncated.py",
        (
            "gradient crosses into the window before",
            "first = max(0, last - reach + 1)",
            "first = max(0, last - reach)",
        ),
        (
            "loss of the last window planted in those before",
            "        d_outputs = None\n",
            "",
        ),
        (
            "states in the middle taken for the initial one",
            "if first == 0:",
            "if True:",
        ),
        (
            "gradient of the final state given to every window",
            "d_final_state if last == len(tapes) - 1 else None",
            "d_final_state",
        ),
        (
            "gradients of one input from two windows not added",
            "window.stop] += d_span",
            "window.stop] = d_span",
        ),
        (
            "weights' gradient of the window before left out",
            "map_tree(np.add, d_params, d_own_params)",
            "d_params",
        ),
        (
            "d_initial_state of the first window only",
            "map_tree(np.add, d_initial_state, d_first_state)",
            "d_first_state",
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
            "d_state = d_final_state if",
            "d_state = None if",
        ),
        (
            "windows overlap by a step",
            "min(start + width, num_steps)",
            "min(start + width + 1, num_steps)",
        ),
        (
            "weights' gradient of the first window only",
            "map_tree(np.add, d_params, d_window_params)",
            "d_window_params",
        ),
    ),
    *faults_in(
        "unroll/checkpointed.py",
        "unroll/test_checkpointed.py",
        (
            "stretches walked from the first to the last",
            "reversed(tape.stretches())",
            "tape.stretches()",
        ),
        (
            "stretches run again from zeros",
            "tape.states.append(state)",
            "tape.states.append(map_tree(np.zeros_like, state))",
        ),
        (
            "every stretch run again with the first one's masks",
            "mask[steps], self.masks)",
            "mask[: steps.stop - steps.start], self.masks)",
        ),
        (
            "every stretch run again with the first one's lengths",
            "self.live[steps]",
            "self.live[: steps.stop - steps.start]",
        ),
        (
            "gradient not handed to the stretch before",
            "d_inputs[steps], d_state = stretch",
            "d_inputs[steps], _ = stretch",
        ),
        (
            "gradient of the final state given to every stretch",
            "d_outputs[steps], d_state, d_params)",
            "d_outputs[steps], d_final_state, d_params)",
        ),
        (
            "weights' gradient added up stretch by stretch",
            "    return backward_steps(stretch, d_outputs, d_state, d_params)",
            "    own = map_tree(np.zeros_like, d_params)\n"
            "    results = backward_steps(stretch, d_outputs, d_state, own)\n"
            "    map_tree(lambda total, d: np.add(total, d, out=total), d_params, own)\n"
            "    return results",
        ),
    ),
    *faults_in(
        "unroll/dynamic.py",
        "unroll/test_dynamic.py::test_of_one_direction_backwards_too",
        ("what is not there put back", "if visits is None or d_inputs is None:", "if visits is None:"),
    ),
    *faults_in(
        "engines.py",
        "unroll/test_dynamic.py::test_of_one_direction_backwards_too",
        ("the gradient of inputs that nobody needs", "np.stack(d_inputs), time_major) if needs_d_x else None", "np.stack(d_inputs), time_major)"),
    ),
    *faults_in(
        "unroll/dynamic.py",
        "unroll/test_checkpointed.py",
        (
            "checkpoint_every makes no difference",
            "return Checkpointed(checkpoint_every)",
            "return chosen",
        ),
        (
            "checkpoint_every passed over by the compiled engine",
            'if engine != "numpy":',
            "if False:",
        ),
    ),
    *faults_in(
        "loop.py",
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
    *faults_in(
        "sequences.py",
        "test_sequences.py",
        ("rows turned round whole, padding first", "lengths - 1 - t, t)", "steps.shape[1] - 1 - t, t)"),
        ("rows turned round from one step too far", "lengths - 1 - t, t)", "lengths - t, t)"),
        ("the last step of a row not turned round", "np.where(t < lengths,", "np.where(t < lengths - 1,"),
    ),
    *faults_in(
        "unroll/bidirectional.py",
        "unroll/test_bidirectional.py",
        ("backward cell run forwards", "masks=masks_bw, reverse=True\n", "masks=masks_bw\n"),
        (
            "backward cell given no lengths",
            'params["bw"], inputs, sequence_length, initial_state_bw',
            'params["bw"], inputs, None, initial_state_bw',
        ),
        (
            "backward cell started from zeros",
            'params["bw"], inputs, sequence_length, initial_state_bw',
            'params["bw"], inputs, sequence_length, None',
        ),
        (
            "inputs taught by the forward cell alone",
            "return d_inputs_fw + d_inputs_bw, (d",
            "return d_inputs_fw, (d",
        ),
        (
            "gradients of the final states swapped",
            "= d_outputs, d_final_states\n",
            "= d_outputs, d_final_states[::-1]\n",
        ),
        (
            "gradients of the initial states swapped",
            "(d_initial_state_fw, d_initial_state_bw), {",
            "(d_initial_state_bw, d_initial_state_fw), {",
        ),
    ),
    *faults_in(
        "visits.py",
        "unroll/test_bidirectional.py::test_every_engine_agrees_with_tensorflow_in_both_layouts",
        ("time-major arrays moved as if batch-major", "    if time_major:\n        return np.take", "    if False:\n        return np.take"),
    ),
    *faults_in(
        "visits.py",
        "unroll/test_every_state.py",
        ("states counted from the wrong end", "if self.reverse else np.cumsum(live, axis=1)", "if not self.reverse else np.cumsum(live, axis=1)"),
        ("no initial state before the first step taken", "np.concatenate([initial[None], states])", "np.concatenate([states[:1], states])"),
    ),
    *faults_in(
        "engines.py",
        "unroll/test_every_state.py",
        ("states kept without being asked for", "kept = states if run.keep_states else None", "kept = None if run.keep_states else states"),
    ),
    *faults_in(
        "unroll/checkpointed.py",
        "unroll/test_every_state.py",
        ("states of one stretch alone", "forward_steps(tape.cell, tape.params, inputs, state, live, masks, states)", "forward_steps(tape.cell, tape.params, inputs, tape.states[0], live, masks, states)"),
    ),
    *faults_in(
        "unroll/dynamic.py",
        "unroll/test_every_state.py",
        ("states time-major for all", "map_tree(lambda steps: in_layout(steps, time_major), states)", "states"),
        ("states at the step of their visit", "        states = map_tree(visits.states, states, initial)\n", "        pass\n"),
        ("states promised without a tape", "    if keep_states and not keep_tape:", "    if False:"),
    ),
    *faults_in(
        "jit/states.py",
        "unroll/test_every_state.py",
        ("c before the token", "along_time(tape.c[num_ranks:], tokens, final_state.c)", "along_time(tape.c[num_ranks:], following, final_state.c)"),
        ("h before the token", "        return along_time(tape.rows, following, final_state)", "        return along_time(tape.rows, tokens, final_state)"),
        ("0 past the end of a row", "np.repeat(final[None], len(tokens), axis=0)", "np.zeros_like(np.repeat(final[None], len(tokens), axis=0))"),
        ("a window without the newest output", "of_part[t + 1 : t + 1 + length, : live[t]]", "of_part[t : t + length, : live[t]]"),
        ("a small network's states a step early", "reshape(shape)[1:,", "reshape(shape)[:-1,"),
        ("views of the tape handed out", ", :count].copy()", ", :count]"),
    ),
    *faults_in(
        "visits.py",
        "test_visits.py",
        ("a mask in the place of lengths", "live if mask is None else live & mask", "live if mask is None else mask"),
        ("lengths without their repeated outputs", "and (zero_output_for_mask or lengths is None)", "and (zero_output_for_mask or True)"),
        ("backwards from the end of the batch", "np.where(live, -t if reverse else t, num_steps)", "np.where(live & (not reverse), t, -t if reverse else num_steps)"),
        ("steps not put back", "np.argsort(self.order, axis=1), self.time_major", "self.order, self.time_major"),
        ("repeated where none was taken", "self.in_layout(self.sources) >= 0", "self.in_layout(self.sources) >= -1"),
        ("gradients of a repeated output not added", "np.add.at(total, (rows, self.sources[rows, steps]), by_row[rows, steps])", "total[rows, self.sources[rows, steps]] = by_row[rows, steps]"),
        ("gradient of what is repeated dropped", "np.nonzero(self.sources >= 0)", "np.nonzero(self.sources == np.arange(self.sources.shape[1]))"),
        ("the last output before in time, run backwards", "np.where(found >= 0, num_steps - 1 - found, -1)", "last_live(live, False)"),
        ("repeated although 0 is asked for", "if repeat else None", "if True else None"),
    ),
    *faults_in(
        "unroll/dynamic.py",
        "test_visits.py",
        ("gradients of the inputs not put back", "return visits.put_back(d_inputs), d_state", "return d_inputs, d_state"),
        (
            "gradients of the outputs not moved",
            "        d_outputs = visits.d_outputs(d_outputs)\n",
            "        pass\n",
        ),
    ),
    *faults_in(
        "unroll/truncated.py",
        "test_visits.py",
        ("every window takes the first window's mask", "mask[:, window]", "mask[:, : window.stop - window.start]"),
    ),
    *faults_in(
        "unroll/stack_bidirectional.py",
        "test_visits.py",
        ("options not handed on to the layers", "engine=engine, **options)", "engine=engine)"),
    ),
    *faults_in(
        "unroll/bidirectional.py",
        "unroll/test_bidirectional.py::test_static_agrees_with_tensorflow",
        (
            "static outputs with bw to the left",
            "list(np.concatenate(outputs, axis=2))",
            "list(np.concatenate(outputs[::-1], axis=2))",
        ),
        (
            "static gradient taken apart at bw's width",
            "np.split(np.stack(d_outputs), [width_fw], axis=2)",
            "np.split(np.stack(d_outputs), [shape[1] - width_fw], axis=2)",
        ),
    ),
    *faults_in(
        "unroll/bidirectional.py",
        "unroll/test_bidirectional.py::test_dropout_agrees_with_tensorflow_given_the_same_masks",
        ("masks swapped", "masks_fw, masks_bw = check_starts(", "masks_bw, masks_fw = check_starts("),
    ),
    *faults_in(
        "unroll/bidirectional.py",
        "unroll/test_bidirectional.py::test_what_the_second_cell_refuses_is_refused_before_the_first_one_runs",
        (
            "backward cell not looked at by the numba engine",
            "check_cell(cell)\n",
            "check_cell(next(iter(cells.values())))\n",
        ),
    ),
    *faults_in(
        "unroll/stack_bidirectional.py",
        "unroll/test_stack_bidirectional.py",
        (
            "upper layers given no lengths",
            "own, outputs, sequence_length, masks",
            "own, outputs, sequence_length if layer == 0 else None, masks",
        ),
        ("bw to the left of fw", "np.concatenate(pair, axis=2)", "np.concatenate(pair[::-1], axis=2)"),
        (
            "joined gradient taken apart at bw's width",
            "[tapes[layer].fw.output_shape[2]]",
            "[tapes[layer].bw.output_shape[2]]",
        ),
        (
            "final states' gradients from the top down",
            "(d_states[0][layer], d_states[1][layer])",
            "(d_states[0][-1 - layer], d_states[1][-1 - layer])",
        ),
        (
            "initial states' gradients from the top down",
            "d_initial_states.insert(0, d_initial_state)",
            "d_initial_states.append(d_initial_state)",
        ),
        (
            "layers differentiated from the lowest",
            "for layer in reversed(range(len(tapes))):",
            "for layer in range(len(tapes)):",
        ),
        (
            "every layer started from the lowest layer's state",
            '"initial_state_bw": starts_bw[layer]}',
            '"initial_state_bw": starts_bw[0]}',
        ),
    ),
    *faults_in(
        "unroll/dynamic.py",
        "unroll/test_forward_only.py",
        ("a tape of nothing handed out", "if not keep_tape:\n        return outputs, final_state, None\n", ""),
        ("checkpoints asked for and not kept", "if keep_tape is False:", "if False:"),
    ),
    *faults_in(
        "unroll/checkpointed.py",
        "unroll/test_forward_only.py::test_memory_is_taken_for_the_results_alone",
        ("states kept without a tape", "        if keep_tape:\n", "        if True:\n"),
    ),
    *faults_in(
        "jit/walk/layer.py",
        "unroll/test_forward_only.py::test_memory_is_taken_for_the_results_alone",
        ("memory for all tokens without a tape", "        if not keep_tape:\n", "        if False:\n"),
    ),
    *faults_in(
        "jit/walk/schedule.py",
        "unroll/test_forward_only.py",
        ("two steps' memory, counted as if it went on", "np.arange(schedule.live.shape[1]) % 2", "np.arange(schedule.live.shape[1])"),
    ),
    *faults_in(
        "unroll/streaming.py",
        "unroll/test_streaming.py",
        ("initial state ignored", "dtype, self.initial_state)", "dtype, None)"),
    ),
    *faults_in(
        "unroll/streaming.py",
        "unroll/test_streaming.py::test_what_goes_in_and_what_comes_out_is_the_callers",
        (
            "initial state shared with the caller until the first step",
            'map_tree(lambda leaf: leaf.copy() if hasattr(leaf, "copy") else leaf, initial_state)',
            "initial_state",
        ),
        ("output that is the state itself", 'np.array(x, order="C")).copy()', 'np.array(x, order="C"))'),
        ("state handed out, not a copy of it", "map_tree(np.copy, self.running.state)", "self.running.state"),
    ),
    *faults_in(
        "unroll/streaming.py",
        "unroll/test_streaming.py::test_what_is_too_wide_for_the_small_kernel_streams_alike",
        ("each layout of x compiled anew", 'np.array(x, order="C")', "x"),
    ),
    *faults_in(
        "unroll/streaming.py",
        "unroll/test_streaming.py::test_what_does_not_fit_the_cell_is_refused_before_the_first_step",
        ("dropout passed over", "if any(named_leaves(cell.mask_sizes(1))):", "if False:"),
        ("cell not looked at before the first step", "        ENGINES[engine].check_cell(cell)\n", ""),
    ),
    *faults_in(
        "unroll/streaming.py",
        "unroll/test_streaming.py::test_refusals",
        ("a later step of any shape and dtype", "self.shape, self.dtype = shape, dtype", "pass"),
    ),
    *faults_in(
        "jit/stream.py",
        "unroll/test_streaming.py",
        ("first step taken after one of zeros", "        self.state = state\n", ""),
        ("state changed in the hands of whoever asked for it", "        self.state = map_tree(np.ndarray.copy, self.state)\n", ""),
        ("every layer started from the lowest one's state", "state if self.is_stack else (state,), strict", "[state[0]] * len(layers) if self.is_stack else (state,), strict"),
        ("way round the cell left out", "return output if self.is_stack else with_input(output, x)", "return output"),
    ),
    *faults_in(
        "unroll/streaming.py",
        "unroll/test_streaming.py::test_steps_at_once",
        ("steps of a run that are not taken in turn", "self.take(inputs[:, t])", "self.take(inputs[:, 0])"),
        ("another sequence from the state of the first", "            self.running.state = map_tree(np.copy, initial_state)\n", ""),
        ("a state that stays the caller's", "self.running.state = map_tree(np.copy, initial_state)", "self.running.state = initial_state"),
        ("a run of another batch size", '(batch_size, "T", input_size), self.dtype)', '("B", "T", input_size), self.dtype)'),
    ),
    *faults_in(
        "jit/stream.py",
        "unroll/test_streaming.py::test_steps_at_once",
        ("layers that begin with the lowest one's state", "            layer.state = part\n", "            layer.state = state[0] if self.is_stack else part\n"),
        ("a run over the first step alone", "self.row.run(plain(inputs)[0], outputs[0])", "self.row.run(plain(inputs)[0, :1], outputs[0])"),
    ),
    *faults_in(
        "jit/stream.py",
        "unroll/test_streaming.py::test_the_compiled_engine_refuses_complex_numbers",
        ("complex numbers handed to the kernels", "if leaf.dtype not in FLOATS:", "if False:"),
    ),
]
