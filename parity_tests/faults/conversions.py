"""Faults in the converters: each the mistake of one who carries weights or gradients by hand."""

from parity_tests.faults.fault import faults_in

KERAS, TORCH, ONNX, CUDNN = (f"conversions/test_{name}.py" for name in ("keras", "torch", "onnx", "cudnn"))
TF1, FUSED, LAYERS = (f"conversions/test_{name}.py" for name in ("tf1", "fused", "keras_layers"))

FAULTS = [
    *faults_in(
        "conversions/gates.py",
        KERAS,
        ("order read backwards", "[gates[gate] for gate in wanted]", "[gates[gate] for gate in reversed(wanted)]"),
        ("forget bias added to the candidate", "[i, j, f + number, o]", "[i, j + number, f, o]"),
        ("Keras's LSTM in TF1's order", 'KERAS = Layout("ifjo"', 'KERAS = Layout("ijfo"'),
        ("Keras's GRU in TF1's order", '"ifjo", "urn", "[D, gates]', '"ifjo", "run", "[D, gates]'),
        ("BlockLSTMV2 in the order of the first version", 'BLOCK_V2 = Layout("ifjo"', 'BLOCK_V2 = Layout("ijfo"'),
    ),
    *faults_in(
        "conversions/gates.py",
        TORCH,
        ("PyTorch's LSTM in TF1's order", 'TORCH = Layout("ifjo"', 'TORCH = Layout("ijfo"'),
        ("PyTorch's GRU in Keras's order", '"ifjo", "run", "[gates, D]', '"ifjo", "urn", "[gates, D]'),
    ),
    *faults_in(
        "conversions/gates.py",
        ONNX,
        ("ONNX's LSTM in PyTorch's order", 'ONNX = Layout("iofj"', 'ONNX = Layout("ifjo"'),
        ("ONNX's GRU in PyTorch's order", '"iofj", "urn"', '"iofj", "run"'),
    ),
    *faults_in(
        "conversions/gates.py",
        CUDNN,
        ("cuDNN's LSTM in ONNX's order", 'CUDNN = Layout("ifjo"', 'CUDNN = Layout("iofj"'),
        ("cuDNN's GRU in Keras's order", '"ifjo", "run", "a matrix', '"ifjo", "urn", "a matrix'),
    ),
    *faults_in(
        "conversions/parts.py",
        TORCH,
        ("forget bias not handed over", "parts.bias_h, cell.forget_bias)", "parts.bias_h, 0.0)"),
        ("forget bias added on both ways", "parts.bias_h, -cell.forget_bias)", "parts.bias_h, cell.forget_bias)"),
        ("forget bias always 1", "parts.bias_h, -cell.forget_bias)", "parts.bias_h, -1.0)"),
        ("second bias dropped", "join(cell, parts, parts.bias_x + parts.bias_h)", "join(cell, parts, parts.bias_x)"),
        (
            "gradients of both biases added",
            "join(cell, parts, parts.bias_x)\n\n\ndef second",
            "join(cell, parts, parts.bias_x + parts.bias_h)\n\n\ndef second",
        ),
        ("no gradient for a second bias", "np.where(own, parts.bias_h, parts.bias_x)", "parts.bias_h"),
        ("one gradient for both biases of n", "np.where(own, parts.bias_h, parts.bias_x)", "parts.bias_x"),
        ("biases of n swapped", '"kernel": x_n, "bias": bias_x}', '"kernel": x_n, "bias": bias_h}'),
        ("rows split at H where h is P wide", '["kernel"], [-cell.output_size])', '["kernel"], [-cell.num_units])'),
        ("parts that share memory", "map_tree(np.array, params if", "(params if"),
    ),
    *faults_in(
        "conversions/parts.py",
        KERAS,
        (
            "x and h joined the other way round",
            "np.concatenate([parts.x, parts.h])",
            "np.concatenate([parts.h, parts.x])",
        ),
        ("a gate's bias in both rows", "zeros = np.zeros_like(gates_bias)", "zeros = gates_bias"),
    ),
    *faults_in(
        "conversions/checked.py",
        KERAS,
        (
            "an option that the other layout does not have dropped without a word",
            "field.name not in carried and found != wanted",
            "False",
        ),
        ("a plain LSTMCell refused", "LSTMS = BasicLSTMCell, LSTMCell\n", "LSTMS = (BasicLSTMCell,)\n"),
    ),
    *faults_in(
        "conversions/keras.py",
        KERAS,
        ("peepholes dropped without a word", 'CARRIED = ("forget_bias",', 'CARRIED = ("use_peepholes", "forget_bias",'),
        ("either form of the GRU's bias let in", "(2, width) if after else (width,)", "weights[2].shape"),
    ),
    *faults_in(
        "conversions/keras.py",
        LAYERS,
        ("gradients of one bias doubled", "parts.bias_h if summed else parts.bias_x", "parts.bias_h"),
        ("both directions read from the first", "weights[count * number : count * (number + 1)]", "weights[:count]"),
        ("a layer without biases refused", "count = 2 if unbiased else 3", "count = 3"),
    ),
    *faults_in(
        "conversions/torch.py",
        TORCH,
        (
            "weight_ih not transposed",
            '"weight_ih": to_order(TORCH, place.cell, part.x).T',
            '"weight_ih": to_order(TORCH, place.cell, part.x)',
        ),
        (
            "projection not transposed on the way there",
            '["kernel"].T\n        weights |=',
            '["kernel"]\n        weights |=',
        ),
        (
            "projection not transposed on the way back",
            'weights[named["weight_hr"]].T}}',
            'weights[named["weight_hr"]]}}',
        ),
        ("directions under one name", ' + "_reverse" * place.direction', ""),
        ("biases that are not 0 left out", "    if not check_flag(", "    if check_flag("),
        ("h and c swapped", "LSTMState(c=row[1], h=row[0])", "LSTMState(c=row[0], h=row[1])"),
        (
            "layers of states in the other order",
            "tuple(states[0::2]), tuple(states[1::2])",
            "tuple(states[:len(states) // 2]), tuple(states[len(states) // 2 :])",
        ),
        ("a GRU that resets before let in", "CARRIED, reset_after=True)", '(*CARRIED, "reset_after"))'),
        (
            "layers of two widths let in",
            '("num_units", "num_proj", "activation", "use_bias")',
            '("num_proj", "activation", "use_bias")',
        ),
        (
            "a layer's width not looked at",
            'part_at(params, place.path), "/".join([name, *place.path]), sum(below))',
            'part_at(params, place.path), "/".join([name, *place.path]))',
        ),
    ),
    *faults_in(
        "conversions/onnx.py",
        ONNX,
        (
            "W not transposed",
            "np.stack([to_order(ONNX, cell, part.x).T for",
            "np.stack([to_order(ONNX, cell, part.x) for",
        ),
        ("peepholes in TF1's order", '("w_i_diag", "w_o_diag", "w_f_diag")', '("w_i_diag", "w_f_diag", "w_o_diag")'),
        ("halves of B swapped", "for bias in (part.bias_x, part.bias_h)]", "for bias in (part.bias_h, part.bias_x)]"),
        ("layout not looked at", "    return layout\n", "    return 0\n"),
        ("both directions read from the first", 'weights["B"][number], 2)', 'weights["B"][0], 2)'),
        (
            "two GRUs that reset otherwise let in",
            '("num_units", "reset_after", "use_peepholes", "use_bias")',
            '("num_units", "use_peepholes", "use_bias")',
        ),
    ),
    *faults_in(
        "conversions/onnx_attributes.py",
        ONNX,
        (
            "the other reset",
            'bool(attributes.get("linear_before_reset", 0))',
            'not attributes.get("linear_before_reset", 0)',
        ),
        ("clip dropped without a word", "name not in TAKEN and value not in", "False and value not in"),
        ("the gates' activation not looked at", 'any(name.lower() != "sigmoid" for name in own[:gates])', "False"),
        (
            "the activations of the first direction for both",
            "given[number * each : (number + 1) * each]",
            "given[:each]",
        ),
        (
            "a forget bias that ONNX has in B",
            "BasicLSTMCell(size, forget_bias=0.0",
            "BasicLSTMCell(size, forget_bias=1.0",
        ),
    ),
    *faults_in(
        "conversions/cudnn.py",
        CUDNN,
        ("each bias behind its matrices", "np.concatenate(matrices + biases)", "np.concatenate(biases + matrices)"),
        ("matrices by columns", "to_order(CUDNN, cell, part.x).T.ravel()", "to_order(CUDNN, cell, part.x).ravel()"),
        (
            "a buffer of any length",
            'check_array("weights", weights, (needed,))',
            'check_array("weights", weights, ("N",))',
        ),
        ("a projection dropped without a word", 'getattr(place.cell, "num_proj", None) is not None', "False"),
    ),
    *faults_in(
        "conversions/tf1.py",
        TF1,
        ("no scope for layers", "rnn/multi_rnn_cell/{place.path[0]}/{own}", "rnn/{place.path[0]}/{own}"),
        ("old names not read", 'OLD_NAMES = {"weights": "kernel", "biases": "bias"}', "OLD_NAMES = {}"),
        ("all networks looked through", "variables_below(scope, variables) if scope else variables", "variables"),
        ("variables that share memory", "map_tree(np.array, assembled(", "map_tree(np.asarray, assembled("),
    ),
    *faults_in(
        "conversions/fused.py",
        KERAS,
        (
            "BlockLSTMV2 without its forget bias",
            'in_order(cell, params, add_to_forget_gate(params["bias"], cell.forget_bias))',
            'in_order(cell, params, params["bias"])',
        ),
        ("peepholes lost", "map_tree(np.copy, params | ordered)", "map_tree(np.copy, ordered)"),
    ),
    *faults_in(
        "conversions/fused.py",
        FUSED,
        (
            "peepholes of i and f swapped",
            '"w_i_diag": "wci", "w_f_diag": "wcf"',
            '"w_i_diag": "wcf", "w_f_diag": "wci"',
        ),
        (
            "a GRU that resets after let in",
            "    check_cell(cell, GRUCell, ())\n    check_from_scratch(cell, params)\n    gates",
            '    check_cell(cell, GRUCell, ("reset_after",))\n    check_from_scratch(cell, params)\n    gates',
        ),
        (
            "a gradient with a forget bias",
            "lstm_to_block_v2(replace(cell, forget_bias=0.0), d_params)",
            "lstm_to_block_v2(cell, d_params)",
        ),
    ),
]
