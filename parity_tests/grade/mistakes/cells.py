"""Mistakes that cells of all kinds have in common, and those of the simple ones."""

from parity_tests.grade.mistakes.kinds import Mistake, mistake

XH = "xh = np.concatenate([x, h], axis=1)"
SHARED: list[Mistake] = [
    mistake("x and h stand the wrong way round: in [x, h] x comes first", XH, "xh = np.concatenate([h, x], axis=1)"),
    mistake("the bias is missing", ' + params["bias"]', ""),
    mistake("the bias is subtracted, not added", ' + params["bias"]', ' - params["bias"]'),
    mistake(
        "the rows of W that belong to h (the recurrent kernel) are transposed",
        'xh @ params["kernel"] +',
        'x @ params["kernel"][: x.shape[1]] + np.tile(h @ params["kernel"][x.shape[1] :][:, : h.shape[1]].T, '
        '(1, params["kernel"].shape[1] // h.shape[1])) +',
    ),
    mistake("the state h is left out of [x, h]", XH, "xh = np.concatenate([x, 0 * h], axis=1)"),
    mistake("the input x is left out of [x, h]", XH, "xh = np.concatenate([0 * x, h], axis=1)"),
    mistake(
        "your d_bias is the mean over the batch; it is the sum",
        "d_bias = d_z.sum(axis=0)",
        "d_bias = d_z.mean(axis=0)",
    ),
    mistake("your d_bias is summed over the units as well", "d_bias = d_z.sum(axis=0)", "d_bias = d_z.sum()"),
    mistake("your d_bias keeps the axis of the batch: shape [1, …]", "d_z.sum(axis=0)", "d_z.sum(axis=0, keepdims=True)"),
    mistake("your d_kernel is divided by the batch size; it is a sum", "xh.T @ d_z", "xh.T @ d_z / len(x)"),
    mistake(
        "your d_kernel and your d_bias are divided by the batch size; they are sums",
        "xh.T @ d_z",
        "xh.T @ d_z / len(x)",
        "d_bias = d_z.sum(axis=0)",
        "d_bias = d_z.mean(axis=0)",
    ),
    mistake("the rows of the batch overwrite your d_kernel: they add up", "xh.T @ d_z", "xh[-1:].T @ d_z[-1:]"),
    mistake("the rows of the batch overwrite your d_bias: they add up", "d_bias = d_z.sum(axis=0)", "d_bias = d_z[-1]"),
    mistake("the rows of the batch overwrite your d_kernel and your d_bias: they add up", "xh.T @ d_z", "xh[-1:].T @ d_z[-1:]",
            "d_bias = d_z.sum(axis=0)", "d_bias = d_z[-1]"),
    mistake("your d_kernel is transposed", "xh.T @ d_z", "(xh.T @ d_z).T"),
    mistake(
        "d_x and d_h are cut out of ∂L/∂[x, h] the wrong way round: the first D columns belong to x",
        "d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :]",
        "d_xh[:, h.shape[1] :], d_xh[:, : h.shape[1]]",
    ),
    mistake(
        "d_x and d_h are swapped",
        "d_xh[:, : x.shape[1]], d_xh[:, x.shape[1] :]",
        "d_xh[:, x.shape[1] :], d_xh[:, : x.shape[1]]",
    ),
]

