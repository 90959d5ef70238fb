"""The faults that ``parity_tests.mutations`` plants, one at a time, each the work of a tired afternoon.

A fault is a piece of a file, which must be there exactly once, and what stands in its place; ``tests`` must notice.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """``old`` in the file ``path`` becomes ``new``, and ``tests`` (below ``parity_tests``) must fail."""

    what: str
    path: str
    old: str
    new: str
    tests: str


def faults_in(path, tests, *faults):
    """Return a ``Fault`` for each ``(what, old, new)``, all in one file and noticed by one test file."""
    return [Fault(what, f"scratch/{path}", old, new, f"parity_tests/{tests}") for what, old, new in faults]


FAULTS = [
    *faults_in(
        "cells/rnn.py",
        "cells/test_rnn.py",
        ("bias dropped", ' + params["bias"]\n', "\n"),
        (
            "recurrent kernel transposed",
            'z = xh @ params["kernel"]',
            'z = x @ params["kernel"][: x.shape[1]] + state @ params["kernel"][x.shape[1] :].T',
        ),
        ("x and h joined the other way round", "[x, state]", "[state, x]"),
        ("activation's slope forgotten", "d_z = d_h * ACTIVATIONS[self.activation].slope(h)", "d_z = d_h"),
        ("gradient of the carried h dropped", "d_h = d_output + d_new_state", "d_h = d_output"),
        ("gradient of the output dropped", "d_h = d_output + d_new_state", "d_h = d_new_state"),
        ("bias gradient averaged over the batch", "d_z.sum(axis=0)", "d_z.mean(axis=0)"),
        ("kernel not transposed in the backward pass", 'd_z @ params["kernel"].T', 'd_z @ params["kernel"]'),
        ("cache overwritten by the caller's gradient", "xh, h = cache\n", "xh, h = cache\n        h *= 1.5\n"),
    ),
    *faults_in(
        "activations.py",
        "cells/test_rnn.py",
        ("slope of tanh without the square", "lambda a: 1 - a * a", "lambda a: 1 - a"),
        ("slope of relu 1 everywhere", "np.zeros_like(a)))", "np.ones_like(a)))"),
        ("relu leaks", "np.where(z.real > 0, z, 0)", "np.where(z.real > 0, z, 0.01 * z)"),
    ),
    *faults_in(
        "activations.py",
        "cells/test_lstm.py",
        ("sigmoid too steep", "np.tanh(0.5 * z)", "np.tanh(z)"),
        ("sigmoid that overflows", "0.5 * (1 + np.tanh(0.5 * z))", "1 / (1 + np.exp(-z))"),
    ),
    *faults_in(
        "cells/lstm.py",
        "cells/test_lstm.py",
        ("gates i and j swapped", "z_i, z_j, z_f, z_o = np.split", "z_j, z_i, z_f, z_o = np.split"),
        ("gates f and o swapped, the order of Keras", "z_i, z_j, z_f, z_o = np.split", "z_i, z_f, z_j, z_o = np.split"),
        ("forget bias added twice", "sigmoid(z_f + self.forget_bias)", "sigmoid(z_f + 2 * self.forget_bias)"),
        ("forget bias 0", "sigmoid(z_f + self.forget_bias)", "sigmoid(z_f)"),
        ("bias dropped", ' + params["bias"]\n', "\n"),
        ("memory overwritten, not added to", "c = f * state.c + i * j", "c = state.c + i * j"),
        ("output from the old memory", "phi_c = phi(c)", "phi_c = phi(state.c)"),
        ("output not squashed", "phi_c = phi(c)", "phi_c = c"),
        ("gradient of the carried h dropped", "d_h = d_output + d_new_state.h", "d_h = d_output"),
        ("gradient of the carried c dropped", "d_c = d_new_state.c + d_h * o", "d_c = d_h * o"),
        ("gradient through h' to c' dropped", "d_c = d_new_state.c + d_h * o * slope(phi_c)", "d_c = d_new_state.c"),
        ("slope of φ(c') forgotten", "d_h * o * slope(phi_c)", "d_h * o"),
        ("carried c not scaled by the forget gate", "d_c_prev = d_c * f", "d_c_prev = d_c"),
        ("forget gate's gradient from the new c", "d_c * j, d_c * i, d_c * c", "d_c * j, d_c * i, d_c * phi_c"),
        ("slope of σ at the forget gate", "d_f * f * (1 - f)", "d_f * f"),
        ("kernel gradient halved", '{"kernel": xh.T @ d_z', '{"kernel": 0.5 * xh.T @ d_z'),
        (
            "cache shares memory with the state's c",
            "LSTMCache(xh, i, j, f, o, state.c, phi_c)",
            "LSTMCache(xh, i, j, f, o, c, phi_c)",
        ),
        ("state returned as (h, c)", "LSTMState(c, h), LSTMCache", "LSTMState(h, c), LSTMCache"),
    ),
    *faults_in(
        "cells/multi.py",
        "cells/test_multi.py",
        ("every layer reads the input", "x, new_state, cache = cell.forward", "_, new_state, cache = cell.forward"),
        ("gradient not handed down", "d_output, d_state, d_params[name] =", "_, d_state, d_params[name] ="),
        ("states of the layers reversed", "d_states.insert(0, d_state)", "d_states.append(d_state)"),
        ("one layer's weights for all", 'return [(f"cell_{layer}", cell', 'return [("cell_0", cell'),
    ),
    *faults_in(
        "initializers.py",
        "cells/test_rnn.py",
        ("Glorot's limit of a normal draw", "np.sqrt(6 / (fan_in + fan_out))", "np.sqrt(2 / (fan_in + fan_out))"),
        ("fan out forgotten", "np.sqrt(6 / (fan_in + fan_out))", "np.sqrt(3 / fan_in)"),
        ("uniform in ±1", "rng.random(shape)", "rng.uniform(-1, 1, shape)"),
    ),
    *faults_in(
        "unroll/static.py",
        "unroll/test_static.py",
        ("state not copied past the end", "new_state = map_tree(partial(np.where, live[t]), new_state, state)", "pass"),
        (
            "state zeroed past the end",
            "partial(np.where, live[t]), new_state, state)",
            "partial(np.multiply, live[t]), new_state)",
        ),
        ("outputs not zeroed past the end", "output = np.where(live[t], output, 0)", "pass"),
        (
            "one step too many",
            "live = np.arange(len(inputs))[:, None, None] <",
            "live = np.arange(len(inputs))[:, None, None] <=",
        ),
        ("state not carried", "        state = new_state\n", ""),
        ("gradient of the outputs past the end let in", "d_output = np.where(live[t], d_output, 0)", "pass"),
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
        ("gradient not carried", "        d_state = d_previous\n", ""),
        ("gradient of the last step only", "np.add(total, d, out=total)", "np.copyto(total, d)"),
        ("gradient of the final state ignored", "d_state = d_final_state\n", "d_state = None\n"),
    ),
    *faults_in(
        "unroll/static.py",
        "unroll/test_dynamic.py",
        ("padding reaches the cell", "x = np.where(live[t], x, 0)", "pass"),
        ("initial state ignored", "return initial_state\n", "return cell.zero_state(batch_size, dtype)\n"),
    ),
    *faults_in(
        "unroll/dynamic.py",
        "unroll/test_dynamic.py",
        ("time_major inputs transposed", "steps = inputs if time_major", "steps = inputs if not time_major"),
        ("outputs left time-major", "outputs = outputs if time_major else outputs.swapaxes(0, 1)", "pass"),
        (
            "sequence_length not handed on",
            "list(steps), initial_state, sequence_length)",
            "list(steps), initial_state)",
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
        ("lengths not counted down", "np.clip(lengths - window.start, 0,", "np.clip(lengths, 0,"),
        ("gradient of the final state dropped", "d_state = d_final_state\n", "d_state = None\n"),
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
        "inputs/unstack.py",
        "inputs/test_unstack.py",
        (
            "flattened in column order",
            "outputs.shape[0] * outputs.shape[1], *outputs.shape[2:])",
            'outputs.shape[0] * outputs.shape[1], *outputs.shape[2:], order="F")',
        ),
        (
            "series dealt out like cards",
            "series.reshape(batch_size, -1, *series.shape[1:])",
            "series.reshape(-1, batch_size, *series.shape[1:]).swapaxes(0, 1)",
        ),
        (
            "batch and time exchanged on the way back",
            "flat.reshape(batch_size, len(flat) // batch_size, *flat.shape[1:])",
            "flat.reshape(len(flat) // batch_size, batch_size, *flat.shape[1:]).swapaxes(0, 1)",
        ),
        ("unstacked along the batch", "np.moveaxis(inputs, axis, 0)", "np.moveaxis(inputs, 0, 0)"),
        ("stacked along the batch", "np.stack(steps, axis)", "np.stack(steps, 0)"),
    ),
    *faults_in(
        "training/dense.py",
        "training/test_dense.py",
        ("bias dropped", ' + params["bias"], inputs', ", inputs"),
        ("kernel gradient of the first row only", "x.T @ d_y", "x[:1].T @ d_y[:1]"),
        ("bias gradient averaged", "d_y.sum(axis=0)", "d_y.mean(axis=0)"),
    ),
    *faults_in(
        "training/losses.py",
        "training/test_losses.py",
        ("labels not taken off the probabilities", "(cache.p - cache.labels)", "cache.p"),
        ("gradient of the loss ignored", "d_loss[..., None] * (cache.p", "1.0 * (cache.p"),
        ("exponentials overflow", "logits - logits.max(axis=-1, keepdims=True)", "logits - 0.0"),
        ("averaged over the classes", "-(labels * log_p).sum(axis=-1)", "-(labels * log_p).mean(axis=-1)"),
        (
            "classes counted from 1",
            "np.eye(num_classes, dtype=logits.dtype)[labels]",
            "np.eye(num_classes, dtype=logits.dtype)[labels - 1]",
        ),
    ),
    *faults_in(
        "training/optimizers.py",
        "training/test_optimizers.py",
        ("uphill", "theta - theta.dtype.type(eta) * g, params", "theta + theta.dtype.type(eta) * g, params"),
        (
            "learning rate not rounded as in TensorFlow",
            "eta = np.float32(self.learning_rate)\n        # θ ← θ − η g\n",
            "eta = self.learning_rate\n",
        ),
        (
            "accumulator read before it is added to",
            "params, gradients, accumulator\n",
            'params, gradients, slots["accumulator"]\n',
        ),
        ("root forgotten", "g / np.sqrt(a)", "g / a"),
        (
            "accumulator starts at 0.1 whatever is asked",
            "np.full_like(theta, self.initial_accumulator_value)",
            "np.full_like(theta, 0.1)",
        ),
    ),
    *faults_in(
        "tasks/echo.py",
        "tasks/test_echo.py",
        ("the future is the label", "np.roll(x, echo_step)", "np.roll(x, -echo_step)"),
        ("labels before the series' start kept", "    labels[:echo_step] = 0\n", ""),
        (
            "loss summed where it should be averaged",
            "np.full_like(losses, 1 / losses.size)",
            "np.full_like(losses, 1.0)",
        ),
        (
            "state not carried from window to window",
            "return losses.mean(), loss_cache.p, new_state",
            "return losses.mean(), loss_cache.p, state",
        ),
        (
            "state not reset at an epoch's start",
            "        state = trainer.zero_state(len(x))\n",
            "        state = trainer.zero_state(len(x)) if epoch == 0 else state\n",
        ),
        (
            "same data every epoch",
            "x, labels = generate_data(rng, total",
            "x, labels = generate_data(np.random.default_rng(0), total",
        ),
        (
            "output layer not trained",
            '"rnn": d_rnn, "dense": d_dense}',
            '"rnn": d_rnn, "dense": {k: 0 * d for k, d in d_dense.items()}}',
        ),
    ),
    *faults_in(
        "jit/activations.py",
        "jit/test_rnn.py",
        ("slope of relu 1 everywhere", "1.0 if a > 0 else 0.0", "1.0"),
        ("slope of tanh without the square", "1 - a * a", "1 - a"),
    ),
    *faults_in(
        "jit/rnn.py",
        "jit/test_rnn.py",
        ("state not copied past the end", "h[t + 1, b] = h[t, b]\n", "h[t + 1, b] = 0\n"),
        (
            "gradient of a copied state dropped",
            "            if t < lengths[b]:\n                d_h[b] = d_h_prev[b]",
            "            d_h[b] = d_h_prev[b]",
        ),
        ("recurrent kernel not transposed", "kernel[input_size:].T.copy()", "kernel[input_size:].copy()"),
        ("kernel gradient from the new h", "np.dot(h[:-1]", "np.dot(h[1:]"),
    ),
    *faults_in(
        "jit/lstm.py",
        "jit/test_lstm.py",
        ("gates i and j swapped", "z_i, z_j, z_f, z_o = split(gates[t, b])", "z_j, z_i, z_f, z_o = split(gates[t, b])"),
        ("forget bias dropped", "z_f[k] + forget_bias", "z_f[k]"),
        (
            "memory not copied past the end",
            "c[t + 1, b], h[t + 1, b] = c[t, b], h[t, b]",
            "c[t + 1, b], h[t + 1, b] = 0, h[t, b]",
        ),
        ("forget gate's gradient from the new c", "d_c_k * c[t, b, k] * f[k]", "d_c_k * c[t + 1, b, k] * f[k]"),
        ("carried c not scaled by the forget gate", "d_c[b, k] = d_c_k * f[k]", "d_c[b, k] = d_c_k"),
    ),
    *faults_in(
        "jit/stack.py",
        "unroll/test_dynamic.py::test_arguments_and_results_are_safe_from_one_another",
        ("final state shares memory with the tape", "map_tree(np.copy, final_state)", "final_state"),
    ),
    *faults_in(
        "unroll/static.py",
        "unroll/test_dynamic.py::test_arguments_and_results_are_safe_from_one_another",
        ("final state shares memory with a cache", "map_tree(np.copy, state)", "state"),
    ),
    *faults_in(
        "jit/stack.py",
        "jit/test_stack.py",
        ("states of the layers reversed", "tuple(reversed(d_states))", "tuple(d_states)"),
        ("every layer reads the input", "            x = x_above\n", ""),
        ("read-only arrays compile anew and fail", '"C_CONTIGUOUS", "ALIGNED", "WRITEABLE"', '"ALIGNED"'),
    ),
]
