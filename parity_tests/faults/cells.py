"""Faults in the cells, and in what they share."""

from parity_tests.faults.fault import faults_in

FAULTS = [
    *faults_in(
        "cells/rnn.py",
        "cells/test_rnn.py",
        (
            "bias dropped",
            ' + params.get("bias", 0)\n',
            "\n",
        ),
        (
            "recurrent kernel transposed",
            'z = xh @ params["kernel"]',
            'z = x @ params["kernel"][: x.shape[1]] + state @ params["kernel"][x.shape[1] :].T',
        ),
        (
            "x and h joined the other way round",
            "[x, state]",
            "[state, x]",
        ),
        (
            "activation's slope forgotten",
            "d_z = d_h * ACTIVATIONS[self.activation].slope(h)",
            "d_z = d_h",
        ),
        (
            "gradient of the carried h dropped",
            "d_h = d_output + d_new_state",
            "d_h = d_output",
        ),
        (
            "gradient of the output dropped",
            "d_h = d_output + d_new_state",
            "d_h = d_new_state",
        ),
        (
            "bias gradient averaged over the batch",
            "d_z.sum(axis=0)",
            "d_z.mean(axis=0)",
        ),
        (
            "kernel not transposed in the backward pass",
            'd_z @ params["kernel"].T',
            'd_z @ params["kernel"]',
        ),
        (
            "cache overwritten by the caller's gradient",
            "xh, h = check_cache(cache, RNNCache)\n",
            "xh, h = check_cache(cache, RNNCache)\n        h *= 1.5\n",
        ),
    ),
    *faults_in(
        "cells/rnn.py",
        "cells/test_biasless.py",
        ("a bias although there shall be none", "if self.use_bias else {}", "if self else {}"),
    ),
    *faults_in(
        "cells/lstm.py",
        "cells/test_biasless.py",
        (
            "a gradient of the bias that is not there",
            "LSTMState(d_c_prev, d_h_prev), {name: d_params[name] for name in params}",
            "LSTMState(d_c_prev, d_h_prev), d_params",
        ),
    ),
    *faults_in(
        "cells/full_lstm.py",
        "cells/test_biasless.py",
        ("a block cell without a bias", ', "use_bias": True}', "}"),
    ),
    *faults_in(
        "cells/gru.py",
        "cells/test_biasless.py",
        ("the gates alone have a bias", "if self.use_bias else {})", "if self.use_bias or columns > size else {})"),
        ("a bias of 1 in the place of none", 'weights.get("bias", 0)', 'weights.get("bias", 1)'),
    ),
    *faults_in(
        "activations.py",
        "cells/test_rnn.py",
        (
            "slope of tanh without the square",
            "lambda a: 1 - a * a",
            "lambda a: 1 - a",
        ),
        (
            "slope of relu 1 everywhere",
            "np.zeros_like(a)))",
            "np.ones_like(a)))",
        ),
        (
            "relu leaks",
            "return np.maximum(z, 0)\n",
            "return np.maximum(z, 0.01 * z)\n",
        ),
    ),
    *faults_in(
        "activations.py",
        "cells/test_phi.py",
        ("slope of σ without the rest", "lambda a: a * (1 - a))", "lambda a: a)"),
        ("slope of softsign without the square", "(1 - np.maximum(a, -a)) ** 2", "(1 - np.maximum(a, -a))"),
        ("slope of softplus as if a were z", "-np.expm1(-a)", "sigmoid(a)"),
        ("slope of ELU without α", "a + alpha)", "a)"),
        ("leaky below and above", "np.where(a.real > 0, 1, alpha)", "np.where(a.real > 0, alpha, alpha)"),
        ("the hard sigmoid of Keras 2 for both", "held(z + 3, 0, 6) / 6", "held(z + 2.5, 0, 5) / 5"),
        ("numbers of an activation ignored", "return family(*phi[1:])", "return family()"),
        ("scaled tanh steep for its value alone", "alpha * beta * (1", "alpha * (1"),
        ("a threshold that subtracts", "np.where(z.real > alpha, z, 0)", "np.where(z.real > alpha, z - alpha, 0)"),
    ),
    *faults_in(
        "jit/covered.py",
        "cells/test_phi.py",
        ("activations that are not compiled let through", "        check_activations(cell)\n", "        pass\n"),
    ),
    *faults_in(
        "cells/gru.py",
        "cells/test_phi.py",
        ("gates that are σ whatever is asked for", "ACTIVATIONS[self.recurrent_activation].value(z)", 'ACTIVATIONS["sigmoid"].value(z)'),
    ),
    *faults_in(
        "activations.py",
        "cells/test_lstm.py",
        (
            "sigmoid too steep",
            "(1 + np.exp(np.minimum(z, -z)))",
            "(1 + np.exp(2 * np.minimum(z, -z)))",
        ),
    ),
    *faults_in(
        "activations.py",
        "test_activations.py",
        (
            "sigmoid that overflows",
            "np.exp(np.minimum(z, 0)) / (1 + np.exp(np.minimum(z, -z)))",
            "1 / (1 + np.exp(-z))",
        ),
        (
            "sigmoid without a tail",
            "np.exp(np.minimum(z, 0)) / (1 + np.exp(np.minimum(z, -z)))",
            "0.5 * (1 + np.tanh(0.5 * z))",
        ),
        (
            "sigmoid of |z|, which has no complex derivative",
            "(1 + np.exp(np.minimum(z, -z)))",
            "(1 + np.exp(-np.abs(z)))",
        ),
    ),
    *faults_in(
        "cells/lstm.py",
        "cells/test_lstm.py",
        (
            "gates i and j swapped",
            "z_i, z_j, z_f, z_o = np.split",
            "z_j, z_i, z_f, z_o = np.split",
        ),
        (
            "gates f and o swapped, the order of Keras",
            "z_i, z_j, z_f, z_o = np.split",
            "z_i, z_f, z_j, z_o = np.split",
        ),
        (
            "forget bias added twice",
            "sigma(z_f + self.forget_bias)",
            "sigma(z_f + 2 * self.forget_bias)",
        ),
        (
            "forget bias 0",
            "sigma(z_f + self.forget_bias)",
            "sigma(z_f)",
        ),
        (
            "bias dropped",
            ' + params.get("bias", 0)\n',
            "\n",
        ),
        (
            "memory overwritten, not added to",
            "c = f * state.c + i * j",
            "c = state.c + i * j",
        ),
        (
            "output from the old memory",
            "phi_c = phi(c)",
            "phi_c = phi(state.c)",
        ),
        (
            "output not squashed",
            "phi_c = phi(c)",
            "phi_c = c",
        ),
        (
            "gradient of the carried h dropped",
            "d_h = d_output + d_new_state.h",
            "d_h = d_output",
        ),
        (
            "gradient of the carried c dropped",
            "d_c = d_new_state.c + d_h * o",
            "d_c = d_h * o",
        ),
        (
            "gradient through h' to c' dropped",
            "d_c = d_new_state.c + d_h * o * slope(phi_c)",
            "d_c = d_new_state.c",
        ),
        (
            "slope of φ(c') forgotten",
            "d_h * o * slope(phi_c)",
            "d_h * o",
        ),
        (
            "carried c not scaled by the forget gate",
            "d_c_prev = d_c * f",
            "d_c_prev = d_c",
        ),
        (
            "forget gate's gradient from the new c",
            "d_c * j, d_c * i, d_c * c",
            "d_c * j, d_c * i, d_c * phi_c",
        ),
        (
            "slope of σ at the forget gate",
            "d_f * sigma_slope(f)",
            "d_f * f",
        ),
        (
            "kernel gradient halved",
            '{"kernel": xh.T @ d_z',
            '{"kernel": 0.5 * xh.T @ d_z',
        ),
        (
            "cache shares memory with the state's c",
            "LSTMCache(xh, i, j, f, o, state.c, phi_c)",
            "LSTMCache(xh, i, j, f, o, c, phi_c)",
        ),
        (
            "state returned as (h, c)",
            "LSTMState(c, h), LSTMCache",
            "LSTMState(h, c), LSTMCache",
        ),
    ),
    *faults_in(
        "cells/multi.py",
        "cells/test_multi.py",
        (
            "every layer reads the input",
            "x, new_state, cache = masked_forward",
            "_, new_state, cache = masked_forward",
        ),
        (
            "gradient not handed down",
            "d_output, d_state, d_params[name] =",
            "_, d_state, d_params[name] =",
        ),
        (
            "states of the layers reversed",
            "d_states.insert(0, d_state)",
            "d_states.append(d_state)",
        ),
        (
            "one layer's weights for all",
            'return [(f"cell_{layer}", cell',
            'return [("cell_0", cell',
        ),
    ),
    *faults_in(
        "initializers.py",
        "cells/test_rnn.py",
        (
            "Glorot's limit of a normal draw",
            "np.sqrt(6 / max(fan_in + fan_out, 2))",
            "np.sqrt(2 / max(fan_in + fan_out, 2))",
        ),
        (
            "fan out forgotten",
            "np.sqrt(6 / max(fan_in + fan_out, 2))",
            "np.sqrt(3 / fan_in)",
        ),
        (
            "uniform in ±1",
            "rng.random(shape)",
            "rng.uniform(-1, 1, shape)",
        ),
    ),
    *faults_in(
        "cells/gru.py",
        "cells/test_gru.py",
        (
            "gates r and u swapped",
            "r, u = np.split(ACTIVATIONS",
            "u, r = np.split(ACTIVATIONS",
        ),
        (
            "update gate the other way round",
            "h = u * state + (1 - u) * n",
            "h = (1 - u) * state + u * n",
        ),
        (
            "state not averaged but added to",
            "h = u * state + (1 - u) * n",
            "h = state + (1 - u) * n",
        ),
        (
            "reset gate not used, reset before",
            "np.concatenate([x, r * state], axis=1)",
            "np.concatenate([x, state], axis=1)",
        ),
        (
            "bias of the hidden projection not reset",
            'linear(candidate["input_projection"], x) + r * z_h',
            'linear(candidate["input_projection"], x) + r * (state @ candidate["hidden_projection"]["kernel"]) + candidate["hidden_projection"]["bias"]',
        ),
        (
            "reset before the product where it belongs after",
            'z_h = linear(candidate["hidden_projection"], state)',
            'z_h = linear(candidate["hidden_projection"], r * state)',
        ),
        (
            "bias dropped",
            ' + weights.get("bias", 0)\n',
            "\n",
        ),
        (
            "the candidate's bias starts at 1",
            'path == "gates/bias"',
            'path.endswith("bias")',
        ),
        (
            "gradient of the carried h dropped",
            "d_h = d_output + d_new_state",
            "d_h = d_output",
        ),
        (
            "gradient of the output dropped",
            "d_h = d_output + d_new_state",
            "d_h = d_new_state",
        ),
        (
            "candidate forgotten in the update gate's gradient",
            "d_h * (h - n), d_h * (1 - u)",
            "d_h * h, d_h * (1 - u)",
        ),
        (
            "update gate's gradient with the wrong sign",
            "d_h * (h - n)",
            "d_h * (n - h)",
        ),
        (
            "candidate's gradient not scaled by 1 − u",
            "d_h * (h - n), d_h * (1 - u)",
            "d_h * (h - n), d_h",
        ),
        (
            "slope of φ forgotten",
            "d_z_n = d_n * ACTIVATIONS[self.activation].slope(n)",
            "d_z_n = d_n",
        ),
        (
            "hidden projection's gradient not reset",
            "d_r, d_z_h = d_z_n * z_h, d_z_n * r",
            "d_r, d_z_h = d_z_n * z_h, d_z_n",
        ),
        (
            "reset gate's gradient from h in place of z_h",
            "d_r, d_z_h = d_z_n * z_h",
            "d_r, d_z_h = d_z_n * h",
        ),
        (
            "reset gate's two factors swapped",
            "d_r, d_h_n = d_rh * h, d_rh * r",
            "d_r, d_h_n = d_rh * r, d_rh * h",
        ),
        (
            "slope of σ at the reset gate",
            "d_r * sigma_slope(r)",
            "d_r * r",
        ),
        (
            "gradient of the kept h dropped",
            "d_h_kept + d_h_n + d_h_gates",
            "d_h_n + d_h_gates",
        ),
        (
            "gradient through the candidate to h dropped",
            "d_h_kept + d_h_n + d_h_gates",
            "d_h_kept + d_h_gates",
        ),
        (
            "gradient through the gates to h dropped",
            "d_h_kept + d_h_n + d_h_gates",
            "d_h_kept + d_h_n",
        ),
        (
            "gradient through the gates to x dropped",
            "return d_x_n + d_x_gates,",
            "return d_x_n,",
        ),
        (
            "bias gradient averaged over the batch",
            "d_z.sum(axis=0)",
            "d_z.mean(axis=0)",
        ),
        (
            "kernel gradient from [x, h] where r was used",
            "linear_backward(candidate, xrh, d_z_n)",
            "linear_backward(candidate, xh, d_z_n)",
        ),
    ),
    *faults_in(
        "cells/coupled_lstm.py",
        "cells/test_coupled_lstm.py",
        (
            "columns of j and f swapped",
            "z_j, z_f, z_o = np.split(xh",
            "z_f, z_j, z_o = np.split(xh",
        ),
        (
            "forget bias taken off",
            "z_f = z_f + self.forget_bias",
            "z_f = z_f - self.forget_bias",
        ),
        (
            "bias drawn like a weight",
            'return zeros if path == "B" else kernel_initializer',
            "return kernel_initializer",
        ),
        (
            "coupled the other way round",
            "c = f * state.c + (1 - f) * j",
            "c = (1 - f) * state.c + f * j",
        ),
        (
            "not coupled: all of the candidate written",
            "c = f * state.c + (1 - f) * j",
            "c = f * state.c + j",
        ),
        (
            "output peephole on the old c",
            'z_o = z_o + params["W_O_diag"] * c',
            'z_o = z_o + params["W_O_diag"] * state.c',
        ),
        (
            "state keeps h' before the clipping",
            "LSTMState(c, h), CoupledLSTMCache",
            "LSTMState(c, h_unclipped), CoupledLSTMCache",
        ),
        (
            "gradient of the carried h dropped",
            "d_h = d_output + d_new_state.h",
            "d_h = d_output",
        ),
        (
            "clipping differentiated as if there were none",
            "d_m = d_h * clip_slope(h_unclipped, self.proj_clip)",
            "d_m = d_h",
        ),
        (
            "no gradient at the bounds of the clipping",
            "clip_slope(h_unclipped, self.proj_clip)",
            "(1.0 if self.proj_clip is None else abs(h_unclipped) < self.proj_clip)",
        ),
        (
            "projection's gradient from the clipped output",
            'd_params["W_P_0"] = m.T @ d_m',
            'd_params["W_P_0"] = m.T @ d_h',
        ),
        (
            "gradient through the output peephole to c' dropped",
            'd_c_new = d_c_new + d_z_o * params["W_O_diag"]',
            "pass",
        ),
        (
            "output peephole's gradient from the old c",
            "(d_z_o * c_new).sum(axis=0)",
            "(d_z_o * c).sum(axis=0)",
        ),
        (
            "forget gate's gradient of an LSTM that is not coupled",
            "d_c_new * (c - j)",
            "d_c_new * c",
        ),
        (
            "candidate's gradient through f, not 1 − f",
            "d_c_new * (1 - f)",
            "d_c_new * f",
        ),
        (
            "gradient through the forget peephole to c dropped",
            'd_c = d_c + d_z_f * params["W_F_diag"]',
            "pass",
        ),
        (
            "forget peephole's gradient from the new c",
            "(d_z_f * c).sum(axis=0)",
            "(d_z_f * c_new).sum(axis=0)",
        ),
        (
            "gradients of x and h cut at H, not at P",
            "[-self.output_size], axis=1)",
            "[-self.num_units], axis=1)",
        ),
    ),
    *faults_in(
        "cells/attention.py",
        "cells/test_attention.py",
        (
            "oldest dropped before reading",
            "window = attn_states.reshape(len(x), self.attn_length, self.output_size)",
            "window = np.concatenate([attn_states[:, self.output_size :], 0 * u], axis=1).reshape(len(x), self.attn_length, self.output_size)",
        ),
        (
            "what was read is not fed back",
            "xu = np.concatenate([x, u], axis=1)",
            "xu = np.concatenate([x, 0 * u], axis=1)",
        ),
        (
            "asks with the old state",
            "q = np.concatenate([leaf for _, leaf in named_leaves((s,))], axis=1)",
            "q = np.concatenate([leaf for _, leaf in named_leaves((state[0],))], axis=1)",
        ),
        (
            "query's arrays in the wrong order",
            "q = np.concatenate([leaf for _, leaf in named_leaves((s,))], axis=1)",
            "q = np.concatenate([leaf for _, leaf in named_leaves((s,))][::-1], axis=1)",
        ),
        (
            "largest score not taken off",
            "np.exp(e - e.real.max(axis=1, keepdims=True))",
            "np.exp(e)",
        ),
        (
            "shares over the batch",
            "alpha / alpha.sum(axis=1, keepdims=True)",
            "alpha / alpha.sum(axis=0, keepdims=True)",
        ),
        (
            "window read as [B, A, K]",
            "window = attn_states.reshape(len(x), self.attn_length, self.output_size)",
            "window = attn_states.reshape(len(x), self.output_size, self.attn_length).swapaxes(1, 2)",
        ),
        (
            "attends to the cell's output instead of its own",
            "attn_states[:, self.output_size :], output]",
            "attn_states[:, self.output_size :], u]",
        ),
        (
            "window not moved up",
            "[attn_states[:, self.output_size :], output]",
            "[attn_states[:, : -self.output_size], output]",
        ),
        (
            "gradient of the output in the window dropped",
            "d_output = d_output + d_attn_states[:, -a:]",
            "pass",
        ),
        (
            "gradient of the window not moved down",
            "[np.zeros_like(d_output), d_attn_states[:, :-a]]",
            "[d_attn_states[:, :-a], np.zeros_like(d_output)]",
        ),
        (
            "gradient of u' from the next step dropped",
            "d_u = d_u + d_u_here",
            "d_u = d_u_here",
        ),
        (
            "window's gradient through the mean dropped",
            "d_window = d_window + alpha[:, :, None] * d_u[:, None]",
            "pass",
        ),
        (
            "softmax differentiated entry by entry",
            "d_e = alpha * (d_alpha - (alpha * d_alpha).sum(axis=1, keepdims=True))",
            "d_e = alpha * (1 - alpha) * d_alpha",
        ),
        (
            "mean of the gradients not weighted by the shares",
            "(alpha * d_alpha).sum(",
            "d_alpha.mean(",
        ),
        (
            "slope of tanh forgotten",
            " * (1 - t * t)",
            "",
        ),
        (
            "window's gradient through the scores dropped",
            'd_window = d_window + d_z @ attention["attn_w"][0, 0].T',
            "pass",
        ),
        (
            "one S_k's gradient for the query",
            "d_zq = d_z.sum(axis=1)",
            "d_zq = d_z[:, -1]",
        ),
        (
            "attn_v learns from the slopes",
            "(d_e[:, :, None] * t).sum(axis=(0, 1))",
            "(d_e[:, :, None] * (1 - t * t)).sum(axis=(0, 1))",
        ),
        (
            "gradient of the query not handed to the cell",
            "d_s = map_tree(lambda d: d + next(parts), d_s)",
            "pass",
        ),
        (
            "fans of the image's height and width",
            "kernel_initializer(rng, shape[2:], dtype).reshape(shape)",
            "kernel_initializer(rng, shape, dtype)",
        ),
        (
            "the cell's initialiser not asked",
            "if scope == self.cell.scope:",
            'if scope == "cell":',
        ),
    ),
    *faults_in(
        "cells/full_lstm.py",
        "cells/test_full_lstm.py",
        (
            "input gate's peephole on the forget gate's weights",
            'z_i = z_i + params["w_i_diag"] * state.c',
            'z_i = z_i + params["w_f_diag"] * state.c',
        ),
        (
            "output gate's peephole on the old c",
            'z_o = z_o + params["w_o_diag"] * c\n',
            'z_o = z_o + params["w_o_diag"] * state.c\n',
        ),
        (
            "memory clipped after the output instead of before",
            "c = clip(c_unclipped, self.cell_clip)\n        # o sees",
            "c = c_unclipped\n        # o sees",
        ),
        (
            "projection clipped before the product",
            "h = clip(h_unclipped, self.proj_clip)",
            "h = h_unclipped",
        ),
        (
            "memory clip's derivative ignored",
            "if self.clipping_stops_gradients:",
            "if False:",
        ),
        (
            "fused kernel's clip stops gradients",
            "clipping_stops_gradients: ClassVar[bool] = False",
            "clipping_stops_gradients: ClassVar[bool] = True",
        ),
        (
            "projection clip's derivative ignored",
            " * clip_slope(h_unclipped, self.proj_clip)",
            "",
        ),
        (
            "projection's gradient dropped",
            '{"kernel": m.T @ d_m}',
            '{"kernel": 0 * m.T @ d_m}',
        ),
        (
            "gradient not handed back through the projection",
            'd_m = d_m @ params["projection"]["kernel"].T',
            'd_m = d_m @ np.ones_like(params["projection"]["kernel"].T)',
        ),
        (
            "output peephole's gradient from the old c",
            "(d_z_o * c_new).sum(axis=0)",
            "(d_z_o * c).sum(axis=0)",
        ),
        (
            "output peephole hands nothing back to c'",
            '            d_c_new = d_c_new + d_z_o * params["w_o_diag"]\n',
            "",
        ),
        (
            "peepholes hand nothing back to c",
            '            d_c = d_c + d_z_f * params["w_f_diag"] + d_z_i * params["w_i_diag"]\n',
            "",
        ),
        (
            "forget gate's peephole hands nothing back to c",
            'd_c + d_z_f * params["w_f_diag"] + d_z_i',
            "d_c + d_z_i",
        ),
        (
            "forget bias twice",
            "sigma(z_f + self.forget_bias)",
            "sigma(z_f + 2 * self.forget_bias)",
        ),
        (
            "gradient of the carried c dropped",
            "d_c_new = d_new_state.c + d_m",
            "d_c_new = d_m",
        ),
    ),
    *faults_in(
        "activations.py",
        "cells/test_full_lstm.py",
        (
            "clipping stops the gradient at the bound",
            "return np.ones_like(z) if bound is None else (np.abs(z.real) <= bound)",
            "return np.ones_like(z) if bound is None else (np.abs(z.real) < bound)",
        ),
        (
            "clipped to the positive bound",
            "np.sign(z.real) * z.real.dtype.type(bound)",
            "z.real.dtype.type(bound)",
        ),
    ),
    *faults_in(
        "cells/dropout.py",
        "cells/test_dropout.py",
        (
            "dropout on c",
            "return LSTMState(c=False, h=True) if",
            "return LSTMState(c=True, h=True) if",
        ),
        (
            "mask drawn again between forward and backward",
            "        cache, masks, shape, dtype = check_cache(cache, tuple)\n",
            "        cache, masks, shape, dtype = check_cache(cache, tuple)\n        flip = lambda mask: np.random.default_rng(0).permuted(mask, axis=1)\n        masks = DropoutMasks(*(map_tree(flip, part) for part in masks[:3]), masks.cell)\n",
        ),
        (
            "scale by keep_prob forgotten",
            "tree / float(np.float32(keep_prob)), 0)",
            "tree, 0)",
        ),
        (
            "keep_prob not rounded to float32",
            "tree / float(np.float32(keep_prob))",
            "tree / keep_prob",
        ),
        (
            "input mask on the output's probability",
            "x = drop(x, masks.input, self.input_keep_prob)",
            "x = drop(x, masks.input, self.output_keep_prob)",
        ),
        (
            "output dropped into the state",
            "        new_state = drop(new_state, masks.state, self.state_keep_prob)\n        return drop(output",
            "        new_state = drop(new_state, masks.state, self.state_keep_prob)\n        new_state = drop(new_state, LSTMState((), masks.output), 0.5) if isinstance(new_state, LSTMState) and masks.output != () else new_state\n        return drop(output",
        ),
        (
            "state's gradient not dropped",
            "        d_new_state = drop(d_new_state, masks.state, self.state_keep_prob)\n",
            "",
        ),
        (
            "input's gradient not dropped",
            "return drop(d_x, masks.input, self.input_keep_prob), d_state",
            "return d_x, d_state",
        ),
        (
            "one mask for all steps",
            "drawn = (1, 1, size) if self.variational_recurrent else (num_steps, batch_size, size)",
            "drawn = (1, 1, size) if self.variational_recurrent else (1, batch_size, size)",
        ),
        (
            "variational masks new in every row",
            "drawn = (1, 1, size) if self.variational_recurrent",
            "drawn = (1, batch_size, size) if self.variational_recurrent",
        ),
        (
            "entries kept with probability 1 − keep_prob",
            "rng.random(drawn) < keep_prob",
            "rng.random(drawn) > keep_prob",
        ),
        (
            "state filter not asked for the layers below",
            "self.filtered(size) if want else ()",
            "size if want else ()",
        ),
    ),
    *faults_in(
        "cells/residual.py",
        "cells/test_residual.py",
        (
            "input not added",
            "return x + output, new_state",
            "return output, new_state",
        ),
        (
            "gradient round the cell dropped",
            "return d_output + d_x, d_state",
            "return d_x, d_state",
        ),
        (
            "gradient through the cell dropped",
            "return d_output + d_x, d_state",
            "return d_output, d_state",
        ),
    ),
    *faults_in(
        "initializers.py",
        "cells/test_gru.py",
        (
            "gates of a GRU start at 0",
            "return np.ones(shape, dtype)",
            "return np.zeros(shape, dtype)",
        ),
    ),
    *faults_in(
        "cells/time_freq_lstm.py",
        "cells/test_time_freq_lstm.py",
        (
            "window stays where it is",
            "v = np.concatenate([x[:, window], h, h_new], axis=1)",
            "v = np.concatenate([x[:, windows[0]], h, h_new], axis=1)",
        ),
        (
            "h of the place below and of the step before swapped",
            "[x[:, window], h, h_new]",
            "[x[:, window], h_new, h]",
        ),
        (
            "nothing heard from the place below",
            "[x[:, window], h, h_new]",
            "[x[:, window], h, 0 * h_new]",
        ),
        (
            "gates i and j swapped",
            "z_i, z_j, *z_f, z_o = np.split(v",
            "z_j, z_i, *z_f, z_o = np.split(v",
        ),
        (
            "forget bias 0",
            "sigmoid(z_f[0] + cell.forget_bias + seen_f)",
            "sigmoid(z_f[0] + seen_f)",
        ),
        (
            "peepholes of i and f swapped",
            "seen_i, seen_f = np.einsum",
            "seen_f, seen_i = np.einsum",
        ),
        (
            "output gate sees the old memory",
            '"aqh,qbh->abh", weights.w[2], c_new)), np',
            '"aqh,qbh->abh", weights.w[2], c)), np',
        ),
        (
            "memory clipped only on its way to the output",
            "return o * tanh_c, c_new, StepCache",
            "return o * tanh_c, c_unclipped, StepCache",
        ),
        (
            "gradient passes the clipping by",
            "d_sum = d_c_new * clip_slope(c_unclipped, cell.cell_clip)",
            "d_sum = d_c_new",
        ),
        (
            "clipping judged after clipping",
            "clip_slope(c_unclipped, cell.cell_clip)",
            "clip_slope(c_new, cell.cell_clip)",
        ),
        (
            "gradient through the output peephole dropped",
            ' + np.einsum("aqh,abh->qbh", weights.w[2], d_z_o)\n',
            "\n",
        ),
        (
            "gradient through the peepholes of i and f dropped",
            'd_c = d_sum * f + np.einsum("gaqh,gabh->qbh", weights.w[:2], np.stack([d_z_i, d_z_f]))',
            "d_c = d_sum * f",
        ),
        (
            "output peephole's gradient from the old memory",
            "(d_z_o, c_new))]",
            "(d_z_o, c))]",
        ),
        (
            "forget peephole's gradient from the new memory",
            "(d_z_f, c), (d_z_o",
            "(d_z_f, c_new), (d_z_o",
        ),
        (
            "gradient of the place above dropped",
            "+ d_columns[2 * k + 1] + d_h_above",
            "+ d_columns[2 * k + 1]",
        ),
        (
            "gradient of the carried h dropped",
            "d_outputs[k] + d_columns[2 * k + 1] +",
            "d_outputs[k] +",
        ),
        (
            "places differentiated from the bottom",
            "for k in reversed(range(len(steps))):",
            "for k in range(len(steps)):",
        ),
        (
            "overlapping windows overwrite",
            "d_x[:, windows[k]] += d_x_k",
            "d_x[:, windows[k]] = d_x_k",
        ),
        (
            "weights learn from the last place only",
            "d_weights = map_tree(np.add, d_weights, d)",
            "d_weights = d",
        ),
        (
            "windows one column apart",
            "end - size + 1, skip)",
            "end - size + 1, 1)",
        ),
        (
            "all windows but the first one column too low",
            "slice(low, low + size)",
            "slice(low - (low > start), low + size - (low > start))",
        ),
        (
            "states ordered as all c, then all h",
            "np.concatenate(new_state, axis=1), (x.shape",
            "np.concatenate(new_state[::2] + new_state[1::2], axis=1), (x.shape",
        ),
        (
            "B drawn, not zero",
            'zeros if path.startswith("B") else',
            'zeros if path.startswith("b") else',
        ),
    ),
    *faults_in(
        "cells/grid_lstm.py",
        "cells/test_grid_lstm.py",
        (
            "h along frequency carried from block to block",
            "h_freq = c_freq = np.zeros_like(state[0])\n            for window in windows:\n                c, h = next",
            "h_freq = c_freq = np.zeros_like(state[0]) if block == 0 else h_freq\n            for window in windows:\n                c, h = next",
        ),
        (
            "memories stacked the wrong way round",
            "np.stack([c, c_freq])",
            "np.stack([c_freq, c])",
        ),
        (
            "ĥ not carried up",
            "[x[:, window], h, h_freq]",
            "[x[:, window], h, 0 * h_freq]",
        ),
        (
            "place above hears the h along time",
            "(h, h_freq), (c, c_freq), step = lstm_step(weights, v, c, self)",
            "(h, h_freq), (c, c_freq), step = lstm_step(weights, v, c, self)\n                h_freq = h",
        ),
        (
            "outputs of the two LSTMs swapped",
            "outputs += [h, h_freq]",
            "outputs += [h_freq, h]",
        ),
        (
            "state keeps the memory along frequency",
            "new_state += [c, h]",
            "new_state += [c_freq, h]",
        ),
        (
            "cross peepholes transposed",
            'for lstm in lstms for memory in "tf"]',
            'for memory in "tf" for lstm in lstms]',
        ),
        (
            "peepholes see the other memory",
            'for memory in "tf"]',
            'for memory in "ft"]',
        ),
        (
            "all blocks use the first block's weights",
            "weights = self.weights(params, block)\n            h_freq",
            "weights = self.weights(params, 0)\n            h_freq",
        ),
        (
            "shared weights are those along time",
            'lstms = ("freq", "freq") if',
            'lstms = ("time", "time") if',
        ),
        (
            "weights shared where there are peepholes",
            "if self.share_time_frequency_weights else",
            "if self.use_peepholes else",
        ),
        (
            "shared weights learn from one LSTM only",
            "d_params[name] += d\n",
            "d_params[name] = d\n",
        ),
        (
            "gradient of the place above not carried",
            "d_outputs[2 * k + 1] + d_h_freq])",
            "d_outputs[2 * k + 1]])",
        ),
        (
            "gradient of ĉ from above dropped",
            "d_c = np.stack([d_new_state[2 * k], d_c_freq])",
            "d_c = np.stack([d_new_state[2 * k], 0 * d_c_freq])",
        ),
        (
            "gradient of the carried h dropped",
            "d_outputs[2 * k] + d_new_state[2 * k + 1],",
            "d_outputs[2 * k],",
        ),
        (
            "gradient leaks from block to block",
            "d_h_freq = d_c_freq = np.zeros_like(d_outputs[0])",
            "d_h_freq = d_c_freq = np.zeros_like(d_outputs[0]) if len(places) == len(steps) else d_c_freq",
        ),
        (
            "overlapping windows overwrite",
            "d_x[:, window] += d_x_k",
            "d_x[:, window] = d_x_k",
        ),
        (
            "gradients of h and of ĥ swapped",
            "d_x_k, d_h, d_h_freq = np.split",
            "d_x_k, d_h_freq, d_h = np.split",
        ),
        (
            "every block begins at column 0",
            "frequency_windows(self, start, end, count)",
            "frequency_windows(self, 0, end - start, count)",
        ),
        (
            "a type of state for every cell",
            "@functools.cache\n",
            "",
        ),
    ),
]