SLOPE = "d_z = d_total * (1 - h_new**2)"
TOTAL = "d_total = d_output + d_h_new"
MISTAKES: dict[str, list[Mistake]] = {
    "sigmoid": [
        mistake("the sign of z is wrong: this is σ(−z)", "z >= 0", "z < 0"),
        mistake("this is tanh, not σ", "return a", "return np.tanh(z)"),
        mistake("e^z is divided by 1 + e^z: for entries of 1000 both are infinite", "return a", "return np.exp(z) / (1 + np.exp(z))"),
        mistake("this is 1 / (1 + e^z), which is σ(−z)", "return a", "return 1 / (1 + np.exp(z))"),
        mistake("this is tanh(z) / 2 + 1/2, which is σ(2z)", "return a", "return np.tanh(z) / 2 + 0.5"),
        mistake("e^(−z) is missing from the divisor: this is e^(−z)", "return a", "return np.exp(-z)"),
        mistake("this is 1 + e^(−z): it is not inverted", "return a", "return 1 + np.exp(-z)"),
        mistake("the 1 in the divisor is missing: this is 1 / e^(−z)", "return a", "return 1 / np.exp(-z)"),
    ],
    "sigmoid_slope": [
        mistake(
            "σ is applied once more: the argument a is σ(z) already",
            "a * (1 - a)",
            "(1 / (1 + np.exp(-a))) * (1 - 1 / (1 + np.exp(-a)))",
        ),
        mistake("this is the slope of tanh, 1 − a²", "a * (1 - a)", "1 - a**2"),
        mistake("the factor a is missing", "a * (1 - a)", "1 - a"),
    ],
    "tanh_slope": [
        mistake("tanh is applied once more: the argument a is tanh(z) already", "1 - a * a", "1 - np.tanh(a) ** 2"),
        mistake("the square is missing: this is 1 − a", "1 - a * a", "1 - a"),
        mistake("this is the slope of σ, a (1 − a)", "1 - a * a", "a * (1 - a)"),
    ],
    "relu": [
        mistake("max and min are swapped", "np.maximum(z, 0)", "np.minimum(z, 0)"),
        mistake("this is |z|", "np.maximum(z, 0)", "np.abs(z)"),
        mistake("this is 1 where z > 0: the slope, not the value", "np.maximum(z, 0)", "(z > 0) * 1.0"),
        mistake("relu leaks: below 0 it is 0.01 z, not 0", "np.maximum(z, 0)", "np.maximum(z, 0.01 * z)"),
        mistake("relu leaks: below 0 it is 0.1 z, not 0", "np.maximum(z, 0)", "np.maximum(z, 0.1 * z)"),
        mistake("it is cut off at 1 as well", "np.maximum(z, 0)", "np.clip(z, 0, 1)"),
    ],
    "relu_slope": [
        mistake("the slope is 1 where a is 0 as well: it must be 0 there", "a > 0", "a >= 0"),
        mistake("this is the value, not the slope", "np.where(a > 0, 1.0, 0.0)", "np.maximum(a, 0)"),
        mistake("0 and 1 are swapped", "1.0, 0.0", "0.0, 1.0"),
    ],
    "rnn_forward": [
        mistake("tanh is missing: h' is z itself", "np.tanh(z)", "z"),
        mistake("σ stands where tanh is meant", "np.tanh(z)", "1 / (1 + np.exp(-z))"),
        mistake("relu stands where tanh is meant", "np.tanh(z)", "np.maximum(z, 0)"),
        mistake("the bias is added after tanh", ' + params["bias"]', "", "np.tanh(z)", 'np.tanh(z) + params["bias"]'),
        mistake("the old state h is added to h'", "np.tanh(z)", "np.tanh(z) + h"),
    ],
    "rnn_backward": [
        mistake("the gradient of the output is left out: h' is used twice, and both gradients add", TOTAL, "d_total = d_h_new"),
        mistake(
            "the gradient from the next step is left out: h' is used twice, and both gradients add", TOTAL, "d_total = d_output"
        ),
        mistake("the slope of tanh is missing", SLOPE, "d_z = d_total"),
        mistake("the slope of tanh lacks the square: 1 − h', not 1 − h'²", SLOPE, "d_z = d_total * (1 - h_new)"),
        mistake("the slope is that of σ, h' (1 − h')", SLOPE, "d_z = d_total * h_new * (1 - h_new)"),
        mistake("the slope is taken of the old state h, not of h'", SLOPE, "d_z = d_total * (1 - h**2)"),
        mistake("tanh is applied to h' once more: h' is tanh(z) already", SLOPE, "d_z = d_total * (1 - np.tanh(h_new) ** 2)"),
        mistake(
            "the slope multiplies the gradient from the next step alone, not that of the output",
            SLOPE,
            "d_z = d_output + d_h_new * (1 - h_new**2)",
        ),
        mistake(
            "the slope multiplies the gradient of the output alone, not that from the next step",
            SLOPE,
            "d_z = d_h_new + d_output * (1 - h_new**2)",
        ),
        mistake("[x, h'] stands in d_kernel where [x, h] is meant: the old state went in", XH, XH.replace("h]", "h_new]")),
        mistake("h is left out of d_kernel's [x, h]", XH, XH.replace("h]", "0 * h]")),
        mistake("d_kernel is made of d_total, without the slope of tanh", "xh.T @ d_z", "xh.T @ d_total"),
        mistake("d_bias is made of d_total, without the slope of tanh", "d_z.sum(axis=0)", "d_total.sum(axis=0)"),
        mistake("d_x and d_h are made of d_total, without the slope of tanh", "d_xh = d_z @", "d_xh = d_total @"),
    ],
    "residual_forward": [
        mistake("x is not added: the output is h' alone", "output = x + h_new", "output = h_new"),
        mistake("the new state has x in it: only the output has", "return output, h_new", "return output, output"),
        mistake("the old state h is added, not x", "output = x + h_new", "output = h + h_new"),
        mistake("x is added to the input of the cell, not to its output", "output = x + h_new", "output = step(params, x + x, h)"),
        mistake("x is multiplied, not added", "output = x + h_new", "output = x * h_new"),
        mistake("tanh is taken of the sum", "output = x + h_new", "output = np.tanh(x + h_new)"),
    ],
    "residual_backward": [
        mistake("the way round the cell is left out of d_x: the output has x in it", "d_x_cell + d_output", "d_x_cell"),
        mistake("the way through the cell is left out of d_x", "d_x_cell + d_output", "d_output"),
        mistake(
            "the gradient of the new state goes round the cell too: only the output has x in it",
            "d_x_cell + d_output",
            "d_x_cell + d_output + d_h_new",
        ),
        mistake("d_h_new goes round the cell, where d_output should", "d_x_cell + d_output", "d_x_cell + d_h_new"),
        mistake("d_output does not go through the cell", "d_output + d_h_new)", "d_h_new)"),
        mistake("d_h_new does not go through the cell", "d_output + d_h_new)", "d_output)"),
        mistake("the gradient of the output goes round to d_h as well", "return d_x, d_h,", "return d_x, d_h + d_output,"),
    ],
    "dropout_forward": [
        mistake(
            "what is kept is not divided by keep_prob", "input_mask * x / keep_prob", "input_mask * x",
            "output_mask * h_new / keep_prob", "output_mask * h_new",
        ),
        mistake("the input that is kept is not divided by keep_prob", "input_mask * x / keep_prob", "input_mask * x"),
        mistake("the output that is kept is not divided by keep_prob", "output_mask * h_new / keep_prob", "output_mask * h_new"),
        mistake(
            "what is kept is multiplied by keep_prob, not divided", "input_mask * x / keep_prob", "input_mask * x * keep_prob",
            "output_mask * h_new / keep_prob", "output_mask * h_new * keep_prob",
        ),
        mistake(
            "it is divided by 1 − keep_prob", "input_mask * x / keep_prob", "input_mask * x / (1 - keep_prob)",
            "output_mask * h_new / keep_prob", "output_mask * h_new / (1 - keep_prob)",
        ),
        mistake("the new state is dropped too: it must be h' itself", "return output, h_new", "return output, output"),
        mistake(
            "the masks are the wrong way round: what should stay is dropped", "input_mask * x", "~input_mask * x",
            "output_mask * h_new", "~output_mask * h_new",
        ),
        mistake("the input mask is the wrong way round: what should stay is dropped", "input_mask * x", "~input_mask * x"),
        mistake("the output mask is the wrong way round: what should stay is dropped", "output_mask * h_new", "~output_mask * h_new"),
        mistake("the output is multiplied by keep_prob, not divided", "output_mask * h_new / keep_prob", "output_mask * h_new * keep_prob"),
        mistake("the input is multiplied by keep_prob, not divided", "input_mask * x / keep_prob", "input_mask * x * keep_prob"),
        mistake("the input is not dropped", "input_mask * x / keep_prob", "x"),
        mistake("the output is not dropped", "output_mask * h_new / keep_prob", "h_new"),
        mistake("the state that goes in is dropped", "step(params, dropped, h)", "step(params, dropped, output_mask * h / keep_prob)"),
    ],
    "dropout_backward": [
        mistake(
            "the gradients are not divided by keep_prob", "output_mask * d_output / keep_prob", "output_mask * d_output",
            "input_mask * d_dropped / keep_prob", "input_mask * d_dropped",
        ),
        mistake("d_output is not divided by keep_prob", "output_mask * d_output / keep_prob", "output_mask * d_output"),
        mistake("d_x is not divided by keep_prob", "input_mask * d_dropped / keep_prob", "input_mask * d_dropped"),
        mistake("d_output is not masked", "output_mask * d_output / keep_prob", "d_output"),
        mistake("d_x is not masked", "input_mask * d_dropped / keep_prob", "d_dropped"),
        mistake(
            "d_h_new is masked too: the state was not dropped",
            "output_mask * d_output / keep_prob + d_h_new",
            "output_mask * (d_output + d_h_new) / keep_prob",
        ),
        mistake("the cell's backward step gets x, not the dropped x", "step_backward(params, dropped,", "step_backward(params, x,"),
        mistake("d_h is masked: the state that went in was not dropped", "return d_x, d_h,", "return d_x, output_mask * d_h / keep_prob,"),
    ],
    "multi_forward": [
        mistake("a layer reads the old state of the layer below: its new one goes up", "y = step(layer, y, h)\n        new_states.append(y)",
                "new_states.append(step(layer, y, h))\n        y = h", "return y, new_states", "return new_states[-1], new_states"),
        mistake("the output is the old state of the last layer", "return y, new_states", "return states[-1], new_states"),
        mistake("the output is that of the first layer", "return y, new_states", "return new_states[0], new_states"),
        mistake("the new states are the old ones", "new_states.append(y)", "new_states.append(h)"),
        mistake("the new states stand in reverse order", "return y, new_states", "return y, new_states[::-1]"),
        mistake("the output is the sum of all layers", "return y, new_states", "return y, new_states[-1:]"),
    ],
    "multi_backward": [
        mistake("the gradient of the output is left out", "d_y = d_output", "d_y = 0 * d_output"),
        mistake("the gradient from the layer above is left out", "d_y + d_new_states[layer])", "d_new_states[layer])"),
        mistake("the gradient from the next step is left out", "d_y + d_new_states[layer])", "d_y)"),
        mistake(
            "only the top layer gets the gradient from the next step", "d_y + d_new_states[layer])",
            "d_y + d_new_states[layer] * (layer == len(params) - 1))",
        ),
        mistake("the layers' gradients stand in reverse order", "d_states.insert(0, d_h)", "d_states.append(d_h)",
                "d_params.insert(0, d_layer)", "d_params.append(d_layer)"),
        mistake("d_states stand in reverse order", "d_states.insert(0, d_h)", "d_states.append(d_h)"),
        mistake("d_params stand in reverse order", "d_params.insert(0, d_layer)", "d_params.append(d_layer)"),
        mistake(
            "the old state of the layer below stands where its new one went in", "new_states[layer - 1] if", "states[layer - 1] if"
        ),
        mistake("d_x is the gradient of the output, not of the input", "return d_y,", "return d_output,"),
    ],
}
